"""What losses of modules say, on tables that are known; and one small table of trained networks."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "causes" / "redundancy_trained.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def plain(drops, most):
    """The docstring again, in plain Python."""
    lost = [[max(x, 0.0) for x in row] for row in drops]
    whole = sum(map(sum, lost))

    def entropy(row):
        return -sum(x / sum(row) * math.log(x / sum(row)) for x in row if x > 0.0) if sum(row) else 0.0

    special = sum(sum(row) / whole * (1.0 - entropy(row) / math.log(len(row))) for row in lost)
    columns = list(zip(*lost, strict=True))
    carriers = sum(math.exp(entropy(column)) for column in columns) / len(columns)
    redundancy = sum(1.0 - sum(c) / m for c, m in zip(columns, most, strict=True)) / len(columns)
    return {"specialisation": special, "carriers": carriers, "redundancy": redundancy}


def test_what_losses_say(script):
    most = np.full(4, 0.8)
    alone = script.of_drops(np.diag(most), most)
    assert alone == pytest.approx({"specialisation": 1.0, "carriers": 1.0, "redundancy": 0.0})
    alike = script.of_drops(np.full((8, 4), 0.1), most)
    assert alike == pytest.approx({"specialisation": 0.0, "carriers": 8.0, "redundancy": 0.0})
    spare = script.of_drops(np.vstack((np.diag(most) / 4,) * 2), most)
    assert spare == pytest.approx({"specialisation": 1.0, "carriers": 2.0, "redundancy": 0.5})
    assert all(map(math.isnan, script.of_drops(-np.ones((8, 4)), most).values()))
    rng = np.random.default_rng(1)
    for _ in range(50):
        drops = rng.normal(0.1, 0.2, (8, 4)) * (rng.random((8, 4)) < 0.6)
        assert script.of_drops(drops, most) == pytest.approx(plain(drops.tolist(), most.tolist()))


def test_a_silent_neuron_is_one_without_its_weights(script):
    data, rng = script.four_digits(1), np.random.default_rng(2)
    sizes = (data.n_inputs, 6, 5, data.n_outputs)
    weights = [rng.normal(size=pair) for pair in itertools.pairwise(sizes)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    silent = rng.random(11) < 0.5
    cut = [weights[0], weights[1] * ~silent[:6, None], weights[2] * ~silent[6:, None]]
    lesioned = script.accuracies(weights, biases, data, silent)
    assert np.array_equal(lesioned, script.accuracies(cut, biases, data))
    assert not np.array_equal(lesioned, script.accuracies(weights, biases, data))
    values = data.test_inputs
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        values = np.maximum(values @ weight + bias, 0.0)
    outputs, wanted = values @ weights[-1] + biases[-1], data.test_targets
    first = np.mean([outputs[k, :10].argmax() == wanted[k, :10].argmax() for k in range(len(outputs))])
    assert script.accuracies(weights, biases, data)[0] == pytest.approx(first)


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "RATES", (0.0, 0.5))
    path = script.run(tmp_path, 2, epochs=2, draws=2)
    rows, content = script.read(path), path.read_bytes()
    assert [row["rate"] for row in rows] == [0.0, 0.5] * 2
    assert script.run(tmp_path, 2, epochs=2, draws=2).read_bytes() == content
    assert [axes.get_title() for axes in script.draw_table(path).axes] == list(script.PANELS.values())
