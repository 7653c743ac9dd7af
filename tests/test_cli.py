"""The command line as its users type it, clumsily too."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evomod.cli.parser import main

FEW = ["--set", "evolution.generations=3", "--set", "evolution.population=20"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_evolve_plot_and_resume(capsys):
    assert main(["evolve", "retina", "--seed", "1", *FEW]) == 0
    out = capsys.readouterr().out
    assert "runs/retina-seed1: generation 3" in out and "evomod plot runs/retina-seed1" in out
    assert main(["plot", "runs/retina-seed1"]) == 0
    for name in ("curves.png", "network.png"):
        picture = Path("runs/retina-seed1", name).read_bytes()
        assert picture.startswith(b"\x89PNG") and 5_000 < len(picture) < 300_000
    assert main(["evolve", "--resume", "runs/retina-seed1", "--set", "evolution.generations=5"]) == 0
    assert "generation 5" in capsys.readouterr().out


def test_pressures_name_the_folder(capsys):
    arguments = [
        "evolve",
        "retina",
        "--pressure",
        "connection-cost:probability=0.5",
        "--seed",
        "2",
        *FEW,
    ]
    assert main(arguments) == 0
    assert "probability = 0.5" in Path("runs/retina-connection-cost-seed2/config.toml").read_text()


def test_another_goal_names_the_folder(capsys):
    assert main(["evolve", "retina", "--goal", "left-or-right", "--seed", "1", *FEW]) == 0
    assert Path("runs/retina-left-or-right-seed1/complete").exists()


def test_configs_of_the_papers_are_found_from_anywhere(capsys):
    assert main(["evolve", "scripts/clune2013/connection_cost.toml", "--show-config"]) == 0
    assert "probability = 0.25" in capsys.readouterr().out


def test_show_config_runs_nothing(capsys):
    assert main(["evolve", "retina", "--goal", "left-or-right", "--show-config"]) == 0
    assert 'goal = "left-or-right"' in capsys.readouterr().out
    assert not Path("runs").exists()


def test_tasks_are_listed_with_their_files(capsys):
    Path("tasks").mkdir()
    Path("tasks/mine.py").write_text(
        '"""My own."""\nfrom evomod.task import Task\n'
        "TASK = Task(name='mine', inputs=('a',), subgoals={'s': lambda x: x.a}, goals={'g': lambda s: s, 'none': lambda s: s | ~s})\n"
    )
    assert main(["tasks"]) == 0
    out = capsys.readouterr().out
    for part in ("mine: My own.", "tasks/mine.py", "left-or-right (yes to 192 of 256", "five-xor"):
        assert part in out
    assert "goal      none (yes to 2 of 2 answers; no output depends on an input)" in out
    assert (
        out.count("no output depends on an input") == 1
    )  # attractors have one answer to all their starts


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evolve"], "a task or a config"),
        (["evolve", "retina", "--resume", "x"], "a task or a config"),
        (["evolve", "retinna"], "did you mean 'retina'?"),
        (["evolve", "retina", "--goal", "left"], "no goal 'left'"),
        (["evolve", "retina", "--pressure", "gravity"], "no pressure 'gravity'"),
        (["evolve", "retina", "--pressure", "conection-cost"], "did you mean 'connection-cost'?"),
        (["evolve", "retina", "--set", "generations=5"], "did you mean 'evolution.generations'?"),
        (["evolve", "retina", "--set", "evolution.generation=5"], "did you mean 'generations'?"),
        (["evolve", "missing.toml"], "no config missing.toml"),
        (["evolve", "retina", "--generations", "50"], "given as `--set evolution.generations=…`"),
        (["study", "x.toml", "--population=50"], "given as `--set evolution.population=50`"),
        (["evolve", "--resume", "runs/none"], "no run folder: there is no such folder"),
        (["evolve", "--resume", "runs/none", "--seed", "1"], "--seed would make it another run"),
        (["plot", "runs/none"], "no run folder"),
        (["evolve", "retina", "--pressure", "l1", "--pressure", "l1:penalty=1"], "l1 was given twice"),
        (["evolve", "retina", "--pressure", "dropout:rate=0.1,rate=0.4"], "a key is given twice"),
        (["evolve", "retina", "--pressure", "dropout:"], "wants name:key=value"),
        (
            ["evolve", "retina", "--pressure", "dropout", "--set", "network.layers=[8,1]"],
            "no hidden neuron that could be silent",
        ),
        (["evolve", "retina", "--switch-every", "5"], "goal-switching:period=N"),
        (
            ["evolve", "retina", "--pressure", "goal-switching:period=2", "--goals", "left-and-right"],
            "--goals names left-and-right alone, and goal-switching wants two or more",
        ),
        (
            [
                "evolve",
                "retina",
                "--goals",
                "left-and-right,left-or-right",
                "--switch-every",
                "20",
                "--pressure",
                "goal-switching:period=10",
            ],
            "period is 10, and schedule.period is 20; give one of the two",
        ),
        (["train", "retina", "--data", "/nonexistent"], "retina needs no files"),
        (["study", "none.toml"], "there is no study none.toml"),
        (["figure", "--quick"], "which figure?"),
        (["figure", "clune2013-fig2", "--out", "nowhere/x.png"], "there is no folder nowhere"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(arguments, message, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("evomod: ") and message in error and "Traceback" not in error


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        (
            "evolve",
            "runs is a folder; expected a task's name or file, or a TOML config. It holds a, b, c, …:",
        ),
        ("report", "It holds a, b, c, …: name one, such as runs/a"),
        ("plot", "It holds a, b, c, …: name one, such as runs/a"),
        ("measure", "a folder without a best network, best.json. It holds a, b, c, …:"),
        (
            "figure",
            "runs is a folder, and no figure; name a figure's script in it, such as runs/fig1.py.",
        ),
    ],
)
def test_a_folder_of_folders_says_what_to_name(command, advice, capsys):
    for name in "abcd":
        Path("runs", name).mkdir(parents=True)
        Path("runs", name, "manifest.json").write_text("{}")
    assert main([command, "runs"]) == 2
    assert advice in capsys.readouterr().err


def test_a_folder_with_a_studys_definition_says_how_to_run_it(capsys):
    Path("mine").mkdir()
    Path("mine/study.toml").write_text(
        'name = "mine"\nseed = 1\nreplicates = 1\nbase = {task = "retina"}\n[treatments.a]\n'
    )
    Path("mine/fig7.py").write_text("")
    for command in ("study", "report", "status", "measure", "evolve"):
        assert main([command, "mine"]) == 2
        assert (
            "`evomod study mine/study.toml` runs the study that it defines" in capsys.readouterr().err
        ), command
    assert main(["figure", "mine"]) == 2
    assert "such as mine/fig7.py" in capsys.readouterr().err
    Path("mine/manifest.json").write_text("{}")
    assert main(["figure", "mine"]) == 2
    assert "a folder of results, and no figure; `evomod report mine`" in capsys.readouterr().err


def test_a_seed_that_is_no_number(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["evolve", "retina", "--seed", "-3"])
    assert stop.value.code == 2
    assert "a whole number from 0" in capsys.readouterr().err


def test_without_a_seed_one_is_drawn_and_recorded():
    assert main(["evolve", "retina", "--out", "x", *FEW]) == 0
    assert json.loads(Path("x/manifest.json").read_text())["seed"]["entropy"] < 2**31


def test_bench_tells_of_every_workload(monkeypatch, capsys):
    from evomod.bench import generation as bench
    from evomod.bench import modularity as bench_modularity
    from evomod.bench import n_cut as bench_n_cut
    from evomod.runs import warmup

    small = bench_n_cut.measure_n_cut((12, 8, 4), k=3, draws=1, plain_draws=1)
    monkeypatch.setattr(bench, "WORKLOADS", {})
    monkeypatch.setattr(bench_n_cut, "measure_n_cut", lambda: small)
    monkeypatch.setattr(bench_modularity, "which_q", lambda: {"methods": []})
    monkeypatch.setattr(warmup, "compile_all", lambda: 0.0)
    assert main(["bench", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"n-cut": small, "which-q": {"methods": []}}


STOPPED_WHILE = """
import os, signal, sys

class Finder:
    def find_spec(self, name, *where):
        if name == "evomod.cli.actions":
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.{})
sys.meta_path.insert(0, Finder())
from evomod.__main__ import main
sys.argv = ["evomod", "tasks"]
sys.exit(main())
"""


@pytest.mark.parametrize(("before", "code"), [("default_int_handler", -signal.SIGINT), ("SIG_IGN", 0)])
def test_ctrl_c_while_modules_are_imported_ends_without_a_traceback(before, code):
    command = [sys.executable, "-c", STOPPED_WHILE.format(before)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == code and ended.stderr == ""
