"""Neurons that lie somewhere: lengths, and exchanges of places against plain Python that tries each and adds up all lengths."""

import itertools

import numpy as np
import pytest

from evomod.gradient.places import BETWEEN, HEAVIEST, exchanged, first_places, lengths, wiring_length


def plain_length(weights, places):
    """The sum of ``|w|`` times the length, connection by connection."""
    total = 0.0
    for k, matrix in enumerate(weights):
        for source, row in enumerate(matrix):
            for target, weight in enumerate(row):
                total += abs(weight) * (abs(places[k][source] - places[k + 1][target]) + BETWEEN)
    return total


def plain_exchanged(weights, places):
    """Every exchange is made, measured over the whole network, and the best kept."""
    places = [list(line) for line in places]
    for layer, line in enumerate(places):
        spots = sorted(line)

        def load(spot, layer=layer, line=line):
            node, total = line.index(spot), 0.0
            if layer > 0:
                total += sum(abs(row[node]) for row in weights[layer - 1])
            if layer < len(weights):
                total += sum(map(abs, weights[layer][node]))
            return total

        for spot in sorted(spots, key=lambda spot: -load(spot))[:HEAVIEST]:
            mine, best, least = line.index(spot), None, None
            for other in spots:
                theirs = line.index(other)
                line[mine], line[theirs] = line[theirs], line[mine]
                total = plain_length(weights, places)
                line[mine], line[theirs] = line[theirs], line[mine]
                if least is None or total < least:
                    best, least = theirs, total
            line[mine], line[best] = line[best], line[mine]
    return places


def drawn(rng, layers):
    """Weights that are binary fractions, so that sums are exact; some 0, many equal."""
    return [rng.integers(-8, 9, shape) / 8.0 for shape in itertools.pairwise(layers)]


@pytest.mark.parametrize("layers", [(4, 8, 8, 2), (1, 1), (2, 16, 1), (8, 4, 2, 1), (4, 2)])
def test_exchanges_are_those_of_plain_python(layers):
    rng = np.random.default_rng(len(layers))
    for _ in range(5):
        weights = drawn(rng, layers)
        places = [rng.permutation(line) for line in first_places(layers)]
        found = exchanged(weights, places)
        assert wiring_length(weights, places) == pytest.approx(plain_length(weights, places), rel=1e-12)
        # a sum in another order may take another of two places that are equally good
        assert plain_length(weights, found) == pytest.approx(
            plain_length(weights, plain_exchanged(weights, places)), rel=1e-12
        )
        assert wiring_length(weights, found) <= wiring_length(weights, places) + 1e-9
        assert [sorted(line) for line in found] == [line.tolist() for line in first_places(layers)]


def test_without_equal_places_every_node_lies_where_plain_python_puts_it():
    rng, layers = np.random.default_rng(9), (4, 20, 20, 2)
    for _ in range(3):
        weights = [rng.normal(size=shape) for shape in itertools.pairwise(layers)]
        places = first_places(layers)
        for line, wanted in zip(
            exchanged(weights, places), plain_exchanged(weights, places), strict=True
        ):
            assert line.tolist() == wanted


def test_networks_that_have_nothing_to_gain_stay():
    layers = (3, 3, 3)
    straight = [np.eye(3), np.eye(3)]
    places = first_places(layers)
    assert all(map(np.array_equal, exchanged(straight, places), places))
    nothing = [np.zeros((3, 3))] * 2
    assert wiring_length(nothing, exchanged(nothing, places)) == 0.0
    assert lengths(places)[0].tolist() == pytest.approx(
        np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]]) / 3 + BETWEEN
    )


@pytest.mark.parametrize("seed", range(4))
def test_two_modules_that_are_mixed_up_come_nearer(seed):
    """Exchanges stop where no single one helps, which need not be the best order."""
    rng, layers = np.random.default_rng(seed), (8, 8, 8)
    groups = rng.permutation(np.repeat([0, 1], 4))
    weights = [np.where(groups[:, None] == groups, rng.random((8, 8)), 0.0) for _ in range(2)]
    places = mixed = first_places(layers)
    for _ in range(4):
        places = exchanged(weights, places)
    assert wiring_length(weights, places) < 0.85 * wiring_length(weights, mixed)
