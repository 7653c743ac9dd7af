"""Rows of the retina trained by gradient, from real training."""

from pathlib import Path

import numpy as np
import pytest

from evomod.gradient.run import network_of_layers
from evomod.papers import scripts as papers
from evomod.task import load_task

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "causes" / "gradient.py"
SIZES = {"epochs": 3, "draws": 3, "most_steps": 2}


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def test_every_way_of_training_has_a_row_before_and_after_pruning(script):
    for way, changes in script.WAYS.items():
        rows = list(script.rows_of(way, 1, **SIZES))
        is_once = "prune" in changes
        assert [row["is_pruned"] for row in rows] == ([0] if is_once else [0, 1])
        assert [set(row) for row in rows] == [set(script.COLUMNS)] * len(rows)
        assert (
            rows[0]["steps"] == {"untrained": 0, "longer": 6}.get(way, 3) and rows[-1]["steps"] % 3 == 0
        )
        if not is_once:
            assert rows[1]["connections"] <= 32 + 16 + 4 + 1 and rows[1]["steps"] == 6
        for row in rows:
            assert 0.0 <= row["n_cut"] <= 2.0 and -0.5 <= row["q_weights"] <= 1.0
            assert all(row[f"steps_{goal}"] in (0, 1, 2, float("inf")) for goal in script.OTHERS)


def test_a_network_that_solves_its_goal_scores_on_others_what_their_tables_share(script):
    row = next(script.rows_of("control", 4, epochs=150, draws=3, most_steps=400))
    assert row["fitness"] == 1.0
    tables = load_task(script.TASK).tables
    for goal in script.OTHERS:
        assert row[f"zero_shot_{goal}"] == np.mean(tables[goal] == tables[script.GOAL])
        assert row[f"steps_{goal}"] == row[f"plain_steps_{goal}"]  # it had neither dropout nor penalties
    assert 0 < row["solved_after"] <= row["steps"] == 150
    connections = script.as_evolved(network_of_layers([np.zeros((8, 1))], [np.zeros(1)], {}))
    assert np.isnan(list(connections.values())).all()


def test_a_table_goes_on_and_is_not_made_again(script, tmp_path):
    path = script.run(tmp_path, 1, **SIZES)
    content = path.read_bytes()
    assert len(script.read(path)) == 2 * len(script.WAYS) - 2
    assert script.run(tmp_path, 1, **SIZES).read_bytes() == content
    path.write_bytes(content[: content.rfind(b"l2,1,")])
    again = script.read(script.run(tmp_path, 1, **SIZES))
    assert [(row["way"], row["is_pruned"]) for row in again[-2:]] == [("l2", 0), ("l2", 1)]
    for row, before in zip(again, script.read(path), strict=True):
        assert row == before or np.isnan(list(row.values())[1:]).any()
