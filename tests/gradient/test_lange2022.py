"""Functional modularity by strength: what is right, rows and claims; a table is not made again and is drawn."""

from pathlib import Path

import numpy as np
import pytest
import torch

from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.datasets import load_dataset
from evomod.gradient.training import Learner, born, share_right
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "lange2022" / "strengths.py"
WAYS = ("none:0", "dropout:0.4", "l2:0.1")


@pytest.fixture
def script(monkeypatch):
    module = papers.load_script(SCRIPT)
    monkeypatch.setattr(module, "WAYS", WAYS)
    monkeypatch.setattr(module, "DRAWS", 2)
    return module


def test_what_is_right_is_what_the_trained_network_answers(script):
    data = load_dataset("digits")
    config = resolved(TrainingConfig("digits", hidden=(8, 6)), data)
    learner = Learner(config, data.kind, *born(config, data, 1), 1)
    with torch.no_grad():
        wanted = share_right(
            "classes", learner.outputs(torch.from_numpy(data.inputs)), torch.from_numpy(data.targets)
        )
    layers = ([part.detach().numpy() for part in side] for side in (learner.weights, learner.biases))
    assert script.right(*layers, data.inputs, data.targets) == pytest.approx(wanted)


def test_the_committed_table_is_drawn():
    module = papers.load_script(SCRIPT)
    table = SCRIPT.parent.parent.parent / "results" / "lange2022" / module.TABLE
    assert len(module.read(table)) == 5 * len(module.WAYS)
    assert len(module.draw_table(table).axes) >= 3


def test_a_table_is_not_made_again(script, tmp_path):
    path = script.run(tmp_path, 1, epochs=2)
    content, rows = path.read_bytes(), script.read(path)
    assert script.run(tmp_path, 1, epochs=2).read_bytes() == content
    assert [row["way"] for row in rows] == list(WAYS)
    assert all(0.0 <= row["q_upstream"] < 1.0 and row["clusters_upstream"] >= 1.0 for row in rows)
    assert len({row["q_upstream"] for row in rows}) == 3
    claims = papers.load_script(SCRIPT.parent / "claims.py")
    assert claims.runs_of(path, "none/0") == (1, 5)
    best = claims.COLUMNS["q_upstream"](path, "best/dropout")
    allowed = [
        row["q_upstream"]
        for row in rows
        if row["way"] == "dropout:0.4" and row["test_accuracy"] >= claims.ACCURATE
    ]
    assert np.array_equal(best, allowed)
