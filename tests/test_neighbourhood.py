"""One mutation away: every mutant there is, as often as variation makes it, and what it does."""

from fractions import Fraction
from functools import cache
from itertools import product

import naive
import naive_circuits
import numpy as np
import pytest
from conftest import make_task
from numpy.testing import assert_allclose, assert_array_equal
from test_circuits import BOTH, EITHER, G1, G2, circuit_genome, judged, neighbours

import evomod
from evomod.errors import EvomodError
from evomod.evolvability.neighbourhood import ATTEMPTS, answers_of, mutants, neighbourhood
from evomod.population import goal_bits
from evomod.task import unpack

STEP = {"bias_change": "step"}
GENES = {
    "circuit by bit": ("circuit", {"variation": {"change": "bit"}}),
    "circuit by value": ("circuit", {"variation": {"change": "value"}}),
    "gates": ("circuit", {"network": {"encoding": "gate-layers"}}),
    "threshold": ("retina", {"network": {"encoding": "threshold", "thresholds": [0, 1, 2]}}),
}
LAYERED = {
    "retina": ("retina", {}),
    "by step": ("retina", {"variation": STEP}),
    "fewest": ("retina", {"variation": {"min_connections": 30, "delete_connection": 0.5}}),
    "twins": ("retina", {"network": {"encoding": "layered", "weights": [2, -1, 1, 2]}}),
}


@cache
def setup_of(name):
    task, sections = (GENES | LAYERED | {"real": ("retina", {"network": {"encoding": "layered-real"}})})[
        name
    ]
    return evomod.prepare(evomod.Config(task=task, **sections))


def newborn(setup, number, seed=1):
    return setup.encoding.birth(number, np.random.default_rng(seed))


def children_of(genome, setup, number, seed):
    """Children by the real `vary` that differ in one gene, as a table of how often each came."""
    children = setup.toolbox.vary(genome[None], np.zeros(number, np.int64), np.random.default_rng(seed))
    near = children[(children != genome).sum(axis=1) == 1]
    rows, counts = np.unique(near, axis=0, return_counts=True)
    return {row.tobytes(): count for row, count in zip(rows, counts.tolist(), strict=True)}


# ----------------------------------------------------------------------------- all of them, and no other


@pytest.mark.parametrize("name", GENES)
def test_mutants_of_plain_genes_against_plain_python(name):
    setup = setup_of(name)
    low, high = setup.encoding.genes.low.tolist(), setup.encoding.genes.high.tolist()
    by_bit = setup.config.variation.change == "bit"
    free = [g for g in range(len(low)) if high[g] - low[g] > 1]
    for genome in newborn(setup, 5):
        expected = {}
        for gene in free:
            value, size = int(genome[gene]) - low[gene], high[gene] - low[gene]
            values = naive_circuits._other_values(value, size, by_bit)
            for other in values:
                child = genome.copy()
                child[gene] = low[gene] + other
                expected[child.tobytes()] = 1 / (len(free) * len(values))
        genomes, weights = mutants(genome, setup)
        found = {row.tobytes(): weight for row, weight in zip(genomes, weights, strict=True)}
        assert found.keys() == expected.keys() and len(found) == len(genomes)
        assert_allclose([found[key] for key in expected], list(expected.values()), rtol=1e-12)
        assert abs(weights.sum() - 1) < 1e-12


def every_child(genome, layers, n_weights, n_biases, rates, fewest, by_step):
    """The probability of every child of a tiny network: all that can happen, event by event, in fractions."""
    edges = naive.edges(layers)
    n_edges = len(edges)
    weight_changes, bias_rate, adds, deletes = map(Fraction, rates)
    present = [e for e in range(n_edges) if genome[e]]
    p = min(Fraction(1), weight_changes / len(present)) if present else Fraction(0)
    half = Fraction(1, 2)
    options = []
    for gene in range(len(genome)):
        here = genome[gene]
        if gene < n_edges:
            lowest, highest, chance = 1, n_weights, p if here else Fraction(0)
        else:
            lowest, highest, chance = 0, n_biases - 1, bias_rate
        chances = {here: 1 - chance}
        if gene < n_edges or by_step:
            places = [(min(max(here + step, lowest), highest), half) for step in (-1, 1) if chance]
        else:
            places = [(place, Fraction(1, n_biases)) for place in range(n_biases)]
        for place, share in places:
            chances[place] = chances.get(place, Fraction(0)) + chance * share
        options.append(list(chances.items()))
    children = {}

    def note(child, chance):
        children[tuple(child)] = children.get(tuple(child), Fraction(0)) + chance

    def delete(child, chance):
        there = [e for e in range(n_edges) if child[e]]
        chance_of_it = deletes if len(there) > fewest else Fraction(0)
        note(child, chance * (1 - chance_of_it))
        for edge in there:
            note(
                [0 if g == edge else v for g, v in enumerate(child)], chance * chance_of_it / len(there)
            )

    gaps = len(layers) - 1
    for outcome in product(*options):
        child = [value for value, _ in outcome]
        chance = Fraction(1)
        for _, part in outcome:
            chance *= part
        free = [e for e in range(n_edges) if not child[e]]
        chance_of_one = adds if free else Fraction(0)
        delete(child, chance * (1 - chance_of_one))
        starts = np.cumsum((0, *layers)).tolist()
        shares = {}
        for edge in free:
            gap = max(k for k in range(gaps) if starts[k] <= edges[edge][0])
            shares[edge] = Fraction(1, gaps * layers[gap] * layers[gap + 1])
        for edge in free:
            for place in range(1, n_weights + 1):
                added = [place if g == edge else v for g, v in enumerate(child)]
                delete(added, chance * chance_of_one * shares[edge] / sum(shares.values()) / n_weights)
    assert sum(children.values()) == 1
    return children


TINY = [
    ((2, 1), {}),
    ((2, 1), {"weight_changes": 0.5, "bias_change": "step"}),
    ((2, 1), {"min_connections": 1, "add_connection": 1.0}),
    ((1, 2, 1), {"bias_rate": 0.5}),
    ((2, 1, 1), {"delete_connection": 1.0, "add_connection": 0.0, "weight_changes": 1.0}),
]


@pytest.mark.parametrize(("layers", "variation"), TINY)
def test_mutants_of_tiny_layered_networks_against_all_that_can_happen(layers, variation):
    """Exactly the probability of each child that differs in one gene, given that it does."""
    network = {
        "encoding": "layered",
        "layers": list(layers),
        "weights": [-1, 1, 2],
        "biases": [-1, 0, 1],
    }
    config = evomod.Config(task="parity", network=network, variation=variation)
    setup = evomod.prepare(config, make_task(layers[0], layers[-1]))
    section = setup.config.variation
    rates = (
        section.weight_changes,
        section.bias_rate,
        section.add_connection,
        section.delete_connection,
    )
    seen = 0
    for genome in np.unique(newborn(setup, 40), axis=0)[:12]:
        whole = [int(gene) for gene in genome]
        children = every_child(
            whole, layers, 3, 3, rates, section.min_connections, section.bias_change == "step"
        )
        near = {
            child: chance
            for child, chance in children.items()
            if chance and sum(a != b for a, b in zip(child, whole, strict=True)) == 1
        }
        if not near:
            with pytest.raises(EvomodError, match="differs from it in one gene alone"):
                mutants(genome, setup)
            continue
        seen += 1
        genomes, weights = mutants(genome, setup)
        found = {tuple(row.tolist()): w for row, w in zip(genomes, weights, strict=True)}
        assert len(found) == len(genomes) and found.keys() == near.keys()
        total = sum(near.values())
        for child, weight in found.items():
            assert abs(weight - near[child] / total) < 1e-12
    assert seen >= 4


@pytest.mark.parametrize("name", [*GENES, *LAYERED])
def test_weights_are_the_frequencies_of_the_real_operator(name):
    """Chi-square of 60,000 children, those that differ in one gene; six standard deviations allowed."""
    setup = setup_of(name)
    genome = newborn(setup, 6, seed=3)[-1]
    genomes, weights = mutants(genome, setup)
    counts = children_of(genome, setup, 60_000, seed=4)
    assert counts.keys() <= {row.tobytes() for row in genomes}
    found = np.array([counts.get(row.tobytes(), 0) for row in genomes])
    expected = weights * found.sum()
    freedom = len(genomes) - 1
    chi_square = ((found - expected) ** 2 / expected).sum()
    assert abs(chi_square - freedom) < 6 * np.sqrt(2 * freedom), (chi_square, freedom, found.sum())
    uniform = found.sum() / len(genomes)
    if name in LAYERED:  # the test can fail: equal weights do not pass it
        assert ((found - uniform) ** 2 / uniform).sum() - freedom > 6 * np.sqrt(2 * freedom)


def test_real_valued_mutants_are_children_of_one_change():
    setup = setup_of("real")
    genome = newborn(setup, 3, seed=5)[2]
    genomes, weights = mutants(genome, setup, np.random.default_rng(1), draws=300)
    assert genomes.shape == (300, genome.size) and set(weights) == {1 / 300}
    assert ((genomes != genome).sum(axis=1) == 1).all()
    edges = setup.encoding.n_edges
    kinds = np.nonzero(genomes != genome)[1] < edges
    assert 0 < kinds.sum() < 300  # of connections and of biases
    gone = ((genomes[:, :edges] == 0) & (genome[:edges] != 0)).any(axis=1)
    fresh = ((genomes[:, :edges] != 0) & (genome[:edges] == 0)).any(axis=1)
    assert gone.any() and fresh.any()
    again = mutants(genome, setup, np.random.default_rng(1), draws=300)[0]
    assert_array_equal(genomes, again)
    around = neighbourhood(genome, setup, rng=np.random.default_rng(1), draws=300)
    assert around.n == 300 and abs(around.neutral + around.harmful + around.useful - 1) < 1e-12


# ------------------------------------------------------------------------------------ what they do


def replies(setup, genome):
    """Answers ``[pattern, output]`` by `Network.answer`, which shares nothing with the kernels."""
    network = setup.encoding.network(genome)
    return network.answer((np.arange(setup.task.n_patterns)[:, None] >> np.arange(4)) & 1)


def right(setup, answer, goal):
    return float((answer == np.where(setup.task.tables[goal].T, 1, -1)).mean())


@pytest.mark.parametrize("name", ["circuit by bit", "gates"])
def test_shares_against_plain_counting(name):
    setup = setup_of(name)
    for genome in newborn(setup, 2, seed=8):
        genomes, weights = mutants(genome, setup)
        around = neighbourhood(genome, setup, ["xor-or-xor", "non-modular-neighbour"], goal="eq-or-xor")
        answer, near = replies(setup, genome), [replies(setup, mutant) for mutant in genomes]
        own = right(setup, answer, "eq-or-xor")
        assert (around.goal, around.fitness, around.n) == ("eq-or-xor", own, len(genomes))
        change = np.array([right(setup, other, "eq-or-xor") for other in near]) - own
        shares = [weights[change == 0].sum(), weights[change < 0].sum(), weights[change > 0].sum()]
        assert_allclose((around.neutral, around.harmful, around.useful), shares, atol=1e-12)
        same = sum(w for w, other in zip(weights, near, strict=True) if (other == answer).all())
        assert abs(around.unchanged - same) < 1e-12 and around.unchanged <= around.neutral + 1e-12
        assert around.n_phenotypes == len({other.tobytes() for other in near})
        assert list(around.reach) == ["xor-or-xor", "non-modular-neighbour"]
        for goal, reach in around.reach.items():
            own, fitness = right(setup, answer, goal), [right(setup, other, goal) for other in near]
            raised = sum(w for w, other in zip(weights, fitness, strict=True) if other > own)
            assert (reach.fitness, reach.best) == (own, max(fitness))
            assert abs(reach.raised - raised) < 1e-12


@pytest.mark.parametrize("change", ["bit", "value"])
def test_the_other_goal_is_two_changes_away(change):
    """Eleven gates, two goals: from each no mutation reaches the other, but one leads halfway, twice."""
    setup = setup_of(f"circuit by {change}")
    for gates, goal, other in ((BOTH, G1, G2), (EITHER, G2, G1)):
        genome = circuit_genome(gates, 13)
        around = neighbourhood(genome, setup, goal=goal)
        assert around.n == {"bit": 100, "value": 375}[change]
        assert around.fitness == 1.0 and around.useful == 0.0
        reach = around.reach[other]
        assert (reach.fitness, reach.best) == (0.5, 0.75)
        if change == "value":
            raised = judged(neighbours(genome), other)[0] > 0.5
            assert abs(reach.raised - raised.mean()) < 1e-12
        second = [
            neighbourhood(mutant, setup, [other], goal=goal).reach[other].best
            for mutant in mutants(genome, setup)[0]
        ]
        assert max(second) == 1.0
    assert set(around.reach) == set(setup.task.related(goal))


def test_blocks_of_mutants_answer_as_all_at_once(monkeypatch):
    from evomod.evolvability import neighbourhood as function

    module = __import__("sys").modules[function.__module__]
    for name in ("retina", "threshold", "circuit by value"):
        setup = setup_of(name)
        genome = newborn(setup, 1)[0]
        genomes, _ = mutants(genome, setup)
        whole = answers_of(setup, genome, genomes)
        one = setup.encoding.memory(1).nbytes
        for room in (7 * one, 1):
            monkeypatch.setattr(module, "BLOCK_BYTES", room)
            assert_array_equal(answers_of(setup, genome, genomes), whole)
        monkeypatch.undo()


def test_a_network_and_its_genome_have_the_same_neighbourhood():
    setup = setup_of("retina")
    genome = newborn(setup, 1, seed=9)[0]
    network = setup.encoding.network(genome)
    around = neighbourhood(network, setup)
    assert around == neighbourhood(genome, setup)
    assert around.goal == "left-and-right" and list(around.reach) == ["left-or-right"]
    yes, _ = answers_of(setup, genome, genome[None])
    wanted = unpack(goal_bits(setup.task, "left-and-right").wanted, 256)
    lenient = (unpack(yes[0], 256) == wanted).mean()
    assert around.fitness <= lenient  # an output of 0 is no answer


# ------------------------------------------------------------------------------------ mistakes


def test_mistakes_are_told_in_a_sentence():
    setup, real = setup_of("retina"), setup_of("real")
    genome = newborn(setup, 1)[0]
    wrong = [
        (lambda: neighbourhood(genome[:-1], setup), "one genome of 121 genes of type int8"),
        (lambda: neighbourhood(genome.astype(float), setup), "type int8; got an array"),
        (lambda: neighbourhood(np.full_like(genome, 9), setup), "leaves the alphabets"),
        (lambda: neighbourhood(genome, setup, ["left-xor-right"]), "has no goal 'left-xor-right'"),
        (lambda: neighbourhood(genome, setup, goal="right"), "has no goal 'right'"),
        (lambda: neighbourhood(newborn(real, 1)[0], real), "give rng="),
        (
            lambda: neighbourhood(newborn(real, 1)[0], real, rng=np.random.default_rng(1), draws=0),
            "draws from 1",
        ),
    ]
    for act, message in wrong:
        with pytest.raises(EvomodError, match=message):
            act()


def test_a_variation_that_changes_nothing_has_no_mutants():
    still = {"weight_changes": 0.0, "bias_rate": 0.0, "add_connection": 0.0, "delete_connection": 0.0}
    for network in ({}, {"network": {"encoding": "layered-real"}}):
        setup = evomod.prepare(evomod.Config(task="retina", variation=still, **network))
        with pytest.raises(EvomodError, match="differs from it in one gene alone"):
            neighbourhood(newborn(setup, 1)[0], setup, rng=np.random.default_rng(1), draws=5)
    assert ATTEMPTS == 100
