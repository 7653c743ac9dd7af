"""Runs: same bytes for the same seed, over kill and resume, and nothing lost by any mishap."""

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evomod
from evomod import measures
from evomod.cli.parser import main
from evomod.config import load_config
from evomod.errors import EvomodError
from evomod.files.folders import what_to_name
from evomod.files.tables import read_table
from evomod.runs.run import go_on, resume, run
from evomod.runs.tracking import COLUMNS

SMALL = {"population": 30, "generations": 24}
SAME = ("log.csv", "population.csv", "best.json", "config.toml", "task.py", "checkpoint.npz")


def config(**sections):
    sections.setdefault("evolution", SMALL)
    sections.setdefault("tracking", {"population_every": 5})
    return evomod.Config(**({"task": "retina"} | sections))


COSTLY = {"pressures": {"connection-cost": {}}}
KINDS = {
    "alone": {},
    "cost": COSTLY,
    "three objectives": {"pressures": {"connection-cost": {}, "behavioural-diversity": {}}},
    "real": {"network": {"encoding": "layered-real"}, **COSTLY},
    "circuit": {
        "task": "circuit",
        "schedule": {"kind": "random", "goals": ["xor-or-xor"], "period": 3, "probability": 0.7},
    },
    "ternary": {
        "task": "circuit",
        "network": {"encoding": "circuit", "feedback": "ternary"},
        "selection": {"method": "roulette"},
        "schedule": {"kind": "random-walk", "period": 2},
        "variation": {"crossover": 0.5, "change": "bit"},
    },
    "gates": {
        "task": "circuit",
        "network": {"encoding": "gate-layers"},
        "selection": {"method": "elite-worst"},
        "schedule": {"kind": "sampled", "period": 1},
    },
    "threshold": {
        "task": {"name": "retina", "patterns": 100, "resample": True},
        "network": {"encoding": "threshold"},
        "schedule": {"kind": "modular", "goals": ["left-or-right", "left-and-right"], "period": 4},
    },
    "circuits in fronts": {
        "task": "circuit",
        "selection": {"method": "nsga2"},
        "pressures": {"connection-cost": {"measure": "nodes"}},
        "schedule": {"kind": "neutral", "period": 5},
    },
    "weights": {
        "pressures": {
            "l1": {"probability": 0.5},
            "connection-range": {"fewest": 10, "most": 30},
            "l2": {"penalty": 0.01},
            "pruning": {"every": 5, "by": "lesion"},
        }
    },
    "dropout": {
        "pressures": {
            "dropout": {"rate": 0.2, "draws": 3},
            "connection-cost": {"penalty": 0.001},
            "goal-switching": {"period": 3},
        }
    },
    "real dropout": {
        "network": {"encoding": "layered-real"},
        "pressures": {"dropout": {"draws": 2}, "pruning": {"every": 4}},
    },
    "threshold dropout": {
        "task": {"name": "retina", "patterns": 100, "resample": True},
        "network": {"encoding": "threshold"},
        "pressures": {"dropout": {}, "l1": {"penalty": 0.001}},
    },
    "gates dropout": {
        "task": "circuit",
        "network": {"encoding": "gate-layers"},
        "selection": {"method": "elite-worst"},
        "schedule": {"kind": "neutral", "period": 2},
        "pressures": {"dropout": {"exact": True}, "connection-cost": {"penalty": 0.01}},
    },
}


def contents(folder, names=SAME):
    return {name: (Path(folder) / name).read_bytes() for name in names}


def stop_at(generation, monkeypatch):
    """Make the run of this process receive Ctrl-C when it reaches a generation."""
    from evomod.runs import tracking

    true, raised = tracking.Tracker.row, []

    def row(self, current):
        if current.number == generation and not raised:
            raised.append(True)
            signal.raise_signal(signal.SIGINT)
        return true(self, current)

    monkeypatch.setattr(tracking.Tracker, "row", row)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes(tmp_path, kind):
    first = run(config(**KINDS[kind]), 3, tmp_path / "a")
    second = run(config(**KINDS[kind]), 3, tmp_path / "b")
    assert contents(first.folder) == contents(second.folder)
    other = run(config(**KINDS[kind]), 4, tmp_path / "c")
    assert contents(other.folder)["log.csv"] != contents(first.folder)["log.csv"]


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path):
    ours = run(config(**COSTLY), 3, tmp_path / "a")
    text = (
        f"import evomod; evomod.run(evomod.Config(task='retina', evolution={SMALL},"
        f" tracking={{'population_every': 5}}, **{COSTLY}), 3, {str(tmp_path / 'b')!r})"
    )
    subprocess.run([sys.executable, "-c", text], check=True)
    assert contents(tmp_path / "b") == contents(ours.folder)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=3, deadline=None)
@given(at=st.integers(0, 24))
def test_resuming_equals_no_interruption(tmp_path_factory, kind, at):
    folder = tmp_path_factory.mktemp("resume")
    whole = run(config(**KINDS[kind]), 5, folder / "whole")
    with pytest.MonkeyPatch.context() as patch:
        stop_at(at, patch)
        with pytest.raises(evomod.Interrupted):
            run(config(**KINDS[kind]), 5, folder / "cut")
    assert not (folder / "cut" / "complete").exists()
    assert resume(folder / "cut").is_complete
    assert contents(folder / "cut") == contents(whole.folder)


def test_a_run_killed_at_any_moment_resumes_to_the_same_bytes(tmp_path):
    long = config(
        evolution={"population": 40, "generations": 1500},
        tracking={"checkpoint_seconds": 0.05, "population_every": 50},
        **COSTLY,
    )
    whole = run(long, 7, tmp_path / "whole")
    command = [sys.executable, "-m", "evomod", "evolve", str(whole.folder / "config.toml")]
    cut = tmp_path / "cut"
    rng = np.random.default_rng()
    process = subprocess.Popen([*command, "--seed", "7", "--out", str(cut)])
    for _ in range(3):
        begun = time.monotonic()
        while not (cut / "checkpoint.npz").exists() and time.monotonic() - begun < 60:
            time.sleep(0.02)
        time.sleep(float(rng.uniform(0.0, 0.4)))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = subprocess.Popen([sys.executable, "-m", "evomod", "evolve", "--resume", str(cut)])
    assert process.wait() == 0
    assert contents(cut) == contents(whole.folder)


def test_ctrl_c_saves_the_state_and_exits_with_130(tmp_path):
    out = tmp_path / "cut"
    command = [sys.executable, "-m", "evomod", "evolve", "retina", "--seed", "1", "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not (out / "log.csv").exists() or (out / "log.csv").stat().st_size < 1000:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, text = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"--resume {out}" in text and "Traceback" not in text
    assert (out / "checkpoint.npz").exists() and not (out / "complete").exists()


def test_a_longer_run_is_the_continuation_of_a_shorter_one(tmp_path):
    run(config(evolution={**SMALL, "generations": 10}), 2, tmp_path / "a")
    resume(tmp_path / "a", ["evolution.generations=24"])
    whole = run(config(), 2, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(whole.folder)


def test_what_a_run_folder_holds(tmp_path):
    result = run(config(**COSTLY), 9, tmp_path / "x")
    log = result.log
    assert tuple(log)[: len(COLUMNS)] == COLUMNS
    assert tuple(log)[len(COLUMNS) :] == ("fitness:left-and-right", "fitness:left-or-right")
    assert log["generation"].tolist() == list(range(25))
    assert (log["best_fitness"] == log["fitness:left-and-right"]).all()
    manifest = json.loads((result.folder / "manifest.json").read_text())
    assert manifest["seed"] == {"entropy": 9, "spawn_key": []}
    assert manifest["end"] is not None and manifest["q_method"] == "clune2013"
    assert not any(str(value).startswith(str(Path.home())) for value in manifest["host"].values())
    book = result.logbook()
    assert book.select("generation") == list(range(25))
    assert set(read_table(result.folder / "population.csv")["generation"].tolist()) == {0, 5, 10, 15, 20}
    sizes = read_table(result.folder / "population.csv")
    assert sizes["count"][sizes["generation"] == 20].sum() == 30


def test_the_best_network_answers_as_logged(tmp_path):
    result = run(config(**COSTLY), 9, tmp_path / "x")
    network, log = result.best, result.log
    task = evomod.load_task("retina")
    from evomod.task import all_patterns

    answers = network.answer(all_patterns(8))[:, 0]
    for goal, table in task.tables.items():
        right = np.where(table[0], answers > 0, answers < 0).mean()
        assert right == log[f"fitness:{goal}"][-1] == network.about["fitness"][goal]
    assert network.simplified().source.size == log["connections"][-1]
    assert evomod.modularity(network.simplified()).q == pytest.approx(log["q_score"][-1], abs=1e-12)
    graph = network.to_networkx()
    assert graph.number_of_nodes() == 23 and graph.number_of_edges() == network.source.size


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    run(config(), 1, tmp_path / "x")
    before = contents(tmp_path / "x")
    with pytest.raises(EvomodError, match="already holds a run.*--resume"):
        run(config(), 2, tmp_path / "x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("years of work")
    with pytest.raises(EvomodError, match="not empty"):
        run(config(), 2, tmp_path / "full")
    assert contents(tmp_path / "x") == before


def test_two_processes_cannot_write_one_run(tmp_path):
    first = evomod.runs.run.run(config(), 1, tmp_path / "x")
    before = contents(first.folder, tuple(path.name for path in first.folder.iterdir()))
    with (
        evomod.runs.run.locked_log(first.folder),
        pytest.raises(EvomodError, match="another process is writing"),
    ):
        resume(first.folder, ["evolution.generations=30"])
    assert contents(first.folder, tuple(before)) == before
    assert resume(first.folder, ["evolution.generations=30"]).log["generation"][-1] == 30


def test_damaged_and_foreign_checkpoints_are_refused_in_words(tmp_path):
    a, b = run(config(), 1, tmp_path / "a"), run(config(**COSTLY), 1, tmp_path / "b")
    log = (a.folder / "log.csv").read_bytes()
    whole = (a.folder / "checkpoint.npz").read_bytes()
    more = ["evolution.generations=30"]
    for broken in (whole[: len(whole) // 2], b"", b"nonsense" * 100):
        (a.folder / "checkpoint.npz").write_bytes(broken)
        with pytest.raises(EvomodError, match="is damaged"):
            resume(a.folder, more)
    (a.folder / "checkpoint.npz").write_bytes((b.folder / "checkpoint.npz").read_bytes())
    with pytest.raises(EvomodError, match="belongs to another run"):
        resume(a.folder, more)
    assert (a.folder / "log.csv").read_bytes() == log
    (a.folder / "checkpoint.npz").write_bytes(whole)
    assert resume(a.folder, more).log["generation"][-1] == 30


def test_arrays_of_a_wrong_shape_never_reach_a_kernel(tmp_path):
    result = run(config(), 1, tmp_path / "a")
    path = result.folder / "checkpoint.npz"
    with np.load(path) as data:
        fields = {name: data[name] for name in data.files}
    for change in (
        {"genomes": fields["genomes"][:5, :7]},
        {"genomes": fields["genomes"] + np.int8(50)},
        {"crowding": np.zeros(3)},
        {"rng": np.array("{}")},
    ):
        np.savez(path, **(fields | change))
        with pytest.raises(EvomodError, match="is damaged"):
            resume(result.folder, ["evolution.generations=30"])
    assert result.is_complete


def test_a_refused_resume_changes_nothing(tmp_path):
    result = run(config(), 1, tmp_path / "a")
    log = result.folder / "log.csv"
    log.write_bytes(log.read_bytes()[:100])
    before = {path.name: path.read_bytes() for path in result.folder.iterdir()}
    with pytest.raises(EvomodError, match=r"log.csv is shorter"):
        resume(result.folder, ["evolution.generations=30"])
    assert {path.name: path.read_bytes() for path in result.folder.iterdir()} == before


def test_a_lost_best_network_is_written_again(tmp_path):
    result = run(config(), 1, tmp_path / "a")
    before = contents(result.folder)
    (result.folder / "best.json").unlink()
    resume(result.folder)
    assert contents(result.folder) == before


@pytest.mark.parametrize("seed", ["a", -1, 1.5])
def test_a_seed_that_cannot_be_is_refused(tmp_path, seed):
    with pytest.raises(EvomodError, match="a seed is a whole number"):
        run(config(), seed, tmp_path / "x")


def test_an_edited_task_is_noticed(tmp_path):
    result = run(config(), 1, tmp_path / "a")
    path = result.folder / "task.py"
    path.write_text(path.read_text().replace("left & right", "left ^ right"))
    with pytest.raises(EvomodError, match="--trust"):
        resume(result.folder, ["evolution.generations=30"])
    with pytest.raises(EvomodError, match="belongs to another run"):
        resume(result.folder, ["evolution.generations=30"], trust=True)


def test_resume_refuses_what_would_be_another_run(tmp_path):
    result = run(config(), 1, tmp_path / "a")
    with pytest.raises(EvomodError, match="another run"):
        resume(result.folder, ["evolution.population=50"])
    with pytest.raises(EvomodError, match="already reached generation 24"):
        resume(result.folder, ["evolution.generations=3"])
    with pytest.raises(EvomodError, match="no run folder"):
        resume(tmp_path / "nowhere")


def test_a_run_killed_before_its_first_checkpoint_starts_again(tmp_path):
    whole = run(config(), 1, tmp_path / "a")
    cut = run(config(), 1, tmp_path / "b").folder
    for name in ("checkpoint.npz", "complete", "best.json"):
        (cut / name).unlink()
    resume(cut)
    assert contents(cut) == contents(whole.folder)


def test_a_full_disk_is_one_sentence_and_the_checkpoint_stays(tmp_path):
    """A limit on file size stands in for the full disk: the write fails in the same way."""
    long = config(
        evolution={"population": 30, "generations": 4000}, tracking={"checkpoint_seconds": 0.1}
    )
    text = f"""
import resource, signal, sys
import evomod
from evomod.cli.parser import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
sys.exit(main(["evolve", {str(tmp_path / "c.toml")!r}, "--seed", "1", "--out", {str(tmp_path / "x")!r}]))
"""
    from evomod.config import dump_config

    (tmp_path / "c.toml").write_text(dump_config(long))
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr and "Traceback" not in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 120_000
    resume(tmp_path / "x")
    whole = run(long, 1, tmp_path / "whole")
    assert contents(tmp_path / "x") == contents(whole.folder)


GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.toml")))
def test_a_golden_run(tmp_path, name):
    """A few generations whose numbers are kept: a change here is a change of every result."""
    made = run(load_config(GOLDEN / f"{name}.toml"), 1, tmp_path / name)
    kept = GOLDEN / f"{name}.csv"
    assert (made.folder / "log.csv").read_text() == kept.read_text(), f"{name}: log.csv changed"


def test_a_run_of_an_older_version_is_refused_with_the_reason_and_left_alone(tmp_path):
    """Its births differ: the same seed would give another run. One that is complete can be read."""
    made = run(config(evolution={"population": 20, "generations": 4}), 1, tmp_path / "old")
    path = made.folder / "manifest.json"
    now = f'"evomod": "{evomod.files.provenance.versions()["evomod"]}"'
    path.write_text(path.read_text().replace(now, '"evomod": "0.1.0"'))
    before = {file.name: file.read_bytes() for file in made.folder.iterdir()}
    assert resume(made.folder).is_complete
    said = r"made by evomod 0\.1\.0 .* born with more connections .* Go on with evomod 0\.1\.0"
    with pytest.raises(EvomodError, match=said):
        resume(made.folder, ["evolution.generations=9"])
    assert {file.name: file.read_bytes() for file in made.folder.iterdir()} == before


def test_the_q_of_all_that_tie_for_best_is_logged_on_request(tmp_path):
    """Number, mean, upper median, least and largest, of the first front and as fit as the best."""
    made = config(
        evolution={"population": 60, "generations": 30},
        tracking={"tied_q": True, "population_every": 0},
        **COSTLY,
    )
    log = run(made, 1, tmp_path / "tied").log
    plain = made.model_copy(update={"tracking": made.tracking.model_copy(update={"tied_q": False})})
    for number, generation in enumerate(evomod.evolve(plain, 1)):
        best = generation.best_row
        rows = [
            row
            for row in range(60)
            if generation.front[row] == 0 and generation.fitness[row] == generation.fitness[best]
        ]
        networks = [
            generation.setup.encoding.network(generation.population.genomes[row]) for row in rows
        ]
        q = sorted(measures.modularity(network.simplified()).q for network in networks)
        assert log["tied"][number] == len(q)
        expected = [sum(q) / len(q), q[len(q) // 2], q[0], q[-1]]
        kinds = ("mean", "median", "least", "largest")
        found = [log[f"tied_q_{kind}"][number] for kind in kinds]
        assert np.allclose(found, expected, rtol=0, atol=1e-12)
        assert log["q_score"][number] in [log["tied_q_median"][number], *q]


def test_tables_of_a_run_as_pandas_has_them(tmp_path):
    found = run(config(), 1, tmp_path / "r")
    log, population = found.to_pandas(), found.to_pandas("population")
    assert list(log.columns) == list(found.log) and len(log) == SMALL["generations"] + 1
    assert log["best_fitness"].tolist() == found.log["best_fitness"].tolist()
    assert list(population.columns) == list(found.population) and population["count"].sum() == 30 * 5
    with pytest.raises(EvomodError, match="the table log, population or archive, got 'best'"):
        found.to_pandas("best")


def test_the_command_that_goes_on_is_quoted_and_goals_that_are_rewarded_are_told(tmp_path, capsys):
    out = tmp_path / "mein lauf"
    arguments = ["--goals", "eq-and-eq,eq-or-eq", "--seed", "1", "--out", str(out), "--quiet"]
    few = ["--set", "evolution.population=10", "--set", "evolution.generations=40"]
    assert main(["evolve", "circuit", *arguments[:-1], *few]) == 0
    told = capsys.readouterr().out
    line = next(line for line in told.splitlines() if "fitness of the best" in line)
    assert "eq-and-eq" in line and "eq-or-eq" in line and line.endswith("more")
    assert go_on(out) == f"evomod evolve --resume '{out}'"


def test_a_study_is_named_by_one_of_its_runs(tmp_path):
    (tmp_path / "study.toml").touch()
    assert "runs the study that it defines" in what_to_name(tmp_path)
    run = tmp_path / "pa" / "000"
    run.mkdir(parents=True)
    (run / "best.json").touch()
    assert what_to_name(tmp_path) == f". It is a study; name one of its runs, such as {run}"
