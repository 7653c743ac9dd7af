"""The retina under every cause that training can have: ways differ in what they are named for, a table is not made again."""

from pathlib import Path

import numpy as np
import pytest

from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "causes" / "retina_trained.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


@pytest.fixture(scope="module")
def rows(script):
    return {way: script.row_of(way, 3, epochs=400, most_steps=3) for way in script.WAYS}


def test_ways_differ_in_what_they_are_named_for(rows):
    assert rows["pruning"]["connections"] <= 0.5 * (8 * 8 + 8 * 4 + 4 * 2 + 2) + 2
    assert rows["l1"]["connections"] < rows["control"]["connections"]
    assert rows["clusterability"]["n_cut"] < rows["control"]["n_cut"]
    assert rows["length"]["connections"] < rows["control"]["connections"]
    assert (
        rows["length"]["q_score"] != rows["swaps"]["q_score"]
        or rows["length"]["n_cut"] != rows["swaps"]["n_cut"]
    )
    assert all(0.5 <= row["fitness_of_connections"] <= 1.0 for row in rows.values())


def test_a_network_is_the_same_again_and_goals_not_reached_count_one_step_more(script, rows):
    again = script.row_of("control", 3, epochs=400, most_steps=3)
    assert {k: v for k, v in again.items() if k != "seconds"} == {
        k: v for k, v in rows["control"].items() if k != "seconds"
    }
    assert all(rows["control"][f"steps_{goal}"] == 4.0 for goal in script.ADAPTED)


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path, rows, monkeypatch):
    asked = []
    monkeypatch.setattr(
        script, "row_of", lambda way, seed, *_: asked.append((way, seed)) or rows[way] | {"seed": seed}
    )
    path = script.run(tmp_path, 2)
    content = path.read_bytes()
    assert script.run(tmp_path, 2).read_bytes() == content
    assert asked == [(way, seed) for seed in (1, 2) for way in script.WAYS]
    assert len(script.draw_table(path).axes) == len(script.PANELS)
    assert script.summary(script.read(path)).count("\n") == 1 + len(script.WAYS)
    claims = papers.load_script(SCRIPT.parent / "claims_retina_trained.py")
    assert {claims.runs_of(path, way) for way in claims.LABELS} == {(2, 50)} and set(
        claims.LABELS
    ) == set(script.WAYS)
    assert np.array_equal(claims.COLUMNS["q_score"](path, "l1"), [rows["l1"]["q_score"]] * 2)
