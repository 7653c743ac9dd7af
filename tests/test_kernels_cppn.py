"""CPPNs beside plain Python: what they paint, how they mutate; and their networks beside layered ones."""

from dataclasses import replace

import naive_cppn as naive
import numpy as np
import pytest
from conftest import size
from numpy.testing import assert_array_equal
from test_runs import contents

import evomod
from evomod.encodings import cppn
from evomod.encodings.cppn import CppnNetwork, CppnVariation
from evomod.errors import EvomodError
from evomod.runs.run import begin, resume, run
from evomod.task import load_task

TASK = load_task("retina")
MUCH = CppnVariation(
    add_node=0.7, delete_node=0.3, add_connection=0.8, delete_connection=0.3, move_connection=0.5,
    function_rate=0.4, weight_rate=0.5,
)  # fmt: skip
RATES = {"papers": CppnVariation(), "much": MUCH, "full": MUCH.model_copy(update={"delete_node": 0.0})}


def encoding_of(variation="much", **keys):
    return cppn.build(CppnNetwork(**({"encoding": "cppn", "hidden": 5} | keys)), TASK, RATES[variation])


def grown(encoding, n, generations=30, seed=3):
    rng = np.random.default_rng(seed)
    genomes = encoding.birth(n, rng)
    for _ in range(generations):
        genomes = encoding.vary(genomes, np.arange(n), rng)
    return genomes


def corners(encoding):
    """No connection at all; all that may be, of nodes at equal and at neighbouring positions."""
    empty = np.zeros((1, encoding.n_genes))
    full = empty.copy()
    full[0, 0 : 2 * encoding.hidden : 2] = [0.5, 0.5, np.nextafter(0.5, 1.0), 0.25, 0.75]
    full[0, 1 : 2 * encoding.hidden : 2] = [0, 1, 2, 3, 2]
    place = full[0, 0 : 2 * encoding.hidden : 2]
    below = np.append(np.zeros(encoding.shape[0]), place)
    above = np.append(place, np.full(3, 2.0))
    encoding.weights_of(full)[0] = np.where(
        below[None] < above[:, None], min(0.7, encoding.range[1]), 0.0
    )
    return np.concatenate((empty, full))


@pytest.mark.parametrize("keys", [{}, {"seed": "locality"}, {"hidden": 1}, {"layers": (8, 3, 1)}])
def test_painted_networks_are_the_oracles(keys):
    encoding = encoding_of(**keys)
    genomes = grown(encoding, size(30, 3))
    if encoding.hidden == 5:
        genomes = np.concatenate((genomes, corners(encoding)))
    found, wiring = encoding.paint(genomes), encoding.wiring
    x, y = wiring.positions.T
    y = y - (y.min() + y.max()) / 2
    largest = max(np.abs(x).max(), np.abs(y).max())
    places = list(zip((x / largest).tolist(), (y / largest).tolist(), strict=True))
    edges = [(places[s], places[t]) for s, t in zip(wiring.source, wiring.target, strict=True)]
    for genome, painted in zip(genomes.tolist(), found.tolist(), strict=True):
        weights, biases = naive.substrate(
            naive.read(genome, *encoding.shape), edges, places[wiring.n_inputs :], -3.0, 3.0
        )
        assert painted == [*weights, *biases]


@pytest.mark.parametrize("variation", RATES)
@pytest.mark.parametrize("seed", ["none", "locality"])
@pytest.mark.parametrize("weight_range", [(-3.0, 3.0), (-0.5, 0.5), (-0.2, 4.0)])
def test_mutation_is_the_oracles_draw_by_draw(variation, seed, weight_range):
    encoding = encoding_of(variation, seed=seed, weight_range=weight_range)
    genomes = np.concatenate((grown(encoding, size(20, 3)), corners(encoding)))
    for k in range(size(20, 3)):
        ours, theirs = np.random.default_rng(k), np.random.default_rng(k)
        children = encoding.vary(genomes, np.arange(len(genomes)), ours)
        assert encoding.is_valid(children).all()
        for parent, child in zip(genomes.tolist(), children.tolist(), strict=True):
            section = encoding.variation
            bounds = (*encoding.range, section.eta)
            known = naive.read(parent, *encoding.shape)
            expected = naive.vary(known, encoding.shape, encoding.rates.tolist(), bounds, theirs.random)
            assert child == naive.write(expected, *encoding.shape)
        assert ours.random() == theirs.random()
        genomes = children


def test_networks_are_those_of_the_substrate():
    encoding = encoding_of()
    genomes, n = grown(encoding, 40), 40
    painted = encoding.paint(genomes)
    rows, none = np.arange(n), np.full(n, -1)
    yes, no = encoding.answer(genomes, none, rows, encoding.memory(n))
    expected = encoding.substrate.answer(painted, none, rows, encoding.substrate.memory(n))
    assert_array_equal(yes, expected[0])
    assert_array_equal(no, expected[1])
    working = encoding.simplify(genomes)
    assert_array_equal(working, encoding.substrate.simplify(painted))
    assert_array_equal(encoding.simplify(genomes, None, working[:7]), working)
    assert (encoding.working_strengths(genomes, working)[working != 0] > 0.0).all()
    network = encoding.network(genomes[0])
    assert set(network.weight.tolist()) <= set(painted[0].tolist())
    with pytest.raises(EvomodError, match="'cppn' makes no genome of a network"):
        encoding.genome(network)


@pytest.mark.parametrize("weight_range", [(-3.0, 3.0), (-0.5, 0.5)])
def test_a_seed_for_locality_links_what_lies_close(weight_range):
    for seed in ("none", "locality"):
        encoding = encoding_of("papers", seed=seed, weight_range=weight_range)
        genomes = encoding.birth(400, np.random.default_rng(1))
        assert encoding.is_valid(genomes).all()
        linked = encoding.paint(genomes)[:, : encoding.wiring.n_edges] != 0.0
        x = encoding.wiring.positions[:, 0]
        distance = np.abs(x[encoding.wiring.source] - x[encoding.wiring.target])
        if seed == "locality":
            assert linked[:, distance < 1.0].all() and not linked[:, distance > 2.0].any()
        else:
            assert linked[:, distance > 2.0].any() and len({row.tobytes() for row in linked}) > 100


def test_what_no_cppn_is_is_invalid():
    encoding = encoding_of()
    genomes = np.repeat(corners(encoding)[1:], 8, axis=0)
    assert encoding.is_valid(genomes).all()
    genomes[0, 0] = 1.0
    genomes[1, 1] = 0.5
    genomes[2, 1] = 4.0
    genomes[3, -1] = 3.5
    genomes[4, -1] = np.nan
    genomes[5, 0] = 0.0  # its connections stay
    genomes[6, 0] = 0.99  # above those that it leads to
    assert encoding.is_valid(genomes).tolist() == [False] * 7 + [True]


@pytest.mark.parametrize(
    "pressures",
    [
        {},
        {"connection-cost": {"measure": "fixed-length"}},
        {"dropout": {"draws": 2}},
        {"l1": {"penalty": 0.001}},
    ],
)
def test_it_evolves_the_retina_and_is_resumed_to_the_same_bytes(tmp_path, pressures):
    given = {
        "task": "retina",
        "network": {"encoding": "cppn", "seed": "locality"},
        "pressures": pressures,
        "evolution": {"population": 40, "generations": 8},
        "tracking": {"population_every": 4},
    }
    whole = run(evomod.Config(**given), 1, tmp_path / "whole", progress=False)
    half = begin(
        evomod.Config(**given | {"evolution": {"population": 40, "generations": 4}}),
        1,
        tmp_path / "half",
    )
    resume(half, progress=False)
    resume(half, ["evolution.generations=8"], progress=False)
    files = ("log.csv", "population.csv", "checkpoint.npz", "best.json", "config.toml")
    assert contents(half, files) == contents(whole.folder, files)
    assert whole.manifest["kernel"] == "cppn" and whole.log["best_fitness"][-1] >= 0.75


def test_a_checkpoint_with_a_circle_is_refused(tmp_path):
    given = evomod.Config(
        task="retina", network={"encoding": "cppn"}, evolution={"population": 6, "generations": 1}
    )
    made = run(given, 1, tmp_path / "x", progress=False)
    (made.folder / "complete").unlink()
    with np.load(made.folder / "checkpoint.npz") as file:
        fields = dict(file)
    fields["genomes"][0, 2 * 10 + 5] = 1.0  # a node that is not there leads to itself
    np.savez(made.folder / "checkpoint.npz", **fields)
    with pytest.raises(EvomodError, match="a genome leaves its alphabet"):
        resume(made.folder)


def test_sections_are_refused_in_words():
    for network, message in (
        ({"weight_range": [0.0, 3.0]}, "low < 0 < high"),
        ({"seed": "global"}, "'none' or 'locality'"),
        ({"hidden": 0}, "network.hidden"),
        ({"initial_connections": [1, 2]}, "belongs to the encoding"),
    ):
        with pytest.raises(EvomodError, match=message):
            evomod.Config(task="retina", network={"encoding": "cppn"} | network)
    with pytest.raises(EvomodError, match="pressures.pruning requires connections that can be removed"):
        evomod.Config(task="retina", network={"encoding": "cppn"}, pressures={"pruning": {}})
    assert replace(encoding_of(), variation=CppnVariation()).rates[0] == 0.03
