"""Sum rule and product rule in linear networks: each generation is the literal rule's, and measures are those of matrices."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from evomod.errors import EvomodError
from evomod.papers import scripts as papers

FOLDER = Path(__file__).parent.parent / "scripts" / "friedlander2013"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(FOLDER / "linear.py")


def distance(network, goal):
    """Minus the Frobenius norm of A B - G, in plain Python."""
    (a, b), nodes = network, range(len(goal))
    return -math.sqrt(
        sum((sum(a[i][k] * b[k][j] for k in nodes) - goal[i][j]) ** 2 for i in nodes for j in nodes)
    )


def literal_generation(population, fitness, rule, rng, rate, sd, size):
    """Tournaments first, then who is hit, then the normal numbers, each in the order of networks, matrices, rows, columns."""
    n = len(population)
    winners = []
    for _ in range(n):
        drawn = [math.floor(rng.random() * n) for _ in range(size)]
        winners.append(max(drawn, key=lambda k: fitness[k]))
    children = [[[list(row) for row in matrix] for matrix in population[k]] for k in winners]
    places = [(c, m, i, j) for c in range(n) for m in (0, 1) for i in range(4) for j in range(4)]
    hit = [place for place in places if rng.random() < rate]
    for c, m, i, j in hit:
        number = sd * rng.standard_normal()
        element = children[c][m][i][j]
        children[c][m][i][j] = element + number if rule == "sum" else element * (1.0 + number)
    return children


@pytest.mark.parametrize("rule", ["sum", "product"])
@pytest.mark.parametrize("goal", ["modular", "full"])
def test_generations_are_the_literal_rules_draw_by_draw(script, rule, goal):
    ours, theirs = np.random.default_rng(3), np.random.default_rng(3)
    networks = ours.random((9, 2, 4, 4))
    expected = theirs.random((9, 2, 4, 4)).tolist()
    wanted = script.GOALS[goal]
    for _ in range(12):
        fitness = script.worth(networks, np.array(wanted))
        plain = [distance(network, wanted) for network in expected]
        assert_allclose(fitness, plain, rtol=1e-12)
        networks = script.next_generation(networks, fitness, rule, ours)
        expected = literal_generation(
            expected, plain, rule, theirs, script.RATE, script.SD, script.TOURNAMENT
        )
        assert_allclose(networks, expected, rtol=1e-12)
    assert ours.random() == theirs.random()


def test_the_product_rule_keeps_zeros(script):
    networks = np.zeros((5, 2, 4, 4))
    fitness = script.worth(networks, np.array(script.GOALS["full"]))
    rng = np.random.default_rng(1)
    assert not script.next_generation(networks, fitness, "product", rng).any()
    assert script.next_generation(networks, fitness, "sum", rng).any()


def test_measures_of_blocks_and_of_a_full_network(script):
    blocks = np.kron(np.eye(2), np.ones((2, 2)))
    told = script.measured(np.stack((blocks, blocks)), "modular")
    assert told["sparseness"] == 0.5 and told["between"] == 0.0
    assert told["q"] == pytest.approx(0.5) and told["q_z"] > 0
    told = script.measured(np.ones((2, 4, 4)), "full")
    assert told["sparseness"] == 0.0 and told["between"] == 0.5
    assert told["error"] == pytest.approx(
        -distance(np.ones((2, 4, 4)).tolist(), script.GOALS["full"])
        / np.linalg.norm(script.GOALS["full"])
    )
    assert all(np.linalg.matrix_rank(goal) == 4 for goal in script.GOALS.values())


def test_a_table_is_made_resumed_drawn_and_decided(script, tmp_path):
    path = script.run(tmp_path, 1, 20)
    before = path.read_bytes()
    assert script.run(tmp_path, 1, 20).read_bytes() == before
    rows = script.read(script.run(tmp_path, 2, 20))
    assert len(rows) == 8 and len(script.group(rows, "product/modular")) == 2
    again = script.measured(script.evolved("sum", "full", 2, 20), "full")
    row = script.group(rows, "sum/full")[1]
    assert {name: row[name] for name in again} == pytest.approx(again, nan_ok=True)
    assert isinstance(script.draw_table(path), Figure)
    claims = papers.load_script(FOLDER / "claims.py")
    assert claims.COLUMNS["sparseness"](path, "sum/full").tolist() == [
        one["sparseness"] for one in script.group(rows, "sum/full")
    ]
    assert claims.runs_of(path, "sum/full") == (2, 30)
    with pytest.raises(EvomodError, match="holds no rows"):
        script.draw_table(tmp_path / "none.csv")
