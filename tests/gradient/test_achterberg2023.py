"""Recurrent networks in space: trials, costs and measures are those of the paper, a table is not made again and is drawn."""

from pathlib import Path

import networkx
import numpy as np
import pytest
import torch

from evomod.files.tables import add_rows
from evomod.gradient.space import distances, grid
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "achterberg2023" / "recurrent.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def random_graph(seed, n=100, n_edges=500):
    graph = networkx.gnm_random_graph(n, n_edges, seed=seed)
    return networkx.to_numpy_array(graph), graph


def test_a_trial_shows_the_goal_then_nothing_then_two_directions_of_which_one_leads_nearer(script):
    inputs, right = script.trials()
    assert inputs.shape == (8, 50, 8) and len({trial.tobytes() for trial in inputs}) == 8
    assert (inputs[:, :20, :4].sum(axis=2) == 1.0).all() and not inputs[:, :20, 4:].any()
    assert not inputs[:, 20:30].any()
    assert (inputs[:, 30:, 4:].sum(axis=2) == 2.0).all() and not inputs[:, 30:, :4].any()
    steps = {"l": (-1, 0), "u": (0, 1), "r": (1, 0), "d": (0, -1)}
    for trial, answer in zip(inputs, right, strict=True):
        goal = np.sum([steps[one] for one in list(script.GOALS)[int(trial[0].argmax())]], axis=0)
        offered = [script.DIRECTIONS[k] for k in np.flatnonzero(trial[-1, 4:])]
        away = [np.linalg.norm(goal - steps[one]) for one in offered]
        assert script.DIRECTIONS[answer] == offered[int(np.argmin(away))] and away[0] != away[1]
    assert np.bincount(right).tolist() == [2, 2, 2, 2]


def test_a_birth_is_orthogonal_and_its_own(script):
    one, again, other = (script.birth(np.random.default_rng(seed), 100) for seed in (1, 1, 2))
    assert np.allclose(one["recurrent"] @ one["recurrent"].T, np.eye(100), atol=1e-5)
    assert np.array_equal(one["in"], again["in"]) and not np.array_equal(one["in"], other["in"])
    assert np.abs(one["in"]).max() <= np.sqrt(6.0 / 108.0) and not one["bias"].any()


def test_activity_is_that_of_neurons_one_by_one(script):
    weights, (inputs, _) = script.birth(np.random.default_rng(4), 5), script.trials()
    trial, state = inputs[3], [0.0] * 5
    for now in trial.tolist():
        state = [
            max(0.0, sum(x * float(weights["in"][i, j]) for i, x in enumerate(now)) + float(weights["bias"][j])
                + sum(s * float(weights["recurrent"][i, j]) for i, s in enumerate(state)))
            for j in range(5)
        ]  # fmt: skip
    found = script.activity(
        {k: torch.from_numpy(w) for k, w in weights.items()}, torch.from_numpy(inputs)
    )
    assert np.allclose(found[3].numpy(), state, rtol=1e-4, atol=1e-5)


def test_a_cost_is_the_product_that_its_way_names(script):
    from evomod.gradient.space import communicability

    rng = np.random.default_rng(2)
    w = torch.tensor(rng.normal(size=(100, 100)))
    lengths = torch.tensor(distances(grid(script.SHAPE)))
    size, walks = w.abs(), communicability(w.abs())
    wanted = {
        "l1": size, "length": size * lengths, "communicability": size * walks, "both": size * lengths * walks,
    }  # fmt: skip
    for way, paid in wanted.items():
        assert float(script.cost(way, w, lengths)) == pytest.approx(float(paid.sum()))


def test_the_strongest_connections_join_pairs_and_no_neuron_to_itself(script):
    weights = np.diag(np.full(100, 9.0))
    weights[3, 5], weights[5, 3], weights[7, 8] = -3.0, 1.0, 2.0
    graph = script.strongest(weights)
    assert graph[3, 5] == graph[5, 3] == graph[7, 8] == graph[8, 7] == 1.0
    assert not np.diag(graph).any() and np.array_equal(graph, graph.T)
    assert 990 <= graph.sum() <= 1980


@pytest.mark.parametrize("seed", range(3))
def test_clustering_and_efficiency_are_those_of_networkx(script, seed):
    matrix, graph = random_graph(seed, n_edges=150 + 200 * seed)
    clustering, efficiency = script.clustering_and_efficiency(matrix)
    assert clustering == pytest.approx(networkx.average_clustering(graph))
    assert efficiency == pytest.approx(networkx.global_efficiency(graph))


def test_a_lattice_is_a_small_world_and_a_random_graph_is_none(script):
    ring = networkx.to_numpy_array(networkx.watts_strogatz_graph(100, 10, 0.1, seed=1))
    assert script.small_world(ring, np.random.default_rng(1)) > 2.0
    assert script.small_world(random_graph(5)[0], np.random.default_rng(1)) == pytest.approx(
        1.0, abs=0.15
    )


def test_graphs_of_the_same_lengths_have_as_many_of_each(script):
    graph, lengths = random_graph(6)[0], np.round(distances(grid(script.SHAPE)), 6)
    others = script.of_the_same_lengths(graph, np.random.default_rng(1))
    assert others.shape == (script.DRAWS, 100, 100) and np.array_equal(others, others.transpose(0, 2, 1))
    wanted = np.sort(lengths[graph > 0.0])
    assert all(np.array_equal(np.sort(lengths[other > 0.0]), wanted) for other in others)
    assert not np.array_equal(others[0], others[1])


def test_q_of_short_connections_is_explained_by_their_lengths(script):
    near = (distances(grid(script.SHAPE)) < 1.5).astype(float) - np.eye(100)
    rng = np.random.default_rng(1)
    thinned = np.triu(near * (rng.random(near.shape) < 0.5))
    graph = thinned + thinned.T
    assert script.z_among(graph, script.of_the_same_lengths(graph, rng)) < 3.0
    degrees = script.random_graphs(graph, "degree-preserving", script.DRAWS, rng)
    assert script.z_among(graph, degrees) > 10.0


def test_strengths_are_spread_evenly_however_many(script):
    for n in (10, 80):
        shares = np.sort(
            [script.strength_of("both", seed) / script.MOST["both"] for seed in range(1, n + 1)]
        )
        assert np.abs(shares - (np.arange(n) + 0.5) / n).max() < 2.0 / n
    assert script.strength_of("none", 7) == 0.0


def test_a_table_is_not_made_again_and_is_drawn(script, tmp_path, monkeypatch):
    for name, value in (("DRAWS", 3), ("TRIALS", 256), ("ACCURATE", 0.0)):
        monkeypatch.setattr(script, name, value)
    path = script.run(tmp_path, 2, epochs=1)
    rows, content = script.read(path), path.read_bytes()
    assert len(rows) == 2 * len(script.WAYS)
    assert script.run(tmp_path, 2, epochs=1).read_bytes() == content
    assert script.trained("both", 1, 0.1, epochs=1)["recurrent"].tobytes() == script.trained("both", 1, 0.1, epochs=1)["recurrent"].tobytes()  # fmt: skip
    figure = script.draw_table(path)
    assert len(figure.axes) == 3 * len(script.WAYS) and figure.axes[1].get_title() == "L1"
    assert all(axes.lines for axes in figure.axes[-len(script.PANELS) :])
    assert script.summary(rows).count("\n") == 1 + len(script.WAYS)
    claims = papers.load_script(SCRIPT.parent / "claims.py")
    assert {claims.runs_of(path, group) for group in claims.LABELS} == {(2, 50)}


def test_only_networks_that_can_do_the_task_are_compared(script, tmp_path):
    claims = papers.load_script(SCRIPT.parent / "claims.py")
    rows = [dict.fromkeys(script.COLUMNS, 1.0) | {"way": "l1", "seed": k, "accuracy": right, "q": k / 10.0} for k, right in ((2, 1.0), (1, 0.875), (3, 0.9))]  # fmt: skip
    add_rows(tmp_path / script.TABLE, script.COLUMNS, rows)
    assert claims.COLUMNS["q"](tmp_path / script.TABLE, "l1").tolist() == [0.2, 0.3]
    assert claims.runs_of(tmp_path / script.TABLE, "l1") == (3, 50)


def test_pairs_have_nearly_equal_sums_and_nobody_is_in_two(script):
    rng = np.random.default_rng(7)
    one, other = (
        [{"sum_of_weights": value, "q": 0.0} for value in rng.uniform(50, 800, 30)] for _ in range(2)
    )
    pairs = script.matched(one, other)
    assert len(pairs) > 10
    assert all(abs(np.log(a["sum_of_weights"] / b["sum_of_weights"])) < np.log(1.1) for a, b in pairs)
    assert len({id(a) for a, _ in pairs}) == len({id(b) for _, b in pairs}) == len(pairs)
    sums = sorted(abs(np.log(a["sum_of_weights"] / b["sum_of_weights"])) for a in one for b in other)
    assert min(abs(np.log(a["sum_of_weights"] / b["sum_of_weights"])) for a, b in pairs) == sums[0]


def test_both_sides_of_a_matched_claim_are_the_same_pairs(script, tmp_path):
    claims = papers.load_script(SCRIPT.parent / "claims.py")
    rows = [
        dict.fromkeys(script.COLUMNS, 1.0) | {"way": way, "seed": k, "sum_of_weights": size, "q": q}
        for way, k, size, q in (("l1", 1, 100.0, 0.1), ("l1", 2, 200.0, 0.2), ("both", 1, 205.0, 0.3), ("both", 2, 101.0, 0.4), ("both", 3, 400.0, 0.5))
    ]  # fmt: skip
    add_rows(tmp_path / script.TABLE, script.COLUMNS, rows)
    found = {
        group: claims.COLUMNS["q"](tmp_path / script.TABLE, group).tolist()
        for group in ("both~l1", "l1~both")
    }
    assert found == {"both~l1": [0.4, 0.3], "l1~both": [0.1, 0.2]}
    assert claims.runs_of(tmp_path / script.TABLE, "both~l1") == (3, 50)
