"""Tasks: truth tables against the papers' rules, the search path, and every mistake a file can have."""

from itertools import product
from pathlib import Path

import naive
import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.task import find_tasks, goal_table, load_task, pack, subgoal_tables, unpack

HEAD = "from evomod.task import Task\n"


def write(folder: Path, body: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(HEAD + body)
    return path


def task_text(name="mine", subgoals="{'one': lambda x: x.a}", goals="{'g': lambda one: one}"):
    return f"TASK = Task(name={name!r}, inputs=('a', 'b'), subgoals={subgoals}, goals={goals})\n"


@pytest.mark.parametrize("goal", ["left-and-right", "left-or-right"])
def test_retina_follows_the_rule_in_words(goal):
    assert goal_table(load_task("retina"), goal)[0].tolist() == naive.truth(goal)


def test_retina_objects_are_the_published_sets():
    left, right = naive.expected_retina()
    tables = subgoal_tables(load_task("retina"))
    assert {v & 15 for v in np.flatnonzero(tables["left"])} == set(left)
    assert {v >> 4 for v in np.flatnonzero(tables["right"])} == set(right)


def test_any_four_is_right_for_70_patterns():
    table = goal_table(load_task("retina_any_four"), "any-four")[0]
    assert [v.bit_count() == 4 for v in range(256)] == table.tolist()
    assert table.sum() == 70


def test_five_xor_has_one_output_a_pair():
    table = goal_table(load_task("five-xor"), "five-xor")
    assert table.shape == (5, 1024)
    for v in (0, 1, 3, 517, 1023):
        bits = [v >> i & 1 for i in range(10)]
        assert table[:, v].tolist() == [bits[2 * k] != bits[2 * k + 1] for k in range(5)]


def test_hierarchical_xor_is_the_parity_of_each_side():
    table = goal_table(load_task("hierarchical-xor"), "hierarchical-xor")
    for v in range(256):
        assert table[:, v].tolist() == [(v & 15).bit_count() % 2 == 1, (v >> 4).bit_count() % 2 == 1]


@pytest.mark.parametrize("shape", [(1,), (64,), (65,), (3, 2, 100)])
def test_packing_is_undone_by_unpacking(shape):
    table = np.random.default_rng(1).random(shape) < 0.5
    assert (unpack(pack(table), shape[-1]) == table).all()


def test_a_task_of_ones_own_is_found_by_name_and_by_path(tmp_path, monkeypatch):
    (tmp_path / "tasks").mkdir()
    path = write(tmp_path / "tasks", task_text())
    monkeypatch.chdir(tmp_path)
    assert load_task("mine").path == Path("tasks/mine.py")
    assert load_task(path).name == "mine"
    path.write_text(HEAD + task_text(subgoals="{'one': lambda x: x.b}"))
    assert goal_table(load_task("mine"), "g")[0].tolist() == [False, False, True, True]


def test_the_environment_names_further_folders(tmp_path, monkeypatch):
    write(tmp_path, task_text(name="elsewhere"))
    monkeypatch.setenv("EVOMOD_TASK_PATH", str(tmp_path))
    assert load_task("elsewhere").name == "elsewhere"


MISTAKES = {
    "unknown the unknown subgoal": (
        task_text(goals="{'g': lambda two: two}"),
        "unknown subgoal 'two'; the task has 'one'",
    ),
    "wrong shape": (
        task_text(subgoals="{'one': lambda x: x.a[:2]}"),
        r"shape \(2,\); wanted one Boolean",
    ),
    "a constant": (task_text(subgoals="{'one': lambda x: True}"), r"shape \(\)"),
    "not Boolean": (task_text(subgoals="{'one': lambda x: x.a + 1}"), "int64 values; wanted Booleans"),
    "and, or": (task_text(subgoals="{'one': lambda x: x.a and x.b}"), "line 2 fails.*&, |"),
    "an unknown input": (
        task_text(subgoals="{'one': lambda x: x.z}"),
        "no such input.*the task has a, b",
    ),
    "syntax": ("TASK = Task(\n  name='x',,\n)", "line 3: invalid syntax"),
    "an error": ("1 / 0\n", "line 2: ZeroDivisionError"),
    "exit": ("import sys\nsys.exit(0)\n", "line 3: SystemExit"),
    "exit in a subgoal": (task_text(subgoals="{'one': lambda x: exit(1)}"), "fails"),
    "a name that leaves the folder": (task_text(name="../evil"), "one of /"),
    "a goal that breaks tables": (task_text(goals="{'g,h': lambda one: one}"), "one of /"),
    "no TASK": ("x = 1\n", "defines no TASK"),
    "no goal": (task_text(goals="{}"), "at least one input and one goal"),
    "outputs differ": (
        task_text(goals="{'g': lambda one: one, 'h': lambda one: (one, one)}"),
        "different numbers of outputs",
    ),
    "names": (task_text(subgoals="{'not a name': lambda x: x.a}"), "identifiers, not 'not a name'"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_in_a_file_is_one_clear_sentence(tmp_path, mistake):
    text, message = MISTAKES[mistake]
    with pytest.raises(EvomodError, match=message) as caught:
        load_task(write(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "mine.py" in str(caught.value)


def test_what_a_task_file_prints_goes_to_stderr(tmp_path, capsys):
    load_task(write(tmp_path, "print('hello')\n" + task_text()))
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err == "hello\n"


def test_too_many_inputs_are_refused(tmp_path):
    names = tuple(f"i{k}" for k in range(17))
    text = f"TASK = Task(name='big', inputs={names}, subgoals={{'s': lambda x: x.i0}}, goals={{'g': lambda s: s}})"
    with pytest.raises(EvomodError, match="at most 16"):
        load_task(write(tmp_path, text))


def test_two_different_tasks_of_one_name_are_refused(tmp_path, monkeypatch):
    (tmp_path / "tasks").mkdir()
    write(tmp_path / "tasks", task_text(), "first.py")
    write(tmp_path / "tasks", task_text(subgoals="{'one': lambda x: x.b}"), "second.py")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EvomodError, match="two tasks are named 'mine'"):
        load_task("mine")
    tasks, problems = find_tasks()
    assert "mine" not in tasks and len(problems) == 1


def test_two_copies_of_one_file_are_one_task(tmp_path, monkeypatch):
    (tmp_path / "tasks").mkdir()
    retina = load_task("retina").path.read_text()
    (tmp_path / "tasks" / "retina.py").write_text(retina)
    monkeypatch.chdir(tmp_path)
    assert load_task("retina").path == Path("tasks/retina.py")


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(EvomodError, match="no task 'retinna'; did you mean 'retina'"):
        load_task("retinna")
    with pytest.raises(
        EvomodError, match="no goal 'left-xor'; it has 'left-and-right', 'left-or-right'"
    ):
        goal_table(load_task("retina"), "left-xor")
    with pytest.raises(EvomodError, match="no task file"):
        load_task("missing.py")


def test_a_broken_file_does_not_hide_the_other_tasks(tmp_path, monkeypatch):
    (tmp_path / "tasks").mkdir()
    write(tmp_path / "tasks", "TASK = (", "broken.py")
    monkeypatch.chdir(tmp_path)
    assert load_task("retina").name == "retina"
    with pytest.raises(EvomodError, match=r"broken.py, line"):
        load_task("broken")


def test_every_pattern_is_there_once():
    from evomod.task import all_patterns

    assert {tuple(row) for row in all_patterns(4)} == set(product([False, True], repeat=4))
