"""The Tab key in bash, zsh and fish; the nearest name for what is misspelt."""

import subprocess
from pathlib import Path

import pytest

from evomod.cli.completion import SCRIPTS, commands_of, figures, options_of, tasks
from evomod.cli.parser import main, parser
from evomod.papers.figures import find_figures
from evomod.task import bundled, find_tasks


def completed(line, tmp_path):
    """What bash offers at the end of a line."""
    script = tmp_path / "evomod.bash"
    script.write_text(SCRIPTS["bash"](parser()))
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    code = f'source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _evomod; echo "${{COMPREPLY[*]}}"'
    done = subprocess.run(["bash", "-uc", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("evomod ev", ["evolve"]),
        ("evomod new-", ["new-task", "new-pressure"]),
        ("evomod --v", ["--version"]),
        (
            "evomod evolve ret",
            [
                "retina",
                "retina-and-or",
                "retina-any-four",
                "retina-contrasts",
                "retina-relations",
                "retina-sides",
            ],
        ),
        ("evomod evolve retina --s", ["--seed", "--switch-every", "--set", "--show-config"]),
        ("evomod evolve retina --pressure conn", ["connection-cost", "connection-range"]),
        ("evomod evolve --out re", []),  # files, which bash itself offers
        ("evomod plot ", []),
        (
            "evomod figure clune2013-fig3",
            ["clune2013-fig3a", "clune2013-fig3a_final", "clune2013-fig3b"],
        ),
        ("evomod completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_what_bash_offers(line, offered, tmp_path):
    assert completed(line, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_in_each_script(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for name, command in commands_of(parser()).items():
        lines = [line for line in script.splitlines() if name in line]
        for option in options_of(command):
            text = f"-l {option[2:]} " if shell == "fish" else option
            assert any(text in line for line in lines), (name, option)


def test_names_are_those_that_evomod_finds():
    assert figures() == sorted(find_figures(), key=figures().index)
    here = {one.name for one in find_tasks()[0].values() if (bundled() / Path(one.path).name).exists()}
    assert set(tasks()) == here


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["evovle", "retina"], "there is no command 'evovle'; did you mean 'evolve'?"),
        (["evolve", "retina", "--sed", "1"], "no option '--sed'; did you mean '--seed'?"),
        (["measure", "x.csv", "--weigth=w"], "no option '--weigth'; did you mean '--weight'?"),
        (["evolve", "retina", "--pressure", "conection-cost"], "did you mean 'connection-cost'?"),
        (["figure", "clune2013-fg2"], "did you mean 'clune2013-fig2'?"),
        (["status", "--xyzxyz"], "no option '--xyzxyz'; `evomod status --help`"),
    ],
)
def test_the_nearest_name_is_suggested(arguments, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_options_may_be_shortened_as_before(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["evolve", "retina", "--show"]) == 0
    assert "[evolution]" in capsys.readouterr().out
