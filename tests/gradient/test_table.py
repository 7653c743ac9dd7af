"""Rows of the table of ways of training, from real training."""

from pathlib import Path

import numpy as np
import pytest

from evomod.files.tables import add_rows
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "filan2021" / "table.py"
SIZES = {"epochs": 1, "hidden": (16, 16), "draws": 3}


def test_every_way_of_training_has_a_row_before_and_after_pruning():
    script = papers.load_script(SCRIPT)
    for way in script.WAYS:
        rows = list(script.rows_of("digits", way, 1, **SIZES))
        is_trained = "untrained" not in way
        assert [row["is_pruned"] for row in rows] == ([0, 1] if is_trained else [0])
        assert [tuple(row) for row in rows] == [script.COLUMNS] * len(rows)
        assert rows[0]["epochs"] == int(is_trained) and rows[0]["sparsity"] == 0.0
        if is_trained:
            assert rows[1]["sparsity"] == pytest.approx(0.9, abs=0.01) and rows[1]["epochs"] == 2
        assert all(np.isfinite([row["n_cut"], row["null_mean"], row["p"]]).all() for row in rows)


def test_polynomials_are_not_pruned_and_have_the_ways_of_the_paper(tmp_path):
    script = papers.load_script(SCRIPT)
    rows = list(script.rows_of("polynomials", "control", 1, **SIZES))
    assert [(row["is_pruned"], row["epochs"], row["sparsity"]) for row in rows] == [(0, 1, 0.0)]
    ways = {way for way, _ in script.left_over(tmp_path / script.TABLE, "polynomials", 1)}
    claimed = {
        way
        for data, way, _ in papers.load_script(SCRIPT.with_name("claims.py")).PUBLISHED
        if data == "polynomials"
    }
    assert claimed < ways and len(script.left_over(tmp_path / script.TABLE, "polynomials", 5)) == 20


def test_a_table_is_made_by_workers_and_not_made_again(tmp_path):
    script = papers.load_script(SCRIPT)
    add_rows(tmp_path / script.TABLE, script.COLUMNS, [made(script, "control", 0)])
    add_rows(tmp_path / script.TABLE, script.COLUMNS, [made(script, "control", 1)])
    for way in list(script.WAYS)[2:]:
        for is_pruned in script.moments("digits", way):
            add_rows(tmp_path / script.TABLE, script.COLUMNS, [made(script, way, is_pruned)])
    path = script.run(tmp_path, "digits", 1, **SIZES)
    rows = script.read(path)
    assert len(rows) == sum(len(script.moments("digits", way)) for way in script.WAYS)
    assert rows[-1]["way"] == "untrained" and rows[-1]["sparsity"] == 0.0
    content = path.read_bytes()
    assert script.run(tmp_path, "digits", 1, **SIZES).read_bytes() == content
    assert [place.name for place in tmp_path.glob("*.json")] == ["digits.manifest.json"]


def made(script, way, is_pruned):
    return dict.fromkeys(script.COLUMNS, 0.5) | {
        "data": "digits",
        "way": way,
        "is_pruned": is_pruned,
        "seed": 1,
    }
