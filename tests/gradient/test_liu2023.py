"""Networks that learn formulas: points, births and costs are those of the paper, a table is not made again and is drawn."""

from pathlib import Path

import numpy as np
import pytest
import torch

from evomod.gradient.config import TrainingConfig, resolved
from evomod.gradient.places import BETWEEN, wiring_length
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "liu2023" / "formulas.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def learner_of(script, formula="independence", way="all", steps=4):
    data = script.points(formula, 3)
    given = TrainingConfig(data.name, hidden=script.FORMULAS[formula].hidden, batch=script.POINTS)
    config = resolved(given, data)
    return data, script.trained(config, data, (formula, way, 3), steps)


def test_points_are_what_the_formulas_say(script):
    x = np.array([[0.5], [-1.0], [0.25], [0.5]])
    outputs = {name: np.squeeze(formula.of(x[: formula.n_inputs])) for name, formula in script.FORMULAS.items()}  # fmt: skip
    assert outputs["independence"].tolist() == pytest.approx([0.75**3, 2.0])
    assert outputs["feature-sharing"].tolist() == pytest.approx([0.25, 1.25, 1.3125])
    assert float(outputs["compositionality"]) == pytest.approx(np.sqrt(1.5**2 + 0.25**2))
    one, again, other = (script.points("independence", seed) for seed in (1, 1, 2))
    assert np.array_equal(one.inputs, again.inputs) and not np.array_equal(one.inputs, other.inputs)
    assert not np.array_equal(one.inputs, one.test_inputs)
    assert np.abs(one.inputs).max() <= 1.0 and one.targets.shape == (100, 2)


@pytest.mark.parametrize("way", ["none", "l1", "l1-local", "all"])
def test_what_is_paid_is_what_the_paper_says(script, way):
    """After four steps the last quarter has come: biases cost as well, and all costs are as at first."""
    _, learner = learner_of(script, way=way)
    weights, biases = (
        [part.detach().numpy() for part in side] for side in (learner.weights, learner.biases)
    )
    size = sum(np.abs(w).sum() for w in weights)
    of_biases = sum(np.abs(b).sum() for b in biases)
    length = wiring_length(weights, learner.places) if way in ("l1-local", "all") else BETWEEN * size
    wanted = 0.0 if way == "none" else script.COST * (length + BETWEEN * of_biases)
    assert float(torch.as_tensor(learner.penalty()).detach()) == pytest.approx(wanted, rel=1e-5)


def test_the_cost_rises_and_falls_by_quarters(script, monkeypatch):
    paid = []
    step = script.Wired.step
    monkeypatch.setattr(script.Wired, "step", lambda self, *given: paid.append((self.config.wiring, self.cost_of_biases)) or step(self, *given))  # fmt: skip
    learner_of(script, steps=8)
    assert paid == [(1e-3, 0.0)] * 2 + [(1e-2, 0.0)] * 4 + [(1e-3, 1e-4)] * 2
    paid.clear()
    learner_of(script, "compositionality", steps=8)
    assert paid == [(1e-3, 0.0)] * 2 + [(3e-3, 0.0)] * 4 + [(3e-3, pytest.approx(3e-4))] * 2


def test_influence_on_the_wrong_output_is_that_of_all_paths(script):
    rng = np.random.default_rng(4)
    weights = [rng.normal(size=shape) for shape in ((4, 3), (3, 5), (5, 2))]
    own = ((0, 2), (1, 3))
    paths = {
        (i, k): sum(abs(weights[0][i, a] * weights[1][a, b] * weights[2][b, k]) for a in range(3) for b in range(5))
        for i in range(4)
        for k in range(2)
    }  # fmt: skip
    wrong = sum(value for (i, k), value in paths.items() if i not in own[k])
    assert script.leak(weights, own) == pytest.approx(wrong / sum(paths.values()))
    assert np.isnan(script.leak(weights, ())) and np.isnan(script.leak([0.0 * w for w in weights], own))


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path):
    path = script.run(tmp_path, 2, steps=4)
    rows, content = script.read(path), path.read_bytes()
    assert len(rows) == 2 * len(script.WAYS) * len(script.FORMULAS)
    assert script.run(tmp_path, 2, steps=4).read_bytes() == content
    figure = script.draw_table(path)
    assert figure.axes[0].get_title() == "nothing" and len(figure.axes[0].lines) > 100
    assert script.summary(rows).count("\n") == 1 + len(script.WAYS) * len(script.FORMULAS)
    claims = papers.load_script(SCRIPT.parent / "claims.py")
    assert {claims.runs_of(path, group) for group in claims.LABELS} == {(2, 20), (2, 10)}
    births = {way: script.column_of(script.groups_of(rows), "train_error", "independence", way) for way in script.WAYS}  # fmt: skip
    assert np.allclose(births["none"], births["l1"], rtol=0.1)
