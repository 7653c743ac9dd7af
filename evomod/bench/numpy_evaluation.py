"""Fitness and costs of a whole population in NumPy alone: no kernel and no DEAP, for comparison.

The reference programs of `bench` use it, so it is written to be quick: single precision, blocks that stay
in the cache, bits in words where values are Boolean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.bench.problem import Problem
from evomod.encodings import Circuit, Layered, Threshold
from evomod.task import pack

BLOCK = 100
"""Individuals whose values are computed together: 0.8 MB a layer of the retina."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What is known of individuals before they are compared with each other."""

    fitness: NDArray[np.float64]
    """``[individual]``, less the penalty for gates or neurons."""
    cost: NDArray[np.float64] | None
    """``[individual]``: wiring length (None: not an objective)."""
    yes: NDArray[np.bool_] | None
    """``[individual, pattern]``: outputs (None: diversity is not an objective)."""


Evaluate = Callable[[NDArray[Any]], Evaluated]


def evaluation(problem: Problem) -> Evaluate:
    """Evaluate genomes ``[individual, gene]`` on a problem."""
    encoding = problem.setup.encoding
    if isinstance(encoding, Layered):
        return _layered(problem, encoding)
    if isinstance(encoding, Circuit):
        return _circuit(problem, encoding)
    assert isinstance(encoding, Threshold)
    return _threshold(problem, encoding)


def objectives_of(evaluated: Evaluated) -> NDArray[np.float64]:
    """``[individual, objective]``, all maximised; diversity relative to these individuals."""
    columns = [evaluated.fitness]
    if evaluated.cost is not None:
        columns.append(-evaluated.cost)
    if evaluated.yes is not None:
        columns.append(diversity(evaluated.yes))
    return np.stack(columns, axis=1)


def diversity(yes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean Hamming distance of each row of ``yes[individual, pattern]`` to all rows."""
    bits, n = yes.astype(np.float32), yes.shape[0]  # sums below 2**24 are exact
    ones = np.ones(n, np.float32) @ bits
    return ((bits @ (n - 2 * ones)).astype(np.float64) + float(ones.sum())) / n


# ------------------------------------------------------------------------------------- layered networks


def _layered(problem: Problem, encoding: Layered) -> Evaluate:
    """Layer by layer, a matrix product for a block of individuals; dropout masks are a further axis.

    Of integer weights tanh is the sign, and NumPy takes half as long for it as for `numpy.sign`.
    """
    layers, n_masks = encoding.wiring.layers, len(problem.alive)
    signs = np.where(problem.patterns, 1.0, -1.0).astype(np.float32).T
    inputs = np.vstack((signs, np.ones((1, signs.shape[1]), np.float32)))
    wanted = np.ascontiguousarray(problem.wanted.T)
    alive = _alive_with_bias(problem, layers)
    matrices, length = _matrices(encoding), _wiring_length(problem)
    has_diversity = problem.setup.config.pressures.get("behavioural-diversity") is not None
    block = max(1, BLOCK // n_masks)
    # Made once: the pages of fresh arrays cost as much as the arithmetic. The last row of values is ones.
    shape = (block, n_masks)
    sums = [np.empty((*shape, size, inputs.shape[1]), np.float32) for size in layers[1:]]
    values = [np.ones((*shape, size + 1, inputs.shape[1]), np.float32) for size in layers[1:]]

    def outputs(weights: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Sums of the outputs ``[individual, mask, output, pattern]``; all masks share the first layer."""
        n, last = weights[0].shape[0], len(weights) - 1
        for k, own in enumerate(weights):
            n_sets = 1 if k == 0 else n_masks
            into = sums[k][:n, :n_sets]
            if k == 0:
                into[:, 0] = (own.reshape(-1, inputs.shape[0]) @ inputs).reshape(n, layers[1], -1)
            else:
                heard = own[:, None] if n_masks == 1 else own[:, None] * alive[k - 1][:, None]
                np.matmul(heard, values[k - 1][:n, : 1 if k == 1 else n_masks], out=into)
            if k < last:
                np.tanh(into, out=values[k][:n, :n_sets, :-1])
        return sums[last][:n, : 1 if last == 0 else n_masks]

    def evaluate(genomes: NDArray[Any]) -> Evaluated:
        n = genomes.shape[0]
        right, yes, weights = np.zeros(n), [], matrices(genomes)
        for start in range(0, n, block):
            found = outputs([matrix[start : start + block] for matrix in weights])
            is_yes = found > 0.0
            correct = np.where(wanted, is_yes, found < 0.0)
            right[start : start + block] = np.count_nonzero(correct, axis=(1, 2, 3)) / correct[0].size
            if has_diversity:
                yes.append(is_yes[:, 0].reshape(is_yes.shape[0], -1))
        cost = None if length is None else length(genomes[:, : encoding.n_edges] != 0)
        return Evaluated(right, cost, np.concatenate(yes) if has_diversity else None)

    return evaluate


def _alive_with_bias(problem: Problem, layers: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Dropout masks of every layer, ``[mask, neuron]``, and a last column of ones for the bias."""
    ends = np.cumsum(layers[1:])[:-1]
    parts = np.split(problem.alive.astype(np.float32), ends, axis=1)
    return [np.pad(part, ((0, 0), (0, 1)), constant_values=1.0) for part in parts]


def _matrices(encoding: Layered) -> Callable[[NDArray[Any]], list[NDArray[np.float32]]]:
    layers = encoding.wiring.layers
    ends = np.cumsum((0, *(a * b for a, b in pairwise(layers))))
    starts = np.cumsum((0, *layers[1:]))

    def matrices(genomes: NDArray[Any]) -> list[NDArray[np.float32]]:
        """Weights of every layer times the gain, ``[individual, neuron, source]``, the bias last."""
        edges, own = genomes[:, : encoding.n_edges], genomes[:, encoding.n_edges :]
        if encoding.is_integer:
            edges, own = encoding.weights[edges], encoding.biases[own]
        found = []
        for k, size in enumerate(layers[1:]):
            both = np.empty((genomes.shape[0], size, layers[k] + 1), np.float32)
            both[:, :, :-1] = edges[:, ends[k] : ends[k + 1]].reshape(-1, size, layers[k])
            both[:, :, -1] = own[:, starts[k] : starts[k + 1]]
            found.append(both * np.float32(encoding.gain))
        return found

    return matrices


def _wiring_length(
    problem: Problem,
) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]] | None:
    """Least summed squared length of the active connections ``[individual, edge]``, hidden nodes free."""
    if problem.setup.config.pressures.get("connection-cost") is None:
        return None
    wiring = problem.setup.encoding.wiring
    layers, free = wiring.layers, np.flatnonzero(~wiring.is_fixed)
    edges = np.arange(wiring.n_edges)
    ends = np.zeros((edges.size, wiring.n_nodes))  # which edge pulls which node which way
    ends[edges, wiring.source], ends[edges, wiring.target] = 1.0, -1.0
    hidden, placed = ends[:, free], np.where(wiring.is_fixed[:, None], wiring.positions, 0.0)
    apart = ends @ placed
    laplacians = (hidden[:, :, None] * hidden[:, None, :]).reshape(edges.size, -1)
    pulls = (hidden[:, :, None] * apart[:, None, :]).reshape(edges.size, -1)
    energies = (apart**2).sum(axis=1)

    def active(present: NDArray[np.bool_]) -> NDArray[np.bool_]:
        reaches = np.ones((present.shape[0], layers[-1]), np.bool_)
        kept, last = present.copy(), wiring.n_edges
        for before, size in zip(layers[-2::-1], layers[:0:-1], strict=True):
            part = kept[:, last - before * size : last].reshape(-1, size, before)
            part &= reaches[:, :, None]
            reaches = np.logical_or.reduce(part, axis=1)
            last -= before * size
        return kept

    def length(present: NDArray[np.bool_]) -> NDArray[np.float64]:
        kept = active(present).astype(np.float64)
        matrix = (kept @ laplacians).reshape(-1, free.size, free.size)
        pull = (kept @ pulls).reshape(-1, free.size, 2)
        diagonal = np.einsum("ijj->ij", matrix)
        diagonal[diagonal == 0.0] = 1.0  # a node without connections
        places = np.linalg.solve(matrix, pull)
        energy = kept @ energies - np.einsum("ijk,ijk->i", pull, places)
        return np.asarray(np.round(energy * 2.0**20) / 2.0**20)  # mirror images tie, as in evomod

    return length


# ------------------------------------------------------------------------------------------- circuits


def _circuit(problem: Problem, encoding: Circuit) -> Evaluate:
    """NAND circuits with one output, the patterns as bits of a word; settled circuits are set aside."""
    n_inputs, n_gates, steps = encoding.wiring.n_inputs, encoding.n_gates, int(encoding.shape[1])
    words, wanted = pack(problem.patterns.T)[:, 0], pack(problem.wanted.T)[0, 0]
    every, n_patterns = pack(np.ones(len(problem.patterns), np.bool_))[0], len(problem.patterns)
    kind = np.uint16 if n_patterns <= 16 else np.uint64  # a quarter of the memory
    penalty, above = problem.setup.penalty

    def evaluate(genomes: NDArray[Any]) -> Evaluated:
        genes = np.ascontiguousarray(genomes.T).astype(np.intp)
        a, b, out = genes[: 3 * n_gates : 3], genes[1 : 3 * n_gates : 3], genes[-1]
        counted = _effective(a, b, out, n_inputs)
        live = np.where(counted, every, np.uint64(0)).astype(kind)
        said, unsteady = _settled(a, b, out, live)
        right = np.bitwise_count((every ^ said ^ wanted) & every & ~unsteady)
        excess = np.maximum(0, np.count_nonzero(counted, axis=0) - above)
        return Evaluated(right / n_patterns - penalty * excess, None, None)

    def _settled(
        a: NDArray[np.intp], b: NDArray[np.intp], out: NDArray[np.intp], live: NDArray[Any]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Output words, and the patterns in which they do not come to rest, ``[individual]``."""
        n = out.size
        said, unsteady = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
        rows = np.arange(n)
        values = np.zeros((n_inputs + n_gates, n), kind)
        values[:n_inputs] = words.astype(kind)[:, None]
        first, second = a * n + rows, b * n + rows
        for step in range(2 * steps):
            new = ~(values.take(first) & values.take(second)) & live
            moves = (new != values[n_inputs:]).any(axis=0)
            if step >= steps:
                old = values[out, np.arange(rows.size)]
                values[n_inputs:] = new
                unsteady[rows] |= old ^ values[out, np.arange(rows.size)]
            else:
                values[n_inputs:] = new
            if 2 * np.count_nonzero(moves) <= rows.size:
                said[rows] = values[out, np.arange(rows.size)]
                a, b, out, live, rows = a[:, moves], b[:, moves], out[moves], live[:, moves], rows[moves]
                values = values[:, moves]
                places = np.arange(rows.size)
                first, second = a * rows.size + places, b * rows.size + places
            if not rows.size:
                break
        said[rows] = values[out, np.arange(rows.size)]
        return said, unsteady

    return evaluate


def _effective(
    a: NDArray[np.intp], b: NDArray[np.intp], out: NDArray[np.intp], n_inputs: int
) -> NDArray[np.bool_]:
    """``[gate, individual]``: whether a path leads from the gate to the output; a set of nodes is a word."""
    one = np.uint64(1)
    fed = (one << a.astype(np.uint64)) | (one << b.astype(np.uint64))
    nodes = one << np.arange(n_inputs, n_inputs + a.shape[0], dtype=np.uint64)[:, None]
    reached = one << out.astype(np.uint64)
    while True:
        inside = (reached & nodes) != 0
        more = reached | np.bitwise_or.reduce(np.where(inside, fed, np.uint64(0)), axis=0)
        if (more == reached).all():
            return np.asarray(inside)
        reached = more


# ------------------------------------------------------------------------------------ threshold networks


def _threshold(problem: Problem, encoding: Threshold) -> Evaluate:
    """Patterns as bits of words, inputs of a neuron counted in bit planes.

    An input of weight -1 counts where it is 0, and the threshold is raised by one for it.
    """
    layers = encoding.wiring.layers
    words, wanted = pack(problem.patterns.T), pack(problem.wanted.T)
    every = pack(np.ones(len(problem.patterns), np.bool_))
    thresholds = encoding.thresholds.astype(np.int64)
    penalty, above = problem.setup.penalty
    firsts = np.cumsum((0, *layers[1:]))

    def layer_genes(genomes: NDArray[Any], k: int) -> tuple[NDArray[Any], ...]:
        """Sources and signs ``[individual, neuron, connection]`` and thresholds ``[individual, neuron]``."""
        places = encoding.places[firsts[k] : firsts[k + 1]]
        first, fan_in, size = places[0, 0], places[0, 1], len(places)
        table = genomes[:, first : first + size * (2 * fan_in + 1)].reshape(-1, size, 2 * fan_in + 1)
        source, sign = table[:, :, :-1:2].astype(np.intp), table[:, :, 1:-1:2] != 0
        return source, sign, thresholds[table[:, :, -1]]

    def evaluate(genomes: NDArray[Any]) -> Evaluated:
        n = genomes.shape[0]
        values, individual = np.broadcast_to(words, (n, *words.shape)), np.arange(n)[:, None]
        tables = [layer_genes(genomes, k) for k in range(len(layers) - 1)]
        for source, sign, threshold in tables:
            flips = np.where(sign, np.uint64(0), every[0] | ~every[0])
            heard = [
                values[individual, source[:, :, m]] ^ flips[:, :, m, None]
                for m in range(source.shape[2])
            ]
            values = _more_than(heard, threshold + np.count_nonzero(~sign, axis=2))
        right = np.bitwise_count(~(values ^ wanted) & every).sum(axis=(1, 2), dtype=np.int64)
        excess = np.maximum(0, _n_effective(tables, layers[-1], n) - above)
        return Evaluated(right / problem.wanted.size - penalty * excess, None, None)

    return evaluate


def _more_than(heard: list[NDArray[np.uint64]], limit: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Bits where more than ``limit[individual, neuron]`` of the words ``[individual, neuron, word]`` are 1."""
    planes: list[NDArray[np.uint64]] = []
    for number, bits in enumerate(heard, 1):
        carry = bits
        for k, plane in enumerate(planes):
            planes[k], carry = plane ^ carry, plane & carry
        if number.bit_length() > len(planes):
            planes.append(carry)
    at = np.clip(limit, 0, 2 ** len(planes) - 1)
    more = np.zeros_like(planes[0])
    for k, plane in enumerate(planes):  # the highest plane decides last
        is_one = ((at >> k) & 1).astype(np.bool_)[:, :, None]
        more = np.where(is_one, plane & more, plane | more)
    more[limit < 0] = ~np.uint64(0)
    return more


def _n_effective(tables: list[tuple[NDArray[Any], ...]], n_outputs: int, n: int) -> NDArray[np.int64]:
    """Neurons with a path to an output, ``[individual]``; connections that cancel each other are none."""
    reached = np.ones((n, n_outputs), np.bool_)
    counted = np.zeros(n, np.int64)
    individual = np.arange(n)[:, None]
    for k in range(len(tables) - 1, -1, -1):
        source, sign, _ = tables[k]
        counted += np.count_nonzero(reached, axis=1)
        if k == 0:
            break
        weight = np.where(sign, 1, -1)
        before = np.zeros((n, tables[k - 1][0].shape[1]), np.bool_)
        for m in range(source.shape[2]):
            same = source == source[:, :, m, None]
            lives = (np.where(same, weight, 0).sum(axis=2) != 0) & reached
            before[np.broadcast_to(individual, lives.shape)[lives], source[:, :, m][lives]] = True
        reached = before
    return counted
