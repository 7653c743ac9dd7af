"""The tables of a study, beside plain readings of its runs."""

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import evomod
from evomod import measures
from evomod.errors import EvomodError
from evomod.files import tables
from evomod.files.tables import table_text, write_text
from evomod.papers.scripts import load_script
from evomod.runs import measures as run_measures
from evomod.runs.tracking import TIED_COLUMNS
from evomod.studies import tables as tables_module
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study
from evomod.studies.run_rows import COST_BIN, Q_BIN, measures_of, thinned
from evomod.studies.tables import described, write_parquet, write_tables

TEXT = """
name = "two"
seed = 7
replicates = 3

[treatments.pa]
label = "PA"
settings.task = "retina"
settings.evolution = {population = 20, generations = 40, stop = "solved", solved_at = 0.75}

[treatments.circuit]
settings.task = "circuit"
settings.evolution = {population = 20, generations = 30, solved_at = 0.6}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    home = tmp_path_factory.mktemp("tables")
    (home / "study.toml").write_text(TEXT)
    return run_study(load_definition(home / "study.toml"), home / "out", jobs=1)


def test_a_row_of_the_summary_is_what_the_run_says(found):
    summary = found.summary
    assert summary["treatment"].tolist() == ["pa"] * 3 + ["circuit"] * 3
    assert summary["replicate"].tolist() == [0, 1, 2] * 2
    runs = [*found.runs("pa"), *found.runs("circuit")]
    for k, run in enumerate(runs):
        log = run.log
        assert summary["seed"][k] == run.manifest["seed"]["entropy"]
        for name in ("best_fitness", "q_score", "modules", "connections", "connection_cost", "neurons"):
            assert summary[name][k] == log[name][-1], name
        assert summary["generations"][k] == log["generation"][-1]
        is_solved = log["solved"] == 1
        assert summary["solved"][k] == is_solved.any()
        first = summary["generations_to_solve"][k]
        assert first == np.argmax(is_solved) if is_solved.any() else np.isnan(first)
        assert summary["q_method"][k] == "clune2013"
    assert summary["solved"].any()
    assert not any(name.startswith("fitness:") for name in summary)  # the tasks differ


def test_q_stands_beside_its_nulls_and_is_measured_once_a_network(found, monkeypatch):
    run = found.runs("pa")[0]
    known = measures_of(run)
    direct = measures.normalised_modularity(run.best.simplified(), draws=1000, method="clune2013")
    assert (known["q_rand"], known["q_z"], known["q_m"]) == (direct.q_rand, direct.z, direct.q_m)
    assert known["q_rand_layered"] != ""  # the retina's networks have layers
    assert measures_of(found.runs("circuit")[0])["q_rand_layered"] == ""
    monkeypatch.setattr(run_measures, "q_beside_nulls", lambda *_: 1 / 0)
    assert measures_of(run) == known
    path = run.folder / "measures.json"
    kept = path.read_bytes()
    path.write_text(json.dumps(json.loads(kept) | {"best_sha256": "another"}))
    with pytest.raises(ZeroDivisionError):
        measures_of(run)
    path.write_bytes(kept)


def test_where_populations_lie_is_counted_in_cells(tmp_path):
    (tmp_path / "study.toml").write_text(
        TEXT.partition("[treatments.circuit]")[0] + "settings.tracking.population_every = 10\n"
    )
    study = run_study(load_definition(tmp_path / "study.toml"), tmp_path / "out", jobs=1)
    density, runs = study.density, study.runs("pa")
    assert set(density["generation"][density["replicate"] == 0]) == set(runs[0].population["generation"])
    for r, run in enumerate(runs):
        mine = density["replicate"] == r
        for generation in np.unique(density["generation"]):
            counted = density["individuals"][mine & (density["generation"] == generation)].sum()
            assert counted == 20 * (run.log["generation"] >= generation).any()
    cells = density["q_score"] / Q_BIN
    assert np.allclose(cells, cells.round(), atol=1e-3)
    assert (density["connection_cost"] % COST_BIN == 0).all()
    assert [n.about["replicate"] for n in study.networks["pa"]] == [0, 1, 2]
    write_text(study.folder / "networks.json.gz", b"[{")
    with pytest.raises(EvomodError, match=r"networks.json.gz is damaged: "):
        _ = study.networks


def test_goals_have_columns_where_treatments_share_the_task(found):
    row = measures_of(found.runs("pa")[0])
    assert row["fitness:left-and-right"] == row["best_fitness"]
    assert "fitness:left-or-right" in row


def test_empty_cells_are_empty_in_the_file(found):
    with open(found.folder / "summary.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert (row["generations_to_solve"] == "") == (row["solved"] == "0")


def test_curves_are_medians_of_the_runs_that_reach_a_generation(found):
    curves = found.curves
    for treatment in found.treatments:
        mine = curves["treatment"] == treatment
        logs = [run.log for run in found.runs(treatment)]
        for k in np.flatnonzero(mine):
            point = curves["generation"][k]
            for name in ("best_fitness", "q_score"):
                values = [log[name][point] for log in logs if point < log[name].size]
                assert curves["n"][k] == len(values)
                assert curves[name][k] == pytest.approx(np.median(values))
                assert (
                    min(values) <= curves[f"{name}_low"][k] <= curves[f"{name}_high"][k] <= max(values)
                )
    assert curves["generation"].max() == max(run.log["generation"][-1] for run in found.runs("circuit"))


def test_courses_are_what_the_logs_say(found):
    courses = found.courses
    for treatment in found.treatments:
        for r, run in enumerate(found.runs(treatment)):
            mine = (courses["treatment"] == treatment) & (courses["replicate"] == r)
            assert courses["generation"][mine].tolist() == run.log["generation"].tolist()  # so few: all
            for name in ("best_fitness", "q_score"):
                assert courses[name][mine].tolist() == run.log[name].tolist()


def test_q_of_those_that_tie_is_in_the_summary_where_all_treatments_log_it(tmp_path):
    text = TEXT.partition("[treatments.circuit]")[0]
    (tmp_path / "x.toml").write_text(text + "settings.tracking.tied_q = true\n")
    found = run_study(load_definition(tmp_path / "x.toml", replicates=1), tmp_path / "x", jobs=1)
    log = found.runs("pa")[0].log
    for name in TIED_COLUMNS:
        assert found.summary[name].tolist() == [log[name][-1]]
    (tmp_path / "y.toml").write_text(text)
    plain = run_study(load_definition(tmp_path / "y.toml", replicates=1), tmp_path / "y", jobs=1)
    assert not {*TIED_COLUMNS} & {*plain.summary}


def test_hierarchy_is_in_the_tables_where_all_treatments_log_it(tmp_path):
    text = TEXT.partition("[treatments.circuit]")[0] + "settings.tracking.hierarchy = true\n"
    other = text + '[treatments.plain]\nsettings.task = "retina"\nsettings.evolution.generations = 4\n'
    (tmp_path / "all.toml").write_text(text.replace("replicates = 3", "replicates = 1"))
    (tmp_path / "some.toml").write_text(other.replace("replicates = 3", "replicates = 1"))
    whole = run_study(load_definition(tmp_path / "all.toml"), tmp_path / "all", jobs=1)
    part = run_study(load_definition(tmp_path / "some.toml"), tmp_path / "some", jobs=1)
    log = whole.runs("pa")[0].log
    assert whole.courses["hierarchy"].tolist() == log["hierarchy"].tolist()
    assert whole.summary["hierarchy"].tolist() == [log["hierarchy"][-1]]
    assert "hierarchy" in whole.curves
    for table in (part.summary, part.courses, part.curves):
        assert "hierarchy" not in table
    mine = part.courses["treatment"] == "pa"
    assert part.courses["q_score"][mine].tolist() == log["q_score"].tolist()


def test_long_curves_are_thinned():
    for last in (0, 1, 199, 200, 201, 25_000, 100_000):
        points = thinned(last)
        assert points[0] == 0 and points[-1] == last and points.size <= 200
        assert (np.diff(points) > 0).all()
        assert last < 200 or np.diff(points).max() <= last / 99 + 1


def test_tables_written_again_are_the_same(found):
    paths = [found.folder / name for name in ("summary.csv", "courses.csv.gz", "curves.csv")]
    before = [path.read_bytes() for path in paths]
    write_tables(found.folder)
    assert [path.read_bytes() for path in paths] == before


def test_collected_curves_are_packed_and_read_as_plain_ones(found, tmp_path):
    folder = shutil.copytree(found.folder, tmp_path / "copy")
    load_script(Path(__file__).parents[1] / "scripts/collect.py").pack_curves(folder)
    assert not (folder / "curves.csv").exists() and (folder / "curves.csv.gz").exists()
    for name, column in evomod.load_study(folder).curves.items():
        assert_array_equal(column, found.curves[name])
    write_tables(folder)  # a copy of results goes on as any study
    assert (folder / "curves.csv").read_bytes() == (found.folder / "curves.csv").read_bytes()


def test_a_study_is_loaded_for_figures(found):
    again = evomod.load_study(found.folder)
    assert again.labels == {"pa": "PA", "circuit": "circuit"}
    assert again.column("q_score", "pa").size == 3 and again.failures == []
    told = described(again)
    assert "PA " in told and re.search(r"fitness 0\.\d{3} range \[0", told)  # of three runs
    with pytest.raises(EvomodError, match="has no treatment 'pcc'; it has pa, circuit"):
        again.runs("pcc")
    with pytest.raises(EvomodError, match="no study's folder"):
        evomod.load_study(found.folder / "pa")


def test_numbers_of_fewer_runs_say_so(found):
    summary = found.folder / "summary.csv"
    whole = summary.read_text()
    header, *lines = [line.split(",") for line in whole.splitlines()]
    at, q_m = header.index("q_z"), header.index("q_m")
    for k, line in enumerate(lines[:3]):  # of three runs of pa two have a z, and one a Q_m
        line[at], line[q_m] = ("", "") if k == 0 else ("1.5", "0.5" if k == 1 else "")
    for line in lines[3:]:
        line[at] = ""
    summary.write_text("\n".join([",".join(line) for line in (header, *lines)]) + "\n")
    try:
        _, pa, circuit = described(found).splitlines()
    finally:
        summary.write_text(whole)
    assert "z of Q 1.500 range [1.500, 1.500] (n = 2), Q_m 0.500 (n = 1), solved" in pa
    assert re.search(r"fitness 0\.\d+ range \[0\.\d+, 0\.\d+\], Q ", pa)  # of every run
    assert "z of Q of no run, Q_m" in circuit


def test_what_is_not_installed_is_one_sentence(found, monkeypatch):
    for name in ("pandas", "pyarrow", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EvomodError, match="pandas is not installed"):
        found.to_pandas()
    with pytest.raises(EvomodError, match="pip install pyarrow"):
        write_parquet(found.folder)


def test_parquet_tables_of_before_say_what_the_others_say_or_go(found, tmp_path, monkeypatch):
    """As more runs come a table that was written once would be out of date."""
    folder = tmp_path / "copy"
    shutil.copytree(found.folder, folder)
    (folder / "summary.parquet").touch()
    written = []
    monkeypatch.setattr(tables_module, "write_parquet", written.append)
    write_tables(folder)
    assert written == [folder] and (folder / "summary.parquet").exists()
    monkeypatch.undo()
    for name in ("pyarrow", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    write_tables(folder)
    assert not (folder / "summary.parquet").exists()
    write_tables(folder)  # none are made that nobody asked for
    assert not list(folder.glob("*.parquet"))


def test_a_treatment_that_the_study_lacks_is_refused():
    """In an array of nothing a misspelt name would go unseen."""
    found = evomod.load_study(Path(__file__).parent.parent / "results" / "mengistu2016")
    assert found.column("q_score", "pa").size == 30
    with pytest.raises(EvomodError, match=r"no treatment 'pcc-'; did you mean 'pcc-25'\? known: "):
        found.column("q_score", "pcc-")


def test_one_endless_entry_does_not_make_all_of_its_column_as_long(tmp_path, monkeypatch):
    """NumPy's texts are as long as the longest: 2,000 lines, one of a million letters, were 8 GB."""
    path = tmp_path / "courses.csv"
    path.write_text("treatment,to\n" + "pa,a\n" * 9 + f"pa,{'x' * 1000}\n")
    assert tables.read_table(path)["to"].dtype.kind == "U"
    monkeypatch.setattr(tables, "MOST_PADDED", 1000)
    table = tables.read_table(path)
    assert table["to"].dtype == object and table["treatment"].dtype.kind == "U"
    assert (table["to"] == "a").sum() == 9 and len(table["to"][9]) == 1000


@pytest.mark.parametrize("cell", ["a, b", "a\nb"])
def test_a_text_that_would_tear_a_row_is_refused(cell):
    with pytest.raises(ValueError, match="a cell of a table holds no comma"):
        table_text(("name", "number"), [{"name": "a", "number": 1.5}, {"name": cell, "number": 2}])
    assert table_text(("name", "number"), [{"name": "a", "number": 1.5}]) == b"name,number\na,1.5\n"
