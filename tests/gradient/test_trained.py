"""Networks trained on few digits: pairs that differ in one thing, wiring that stays as it is, rows that are not made again."""

from pathlib import Path

import numpy as np
import pytest

from evomod.gradient.config import TrainingConfig, resolved
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "benefits" / "trained.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def ended(script, way, seed=1, epochs=2):
    """Weights of a network that was trained a little."""
    data = script.few_digits(seed)
    given = TrainingConfig("digits", hidden=script.HIDDEN, epochs=epochs, **script.CAUSES.get(way, {}))
    learner = script.trained(way, resolved(given, data), data, seed)
    return [w.detach().numpy() for w in learner.weights]


def test_few_digits_are_the_same_for_a_seed_and_none_is_trained_and_tested(script):
    one, again, other = (script.few_digits(seed) for seed in (1, 1, 2))
    assert np.array_equal(one.inputs, again.inputs) and not np.array_equal(one.inputs, other.inputs)
    assert len(one.inputs) == script.N_TRAIN and len(one.inputs) + len(one.test_inputs) == 1797
    whole = np.sort(np.concatenate((one.targets, one.test_targets)))
    assert np.array_equal(whole, np.sort(np.concatenate((other.targets, other.test_targets))))


def test_blocks_and_random_wiring_have_as_many_connections_and_keep_them(script):
    masks = {way: script.wiring(way, (64, 64, 64, 10), 1) for way in ("blocks", "random-wiring")}
    sources = {way: [mask.sum(axis=0) for mask in found] for way, found in masks.items()}
    for block, drawn in zip(*sources.values(), strict=True):
        assert np.abs(block - drawn).max() <= 1.0  # 64 nodes in five blocks: 12 or 13
    assert all(mask.all() for mask in (masks["blocks"][0], masks["random-wiring"][0]))
    labels = [np.arange(n) * 5 // n for n in (64, 64, 10)]
    for mask, before, after in zip(masks["blocks"][1:], labels, labels[1:], strict=False):
        assert np.array_equal(mask == 1.0, before[:, None] == after)
    for way, found in masks.items():
        for mask, weight in zip(found, ended(script, way), strict=True):
            assert not weight[mask == 0.0].any() and (weight[mask == 1.0] != 0.0).mean() > 0.99


@pytest.mark.parametrize(
    "way", ["prune-0.9", "pruned-after", "pruned-after-trained-on", "pruned-at-birth"]
)
def test_pruned_networks_end_with_a_tenth_of_the_weights(script, way):
    weights = ended(script, way)
    assert sum(np.count_nonzero(w) for w in weights) / sum(w.size for w in weights) == pytest.approx(
        0.1, abs=0.01
    )


def test_ways_of_one_seed_have_the_same_birth(script):
    """So that they are pairs: an untrained network of any way is the control's where nothing is cut."""
    control = ended(script, "control", epochs=0)
    for way in ("blocks", "pruned-at-birth"):
        for weight, same in zip(ended(script, way, epochs=0), control, strict=True):
            assert np.array_equal(weight[weight != 0.0], same[weight != 0.0])
    assert not np.array_equal(ended(script, "clusterable-birth", epochs=0)[1], control[1])


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path, monkeypatch):
    ways = (
        "control",
        "dropout-0.5",
        "dropout-0.5-held-down",
        "blocks",
        "pruned-after",
        "untrained-32",
        "width-32",
    )
    monkeypatch.setattr(script, "WAYS", ways)
    path = script.run(tmp_path, 3, epochs=1, draws=2)
    rows, content = script.read(path), path.read_bytes()
    assert len(rows) == 3 * len(ways) and all(np.isfinite(row["test_accuracy"]) for row in rows)
    assert script.run(tmp_path, 3, epochs=1, draws=2).read_bytes() == content
    assert script.draw_table(path).axes[0].get_title() == "−z of n-cut beside shuffles"
    assert script.summary(rows).count("\n") == 1 + len(ways)
