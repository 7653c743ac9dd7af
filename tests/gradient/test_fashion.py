"""Few pictures of clothes: which are trained on, and a table that is not made again; with pictures drawn in place of Fashion-MNIST."""

from pathlib import Path

import numpy as np
import pytest

from evomod.gradient.datasets import DataSet
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "benefits" / "fashion.py"


@pytest.fixture
def script(monkeypatch):
    module = papers.load_script(SCRIPT)
    rng = np.random.default_rng(5)
    inputs = rng.random((120, 784), np.float32)
    targets = rng.integers(10, size=120)
    drawn = DataSet(
        "fashion-mnist",
        "classes",
        inputs[:80],
        targets[:80],
        inputs[80:],
        targets[80:],
        n_outputs=10,
        source="drawn",
    )
    monkeypatch.setattr(module, "pictures", lambda: drawn)
    monkeypatch.setattr(module, "N_TRAIN", 30)
    return module


def test_pictures_are_drawn_by_the_seed_and_all_of_the_test_set_is_asked(script):
    one, again, other = (script.few_pictures(seed) for seed in (1, 1, 2))
    assert np.array_equal(one.inputs, again.inputs) and not np.array_equal(one.inputs, other.inputs)
    assert len(one.inputs) == 30 == len(np.unique(one.inputs, axis=0))
    assert one.test_inputs is other.test_inputs and len(one.test_inputs) == 40
    whole = script.pictures()
    places = [int(np.flatnonzero((whole.inputs == picture).all(axis=1))[0]) for picture in one.inputs]
    assert np.array_equal(whole.targets[places], one.targets)


def test_ways_differ_in_what_they_are_named_for(script):
    blocks, random, pruned, control = (
        script.row_of(way, 1, epochs=2, draws=2)
        for way in ("blocks", "random-wiring", "prune-0.5", "control")
    )
    assert (
        blocks["sparsity"] == pytest.approx(random["sparsity"], abs=0.01) and blocks["sparsity"] > 0.05
    )
    assert pruned["sparsity"] == pytest.approx(0.5, abs=0.001) and control["sparsity"] == 0.0
    assert control["gap"] == pytest.approx(
        control["train_accuracy"] - control["test_accuracy"], abs=1e-5
    )


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path):
    path = script.run(tmp_path, 2, epochs=1, draws=2)
    content = path.read_bytes()
    assert script.run(tmp_path, 2, epochs=1, draws=2).read_bytes() == content
    assert list(script.groups_of(script.read(path))) == list(script.WAYS)
    figure = script.draw_table(path)
    assert [axes.get_title() for axes in figure.axes][2] == "gain over the control, test set"
    claims = papers.load_script(SCRIPT.parent / "claims_fashion.py")
    assert {claims.runs_of(path, way) for way in claims.LABELS} == {(2, script.NETWORKS)}
    assert set(claims.LABELS) == set(script.WAYS)
