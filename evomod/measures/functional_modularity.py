"""Functional modularity: whether hidden units fall into clusters that do the same (Lange, Rolnick & Kording 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError, shown
from evomod.measures.edges import without_gradient
from evomod.measures.modularity import DENSE, q_of_many
from evomod.measures.normalised import compared
from evomod.measures.seeds import Rng, generator_of
from evomod.network import Network, check_answers
from evomod.task import all_patterns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIMILARITIES = ("upstream", "downstream", "covariance")
ACTIVATIONS = ("relu", "tanh")
NULL = "permuted responses"

SEED = 0x66756E63
"""Of input patterns that are drawn, and of the nulls where no generator is given."""
PATTERNS = 1024
"""All patterns of a `Network` are used if they are at most so many, else as many drawn ones."""
MOST_ENTRIES = 4_000_000
"""Responses of units to inputs, or of outputs to units, that are held; of more, fewer patterns are used."""
CLEAR = 1e-12
"""A response whose root mean square is below this is none (authors' code); so is a similarity below it, in units of
the largest, which is our choice."""
FEW = "no functional modularity: fewer than two units resemble another"
NO_REST = "no functional modularity: for every pattern some gate does not come to rest"


@dataclass(frozen=True, slots=True)
class Responses:
    """What hidden units respond to, and what responds to them."""

    units: Ints
    """``[unit]``: its node."""
    layer: Ints
    """``[unit]``."""
    rows: dict[str, Floats]
    """By similarity, ``[unit, response]``; responses of all patterns in a row, those of "covariance" less their mean."""
    patterns: int
    """That the rows are of."""


@dataclass(frozen=True, slots=True)
class FunctionalModularity:
    """Clusters of similar hidden units; numbers are NaN where there are none, and ``note`` says why."""

    similarity: str
    """One of `SIMILARITIES`."""
    layer: int | None
    """None: all hidden layers together."""
    units: Ints
    """``[unit]``: its node."""
    matrix: Floats
    """``[unit, unit]``: similarity from 0, of a unit with itself 0."""
    modules: Ints
    """``[unit]``: its cluster from 0; -1 for a unit that resembles no other."""
    q: float
    """Q of the clusters, Newman's (2006) with similarities as weights."""
    q_rand: float
    """Mean Q with permuted responses."""
    q_rand_sd: float
    z: float
    percentile: float
    """Percentage of nulls with a lower Q, those with the same counting half."""
    draws: int
    patterns: int
    """Input patterns that it was measured on."""
    note: str = ""

    @property
    def n_modules(self) -> int:
        return int(self.modules.max(initial=-1)) + 1


def functional_modularity(
    network: Network | Responses,
    patterns: ArrayLike | None = None,
    similarities: Sequence[str] = SIMILARITIES,
    *,
    normalised: bool = True,
    together: bool = False,
    draws: int = 100,
    rng: Rng = None,
) -> list[FunctionalModularity]:
    """Clusters of hidden units that respond alike, layer by layer, and their Q (Lange, Rolnick & Kording 2022).

    The similarity of two units is the absolute value of the mean over input patterns of

    * "upstream": the inner product, over inputs, of their derivatives by the inputs;
    * "downstream": the inner product, over outputs, of the outputs' derivatives by them;
    * "covariance": the product of their activities, each less its mean.

    ``normalised`` divides by the root of each unit's similarity with itself; the authors' program has both. A unit
    that does not respond resembles none. Q is that of the weighted undirected graph of similarities, without
    those of units with themselves, maximised by "refined" (beyond `DENSE` units "refined-once"); the authors start from
    the same spectral bisection and improve it by single moves at random.

    In place of derivatives a `Network` has difference quotients, as its neurons are steep or step functions: what a
    unit answers with an input at yes less that with it at no, and what the outputs answer with a unit held at yes
    less that with it held at no, whatever it is given (our choice). It is simplified first. Patterns for which some
    gate does not come to rest are left out. Of trained networks `responses_of_layers` has the derivatives.

    The null permutes the responses of every unit, independently of the other units' (our choice; the paper's text was not
    at hand): sizes stay, what is shared goes. It tests whether units share anything, not whether what they share
    has blocks: of units that all do the same Q is 0 and z is negative.

    Parameters
    ----------
    network
        A network, or responses that are known.
    patterns
        Of a `Network`: Boolean ``[pattern, input]``. None: all, if they are at most `PATTERNS` (10 inputs), else as many random
        ones of a fixed seed, and fewer where they have more than `MOST_ENTRIES` responses.
    similarities
        Some of `SIMILARITIES`.
    normalised
        See above.
    together
        All hidden layers as one too, after the single ones, where there are several.
    draws
        Nulls, at least 1.
    rng
        One permutation a unit and draw. None: a fixed seed.

    Returns
    -------
    list of FunctionalModularity
        By similarity, in each by layer. Empty for a network without hidden units.

    Raises
    ------
    EvomodError
        For an unknown similarity, patterns that do not fit, and patterns where responses are given.

    Examples
    --------
    Two neurons see the first input, two the second; their outputs do not meet.

    >>> network = Network(
    ...     layer=np.array([0, 0, 1, 1, 1, 1, 2, 2]), positions=np.zeros((8, 2)), bias=np.zeros(8),
    ...     source=np.array([0, 0, 1, 1, 2, 3, 4, 5]), target=np.array([2, 3, 4, 5, 6, 6, 7, 7]),
    ...     weight=np.ones(8),
    ... )
    >>> found = functional_modularity(network)
    >>> [(each.similarity, each.modules.tolist(), each.q) for each in found][:2]
    [('upstream', [0, 0, 1, 1], 0.5), ('downstream', [0, 0, 1, 1], 0.5)]
    """
    for name in similarities:
        if name not in SIMILARITIES:
            raise EvomodError(f"there is no similarity {shown(name)}; known: {', '.join(SIMILARITIES)}.")
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise EvomodError(f"draws: expected a whole number from 1; got {shown(draws)}.")
    if isinstance(network, Responses):
        if patterns is not None:
            raise EvomodError("responses are of patterns already; leave out patterns.")
        responses = network
    else:
        responses = responses_of(network, patterns)
    rng = generator_of(rng, SEED)
    layers: list[int | None] = np.unique(responses.layer).tolist()
    layers += [None] if together and len(layers) > 1 else []
    return [
        _clustered(responses, name, layer, normalised, draws, rng)
        for name in similarities
        for layer in layers
    ]


def responses_of(network: Network, patterns: ArrayLike | None = None) -> Responses:
    """Difference quotients and activities of a network's hidden units, see `functional_modularity`."""
    check_answers(network)
    network = network.simplified()
    n_inputs = network.inputs.size
    is_hidden = network.layer > 0
    is_hidden[network.outputs] = False
    units = np.flatnonzero(is_hidden)
    widest = max(units.size, 1) * max(n_inputs, network.outputs.size)
    wanted = _patterns(n_inputs, MOST_ENTRIES // widest) if patterns is None else patterns
    given = np.atleast_2d(np.asarray(wanted))
    values = network.values(given)  # and the patterns are checked
    low = -1.0 if {"tanh", "sign"} & set(network.functions) else 0.0
    width = 1.0 - low
    upstream = np.empty((units.size, given.shape[0], n_inputs))
    for i in range(n_inputs):
        yes, no = (network.values(_with_input(given, i, bit))[:, units] for bit in (1, 0))
        upstream[:, :, i] = (yes - no).T / width
    downstream = np.empty((units.size, given.shape[0], network.outputs.size))
    for k, unit in enumerate(units.tolist()):
        held = np.full(network.n_nodes, np.nan)
        held[unit] = 1.0
        yes = network.values(given, held=held)[:, network.outputs]
        held[unit] = low
        no = network.values(given, held=held)[:, network.outputs]
        downstream[k] = (yes - no) / width
    activity = values[:, units].T
    at_rest = ~np.isnan(activity).any(axis=0)
    for sensitivities in (upstream, downstream):
        at_rest &= ~np.isnan(sensitivities).any(axis=(0, 2))
    return _responses(
        units, network.layer[units], upstream[:, at_rest], downstream[:, at_rest], activity[:, at_rest]
    )


def _patterns(n_inputs: int, most: int) -> NDArray[np.bool_]:
    number = max(1, min(PATTERNS, most))
    if 2**n_inputs <= number:
        return all_patterns(n_inputs)
    return np.random.default_rng(SEED).random((number, n_inputs)) < 0.5


def _with_input(patterns: NDArray[np.generic], i: int, bit: int) -> NDArray[np.generic]:
    changed = patterns.copy()
    changed[:, i] = bit
    return changed


def _responses(
    units: Ints, layer: Ints, upstream: Floats, downstream: Floats, activity: Floats
) -> Responses:
    """Of ``upstream[unit, pattern, input]``, ``downstream[unit, pattern, output]`` and ``activity[unit, pattern]``."""
    n_units, n_patterns = activity.shape
    is_constant = (activity == activity[:, :1]).all(axis=1) if n_patterns else np.ones(n_units, np.bool_)
    centred = activity - activity.mean(axis=1, keepdims=True) if n_patterns else activity
    rows = {
        "upstream": upstream.reshape(n_units, n_patterns * upstream.shape[2]),
        "downstream": downstream.reshape(n_units, n_patterns * downstream.shape[2]),
        "covariance": np.where(is_constant[:, None], 0.0, centred),
    }
    return Responses(units.astype(np.int64), layer.astype(np.int64), rows, n_patterns)


def responses_of_layers(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike],
    inputs: ArrayLike,
    *,
    activation: str = "relu",
    bends_outputs: bool = False,
) -> Responses:
    """Derivatives and activities of the hidden units of a trained network, see `functional_modularity`.

    At 0 the derivative of relu is 0. Where the responses of a layer to all patterns are more than `MOST_ENTRIES`, patterns
    in even steps are used.

    Parameters
    ----------
    weights
        ``[source, target]`` from each layer to the next, as in ``x @ w``.
    biases
        ``[target]`` of each.
    inputs
        ``[pattern, input]``, real.
    activation
        Of hidden units: "relu" or "tanh".
    bends_outputs
        Whether outputs have it too; else they are linear, as scores of classes are.

    Returns
    -------
    Responses
        Units are numbered as nodes of `graph_of_layers`.

    Raises
    ------
    EvomodError
        For layers that do not fit each other or the inputs, numbers that are not finite, and an unknown activation.
    """
    if activation not in ACTIVATIONS:
        raise EvomodError(
            f"there is no activation {shown(activation)}; known: {', '.join(ACTIVATIONS)}."
        )
    matrices, shifts, given = _checked_layers(weights, biases, inputs)
    sizes = [given.shape[1], *(matrix.shape[1] for matrix in matrices)]
    widest = max(sizes[1:-1], default=1) * max(sizes[0], sizes[-1])
    most = max(1, MOST_ENTRIES // widest)
    if given.shape[0] > most:
        given = given[np.linspace(0, given.shape[0] - 1, most).astype(np.int64)]
    values, slopes = _forward(matrices, shifts, given, activation, bends_outputs)
    upstream, downstream = _forward_jacobians(matrices, slopes), _backward_jacobians(matrices, slopes)
    first = np.cumsum(sizes)
    hidden = range(len(matrices) - 1)
    units = [np.arange(first[k], first[k + 1]) for k in hidden]
    layer = np.repeat(np.arange(1, len(matrices)), sizes[1:-1])
    nothing = np.zeros((0, given.shape[0], 1))
    return _responses(
        np.concatenate([np.zeros(0, np.int64), *units]),
        layer,
        np.concatenate(upstream) if upstream else nothing,
        np.concatenate(downstream) if downstream else nothing,
        np.concatenate([value.T for value in values[:-1]]) if hidden else nothing[:, :, 0],
    )


def _checked_layers(
    weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], inputs: ArrayLike
) -> tuple[list[Floats], list[Floats], Floats]:
    try:
        matrices = [np.asarray(without_gradient(matrix), np.float64) for matrix in weights]
        shifts = [np.asarray(without_gradient(bias), np.float64) for bias in biases]
        given = np.asarray(without_gradient(inputs), np.float64)
    except (TypeError, ValueError):
        matrices, shifts, given = [], [], np.zeros(0)
    if not matrices or len(shifts) != len(matrices) or given.ndim != 2 or not given.shape[0]:
        raise EvomodError(
            "expected weights [source, target] and biases [target], one of each a layer, and inputs [pattern, input] "
            "of numbers."
        )
    width = given.shape[1]
    for k, (matrix, bias) in enumerate(zip(matrices, shifts, strict=True), 1):
        if matrix.ndim != 2 or matrix.shape[0] != width or bias.shape != matrix.shape[1:]:
            raise EvomodError(
                f"layer {k}: expected weights [{width}, target] and biases [target]; got shapes {matrix.shape} and "
                f"{bias.shape} (those of torch's Linear are turned round: w.T)."
            )
        width = matrix.shape[1]
    if not all(np.isfinite(numbers).all() for numbers in (*matrices, *shifts, given)):
        raise EvomodError("expected finite weights, biases and inputs; got NaN or infinity.")
    return matrices, shifts, given


def _forward(
    matrices: list[Floats], shifts: list[Floats], given: Floats, activation: str, bends_outputs: bool
) -> tuple[list[Floats], list[Floats]]:
    """Values and slopes ``[layer][pattern, unit]``, the outputs' last."""
    values, slopes, last = given, [], len(matrices) - 1
    everyone = []
    for k, (matrix, bias) in enumerate(zip(matrices, shifts, strict=True)):
        values = values @ matrix + bias
        if k == last and not bends_outputs:
            slope = np.ones_like(values)
        elif activation == "tanh":
            values = np.tanh(values)
            slope = 1.0 - values * values
        else:
            slope = (values > 0.0).astype(np.float64)
            values = values * slope
        everyone.append(values)
        slopes.append(slope)
    return everyone, slopes


def _forward_jacobians(matrices: list[Floats], slopes: list[Floats]) -> list[Floats]:
    """``[layer][unit, pattern, input]``: derivatives of hidden units by the inputs."""
    found, before = [], None
    for matrix, slope in zip(matrices[:-1], slopes[:-1], strict=True):
        heard = (
            np.broadcast_to(matrix.T[:, None, :], (matrix.shape[1], slope.shape[0], matrix.shape[0]))
            if before is None
            else np.tensordot(matrix, before, axes=(0, 0))
        )
        before = heard * slope.T[:, :, None]
        found.append(before)
    return found


def _backward_jacobians(matrices: list[Floats], slopes: list[Floats]) -> list[Floats]:
    """``[layer][unit, pattern, output]``: derivatives of the outputs by hidden units."""
    n_outputs = slopes[-1].shape[1]
    after = np.eye(n_outputs)[:, None, :] * slopes[-1].T[:, :, None]
    found: list[Floats] = []
    for matrix, slope in zip(matrices[:0:-1], slopes[-2::-1], strict=True):
        heard = np.tensordot(matrix, after, axes=(1, 0))
        found.insert(0, heard)
        after = heard * slope.T[:, :, None]
    return found


def similarity_of(rows: Floats, n_patterns: int, normalised: bool) -> Floats:
    """``[unit, unit]``: similarity of responses ``rows[unit, response]``, 0 of a unit with itself."""
    if not n_patterns:
        return np.zeros((rows.shape[0], rows.shape[0]))
    products = rows @ rows.T / n_patterns
    size = np.sqrt(np.diag(products))
    is_none = size < CLEAR
    if normalised:
        divisor = np.where(is_none, 1.0, size)
        products = products / divisor[:, None] / divisor
    found = np.abs(products)
    found[is_none] = found[:, is_none] = 0.0
    np.fill_diagonal(found, 0.0)
    found[found < CLEAR * (1.0 if normalised else found.max(initial=0.0))] = 0.0
    return np.maximum(found, found.T)


def _clustered(
    responses: Responses,
    similarity: str,
    layer: int | None,
    normalised: bool,
    draws: int,
    rng: np.random.Generator,
) -> FunctionalModularity:
    from threadpoolctl import threadpool_limits

    chosen = np.flatnonzero(np.ones_like(responses.layer) if layer is None else responses.layer == layer)
    rows, n_patterns = responses.rows[similarity][chosen], responses.patterns
    # one thread: the same digits everywhere
    with threadpool_limits(1, "blas"):
        matrix = similarity_of(rows, n_patterns, normalised)
        nothing = float("nan")
        if not matrix.any():
            return FunctionalModularity(
                similarity, layer, responses.units[chosen], matrix, np.full(chosen.size, -1),
                nothing, nothing, nothing, nothing, nothing, 0, n_patterns, FEW if n_patterns else NO_REST,
            )  # fmt: skip
        method = "refined" if chosen.size <= DENSE else "refined-once"
        q, modules = q_of_many(matrix[None], method)
        spread = np.array(
            [
                q_of_many(
                    similarity_of(rng.permuted(rows, axis=1), n_patterns, normalised)[None], method
                )[0][0]
                for _ in range(draws)
            ]
        )
    found = compared(float(q[0]), spread, 1.0, "given", NULL, method, False)
    return FunctionalModularity(
        similarity=similarity,
        layer=layer,
        units=responses.units[chosen],
        matrix=matrix,
        modules=modules[0],
        q=found.q,
        q_rand=found.q_rand,
        q_rand_sd=found.q_rand_sd,
        z=found.z,
        percentile=found.percentile,
        draws=found.draws,
        patterns=n_patterns,
        note=found.note.replace("random graphs", "nulls").replace("random graph", "null"),
    )
