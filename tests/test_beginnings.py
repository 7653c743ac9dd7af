"""What new-task and new-pressure write runs as it is, and its tests pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evomod.cli.beginnings import names_of
from evomod.cli.parser import main
from evomod.errors import EvomodError

FEW = ["--seed", "1", "--set", "evolution.generations=3", "--set", "evolution.population=20"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def passes(test):
    """Whether a written test passes, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_task_runs_at_once_and_its_test_passes(capsys):
    assert main(["new-task", "my_pairs"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:2] == ["tasks/my_pairs.py", "tests/test_my_pairs.py"]
    assert "evomod evolve my-pairs" in out
    assert main(["evolve", "my-pairs", *FEW]) == 0
    assert main(["evolve", "my-pairs", "--goals", "both,either", *FEW, "--out", "switching"]) == 0
    passes("tests/test_my_pairs.py")


def test_a_pressure_runs_at_once_and_its_test_passes(capsys):
    assert main(["new-pressure", "widest-fan"]) == 0
    assert "--pressure ./widest_fan.py" in capsys.readouterr().out
    assert main(["evolve", "retina", "--pressure", "./widest_fan.py:penalty=0.01", *FEW]) == 0
    passes("tests/test_widest_fan.py")


@pytest.mark.parametrize(
    "name", ["two pairs", "2pairs", "class", "", "../x", "a/b", "Über", "Pairs", "_x", "x" * 61, "a.py"]
)
def test_names_that_are_no_identifiers_are_refused(name, capsys):
    for command in ("new-task", "new-pressure"):
        assert main([command, name]) == 2
        assert "not a possible name" in capsys.readouterr().err
    assert not list(Path().iterdir())
    with pytest.raises(EvomodError):
        names_of(name)


def test_nothing_is_overwritten_and_no_name_taken_twice(capsys):
    for command, name, says in (
        ("new-task", "retina", "already a task"),
        ("new-pressure", "connection_cost", "comes with evomod"),
    ):
        assert main([command, name]) == 2 and says in capsys.readouterr().err
    Path("tests").mkdir()
    Path("tests/test_mine.py").write_text("mine")
    for command in ("new-task", "new-pressure"):
        assert main([command, "mine"]) == 2 and "would be lost" in capsys.readouterr().err
    assert sorted(map(str, Path().rglob("*"))) == ["tests", "tests/test_mine.py"]
    Path("tasks").write_text("a file")
    assert main(["new-task", "other"]) == 2 and "is a file" in capsys.readouterr().err
