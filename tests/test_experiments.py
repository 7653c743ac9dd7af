"""Tables of experiments that are no study: whole, sorted, and never of another length or other columns."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.files.tables import add_rows, read_rows
from evomod.studies import experiments
from evomod.studies.experiments import as_they_end, write_manifest

COLUMNS = ("kind", "number")


def touch(path):
    time.sleep(0.01)
    path.touch()


def square(number):
    if number == 2:
        raise ValueError("two")
    time.sleep(0.01 * number)
    return number**2


def test_rows_join_a_table_and_are_sorted_by_a_key(tmp_path):
    path = tmp_path / "new" / "table.csv"
    assert read_rows(path) == []
    add_rows(path, COLUMNS, [{"kind": "b", "number": 0.1 + 0.2}])
    assert path.read_text() == "kind,number\nb,0.30000000000000004\n"
    add_rows(path, COLUMNS, [{"kind": "a", "number": 2, "more": 1}], by=lambda row: row["kind"])
    assert read_rows(path) == [
        {"kind": "a", "number": "2"},
        {"kind": "b", "number": "0.30000000000000004"},
    ]
    assert [p.name for p in path.parent.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("content", [b"", b"kind,number\na\n", b"kind,number\n\xff,1\n"])
def test_a_damaged_table_is_told_and_left(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(EvomodError, match="is damaged"):
        add_rows(path, COLUMNS, [{"kind": "a", "number": 1}])
    assert path.read_bytes() == content


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    add_rows(path, COLUMNS, [{"kind": "a", "number": 1}])
    with pytest.raises(EvomodError, match="has other columns"):
        add_rows(path, (*COLUMNS, "more"), [{"kind": "a", "number": 1, "more": 2}])


def test_where_one_fails_the_others_are_kept():
    found = []
    with pytest.raises(ValueError, match="two"):
        for number in as_they_end(square, [(k,) for k in range(6)], 2):
            found.append(number)
    assert sorted(found) == [0, 1, 9, 16, 25]
    assert list(as_they_end(square, [(3,), (1,)], 1)) == [9, 1]
    assert list(as_they_end(square, [], 2)) == []


def test_who_asks_no_more_stops_the_rest(tmp_path):
    for _ in as_they_end(touch, [(tmp_path / str(k),) for k in range(500)], 2):
        break
    assert 0 < len(list(tmp_path.iterdir())) < 400


SLOW = """
import argparse, time
from pathlib import Path
from evomod.studies.experiments import complete, in_words

def row_of(seconds):
    time.sleep(seconds)
    return {"seconds": seconds}

if __name__ == "__main__":
    with in_words(argparse.ArgumentParser(), Path("here")):
        complete(Path("t.csv"), ("seconds",), row_of, [(0,), *[(600,)] * 5], 2, lambda row: f"row {row['seconds']}")
"""


@pytest.mark.parametrize("to", [os.kill, os.killpg], ids=["the script alone", "all, as a terminal does"])
def test_ctrl_c_ends_an_experiment_at_once_and_keeps_what_was_done(tmp_path, to):
    (tmp_path / "slow.py").write_text(SLOW)
    script = subprocess.Popen(
        [sys.executable, "slow.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert script.stdout.readline() == "row 0\n"
    to(script.pid, signal.SIGINT)
    _, said = script.communicate(timeout=300)
    assert script.returncode == 130
    assert said == "\nstopped. What was done is in here, and the same command goes on.\n"
    assert (tmp_path / "t.csv").read_text() == "seconds\n0\n"


def test_a_manifest_says_where_a_table_comes_from(tmp_path):
    write_manifest(tmp_path / "m.json", runs=3)
    assert '"runs": 3' in (tmp_path / "m.json").read_text()


def test_a_table_says_which_versions_made_its_first_rows(tmp_path, monkeypatch):
    path, columns = tmp_path / "table.csv", ("way", "seed")
    calls = [("a", 1), ("b", 1)]

    def more(calls):
        experiments.complete(
            path, columns, lambda way, seed: {"way": way, "seed": seed}, calls, 1, str, made_by="x"
        )
        return experiments.read_manifest(path.with_suffix(".manifest.json"), "commit")

    monkeypatch.setattr(experiments, "commit", lambda: "first")
    first = more(calls)
    assert first["made_by"] == "x" and "earlier" not in first
    assert more([]) == first  # nothing is left, nothing is written
    assert "earlier" not in more([("c", 1)])
    monkeypatch.setattr(experiments, "commit", lambda: "second")
    second = more([("a", 2)])
    (earlier,) = second["earlier"]
    assert (earlier["commit"], earlier["rows_until_then"], second["commit"]) == ("first", 3, "second")
    assert more([("b", 2)])["earlier"] == [earlier]
    monkeypatch.setattr(experiments, "versions", lambda: {"numpy": "9"})
    assert [one["rows_until_then"] for one in more([("d", 2)])["earlier"]] == [3, 5]
    monkeypatch.setattr(experiments, "commit", lambda: "third")
    assert [one["rows_until_then"] for one in more([("c", 2)])["earlier"]] == [3, 5, 6]
    assert path.read_text().splitlines() == ["way,seed", "a,1", "b,1", "c,1", "a,2", "b,2", "d,2", "c,2"]


def test_rows_come_by_way_and_those_that_are_missing_network_by_network():
    rows = [
        {"way": way, "seed": seed, "q": seed / 10.0}
        for way, seed in (("b", 2), ("new", 1), ("a", 1), ("b", 1))
    ]
    groups = experiments.by_way(rows, ("a", "b", "c"))
    assert {way: [row["seed"] for row in group] for way, group in groups.items()} == {
        "a": [1],
        "b": [1, 2],
        "new": [1],
    }
    assert experiments.column_of(groups, "q", "b").tolist() == [0.1, 0.2]
    assert experiments.column_of(groups, "q", "c").size == 0
    found = experiments.in_pairs(groups, "q", "a")
    assert found[0] == 0.1 and np.isnan(found[1]) and found.size == 2
    assert np.isnan(experiments.in_pairs(groups, "q", "c")).all()
    assert experiments.without_rows(rows, ("a", "b", "c"), 2) == [("c", 1), ("a", 2), ("c", 2)]


def test_a_cell_that_is_not_a_number_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("way,q\na,0.5\nb,\nc,half\n")
    with pytest.raises(EvomodError, match="t.csv: 'half' in the column q is not a number"):
        experiments.read_numbers(tmp_path / "t.csv", ("way", "q"), ("way",))
    (tmp_path / "t.csv").write_text("way,q\na,0.5\nb,\n")
    rows = experiments.read_numbers(tmp_path / "t.csv", ("way", "q"), ("way",))
    assert rows[0] == {"way": "a", "q": 0.5} and rows[1]["q"] != rows[1]["q"]


@pytest.mark.parametrize("seed", ["", "inf", "1.5", "one"])
def test_a_seed_is_a_whole_number(tmp_path, seed):
    (tmp_path / "t.csv").write_text(f"way,seed\na,2\nb,{seed}\n")
    with pytest.raises(EvomodError, match=f"t.csv: '{seed}' in the column seed is not a whole number"):
        experiments.read_numbers(tmp_path / "t.csv", ("way", "seed"), ("way",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "0"], "'0' is no whole number from 1"),
        (["--networks", "-3"], "'-3' is no whole number from 1"),
        (["--networks", "few"], "'few' is no whole number from 1"),
        (["--out", "NOWHERE"], "cannot be used: Not a directory"),
        (["--summary"], "holds no rows"),
    ],
)
def test_a_script_refuses_in_a_sentence(tmp_path, monkeypatch, capsys, arguments, message):
    (tmp_path / "file").touch()
    arguments = [one.replace("NOWHERE", str(tmp_path / "file" / "x")) for one in arguments]
    monkeypatch.setattr("sys.argv", ["it.py", *arguments])

    def run(folder, networks, workers):
        folder.mkdir(parents=True)

    def told(folder):
        raise EvomodError(f"{folder} holds no rows.")

    with pytest.raises(SystemExit) as ended:
        experiments.command("It.", 3, tmp_path / "out", run, told)
    said = capsys.readouterr()
    assert ended.value.code == 2 and message in said.err and "Traceback" not in said.err
