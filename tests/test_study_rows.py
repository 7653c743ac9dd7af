"""Runs whose folders are gone stay in the tables, count as done, and further replicates join them."""

import gzip
import os
import shutil

import pytest

from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.files.tables import read_text, write_text
from evomod.studies.definition import load_definition
from evomod.studies.folder import status_of
from evomod.studies.run import run_study
from evomod.studies.tables import load_study, write_tables

TEXT = """
name = "two"
seed = 7
replicates = 3

[base]
task = "retina"
evolution = {population = 20, generations = 260}
tracking = {population_every = 100}

[treatments.pa]
[treatments.pcc]
settings.pressures.connection-cost = {}
"""
TABLES = ("summary.csv", "courses.csv.gz", "curves.csv", "networks.json.gz", "density.csv.gz")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "study.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def whole(path):
    """A study that nobody touched."""
    return run_study(load_definition(path), path.parent / "whole", jobs=1).folder


@pytest.fixture(scope="module")
def first(path):
    """Its first two replicates."""
    return run_study(load_definition(path, replicates=2), path.parent / "first", jobs=1).folder


@pytest.fixture
def copy(first, tmp_path):
    return shutil.copytree(first, tmp_path / "copy")


def without(folder, *places):
    for place in places:
        shutil.rmtree(folder / place)
    return folder


def tables(folder, but=()):
    return {name: (folder / name).read_bytes() for name in TABLES if name not in but}


@pytest.mark.parametrize("gone", [["pa"], ["pcc/001"], ["pa/000", "pcc/001"], ["pa", "pcc"]])
def test_replicates_join_the_tables_of_runs_whose_folders_are_gone(path, whole, copy, gone):
    without(copy, *gone)
    run_study(load_definition(path), copy, jobs=1)
    assert tables(copy) == tables(whole)
    for place in gone:
        assert not (copy / place / "manifest.json").exists() and not (copy / place / "000").exists()


def test_runs_whose_folders_are_gone_are_done(path, first, copy):
    study = load_definition(path, replicates=2)
    without(copy, "pa", "pcc/000")
    assert status_of(study, copy).states == {"pa": {"done": 2}, "pcc": {"done": 2}}
    found = load_study(copy)
    assert found.run(("pcc", 1)).manifest["seed"]["entropy"] == found.summary["seed"][3]
    with pytest.raises(EvomodError, match="needs the log of .*001, which is gone"):
        found.run(("pa", 1))
    run_study(study, copy, jobs=1)
    assert sorted(p.name for p in copy.glob("p*/*")) == ["001"]  # evolved nothing
    write_tables(copy)
    assert tables(copy) == tables(first)
    without(copy, "pcc")
    assert run_study(study, copy, jobs=1).summary["replicate"].tolist() == [0, 1, 0, 1]
    assert tables(copy) == tables(first)


@pytest.mark.parametrize(
    "lost", ["nothing", "summary.csv", "curves.csv", "density.csv.gz", "a line", "time"]
)
def test_status_writes_tables_that_are_not_those_of_all_runs(first, copy, lost, capsys):
    assert main(["status", str(copy)]) == 0
    before = {name: (copy / name).stat().st_ino for name in TABLES}
    if lost == "time":
        os.utime(copy / "pa" / "000" / "complete")
    elif lost == "a line":
        lines = (copy / "summary.csv").read_text().splitlines(keepends=True)
        (copy / "summary.csv").write_text("".join(lines[:-1]))
    elif lost != "nothing":
        (copy / lost).unlink()
    assert main(["status", str(copy)]) == 0 and "solved" in capsys.readouterr().out
    is_same = {name: (copy / name).stat().st_ino for name in TABLES} == before
    assert is_same == (lost == "nothing") and tables(copy) == tables(first)


@pytest.mark.parametrize("table", ["summary.csv", "networks.json.gz"])
def test_a_run_that_lacks_lines_is_evolved_again(path, first, copy, table):
    without(copy, "pa/001")
    (copy / table).unlink()
    run_study(load_definition(path, replicates=2), copy, jobs=1)
    assert (copy / "pa" / "001" / "complete").exists()
    assert tables(copy) == tables(first)


def test_a_run_without_a_course_has_no_part_in_curves(path, whole, copy):
    others = ("courses.csv.gz", "curves.csv")
    before = tables(copy, but=others)
    without(copy, "pa")
    (copy / "courses.csv.gz").unlink()
    write_tables(copy)
    assert set(load_study(copy).curves["treatment"].tolist()) == {"pcc"}
    assert tables(copy, but=others) == before
    without(copy, "pcc")
    (copy / "courses.csv.gz").unlink()
    curves = (copy / "curves.csv").read_bytes()
    write_tables(copy)
    assert (copy / "curves.csv").read_bytes() == curves  # no course at all: nothing better is known
    run_study(load_definition(path), copy, jobs=1)
    assert set(load_study(copy).curves["n"].tolist()) == {1}
    assert tables(copy, but=others) == tables(whole, but=others)


def test_fewer_replicates_than_the_tables_alone_hold_are_refused(path, first, copy):
    without(copy, "pa/001")
    with pytest.raises(EvomodError, match="would lose those .*: give --replicates 2 or more"):
        run_study(load_definition(path, replicates=1), copy, jobs=1)
    assert tables(copy) == tables(first)


def test_other_columns_are_no_silent_loss(path, copy):
    without(copy, "pa/001")
    table = copy / "summary.csv"
    table.write_text(table.read_text().replace("q_score", "q_value", 1))
    with pytest.raises(EvomodError, match=r"summary\.csv has other columns than this evomod writes"):
        run_study(load_definition(path), copy, jobs=1)


@pytest.mark.parametrize(
    ("table", "content", "said"),
    [
        ("summary.csv", b"treatment,replicate\npa,0", "line 2 is of no run"),
        ("summary.csv", b"treatment,replicate\npa,x,1\n", "line 2 is of no run"),
        ("courses.csv.gz", b"no gzip", "is damaged or cannot be read"),
        ("courses.csv.gz", gzip.compress(b"\xff", mtime=0), "is damaged or cannot be read"),
        ("courses.csv.gz", gzip.compress(b"a" * 99, mtime=0)[:-9], "is damaged or cannot be read"),
        ("networks.json.gz", b"[{}]", "is damaged or cannot be read"),
        ("networks.json.gz", gzip.compress(b"[{}]", mtime=0), r"it lacks '0\.goal'"),
    ],
)
def test_damaged_tables_are_told(path, copy, table, content, said):
    without(copy, "pa/001")
    (copy / table).write_bytes(content)
    with pytest.raises(EvomodError, match=said):
        run_study(load_definition(path), copy, jobs=1)


def test_a_damaged_table_of_runs_that_have_folders_is_written_again(path, first, copy):
    (copy / "networks.json.gz").write_bytes(b"[{}]")
    (copy / "courses.csv.gz").write_bytes(b"no gzip")
    run_study(load_definition(path, replicates=2), copy, jobs=1)
    assert tables(copy) == tables(first)


@pytest.mark.parametrize("content", [b"", b"treatment,replicate\npa\n"])
def test_a_table_that_is_no_table_is_told(copy, content):
    (copy / "summary.csv").write_bytes(content)
    with pytest.raises(EvomodError, match=r"summary\.csv is damaged"):
        _ = load_study(copy).summary


def test_hierarchy_is_in_tables_where_all_treatments_log_it(tmp_path):
    path = tmp_path / "study.toml"
    asked = "settings.tracking.hierarchy = true\n"
    small = TEXT.replace("replicates = 3", "replicates = 1").replace(
        "generations = 260", "generations = 3"
    )
    for text, has in (
        (small.replace("[treatments.pcc]", asked + "[treatments.pcc]"), False),
        (small.replace("[base]", asked + "[base]"), True),
    ):
        path.write_text(text)
        found = run_study(load_definition(path), tmp_path / f"{has}", jobs=1)
        assert found.summary["treatment"].tolist() == ["pa", "pcc"]
        assert ("hierarchy" in found.summary) == ("hierarchy" in found.curves) == has


def test_a_packed_table_is_written_only_where_its_text_changes(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a\n1\n", 9, mtime=7))  # as an earlier evomod may have packed it
    before = path.read_bytes()
    write_text(path, b"a\n1\n")
    assert path.read_bytes() == before
    for text in (b"a\n2\n", b"a\n1\n"):
        write_text(path, text)
        assert read_text(path) == text.decode()
    path.write_bytes(before[:-3])
    write_text(path, b"a\n1\n")
    assert read_text(path) == "a\n1\n"
