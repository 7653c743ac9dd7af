"""What the modules of a network do: separated inputs, perfect neurons, lesions, redundancy.

The first two are the tests of Clune et al. 2013; lesions follow Filan et al. 2021 and Hod et al. 2021.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import modularity as kernels
from evomod.measures.graphs import connected_nodes
from evomod.measures.modularity import Partition, modularity
from evomod.network import Network, check_answers
from evomod.population import goal_bits
from evomod.task import Task, all_patterns, goal_table, pack, subgoal_tables

READINGS = ("> 0", ">= 0", "< 0", "<= 0")

AT_ONCE = 4_000_000
"""Values of nodes that are held at a time, 32 MB."""


@dataclass(frozen=True, slots=True)
class Separation:
    """How far modules keep the inputs of different subgoals apart."""

    score: float
    """Sum over modules of (k * largest - all) / (k - 1): inputs of the most frequent group, of any group."""
    most: int
    """Inputs that the groups have: the score of a perfect separation."""
    present: int
    """Those of them that have a connection; the others count nowhere."""
    success: bool
    """Every input present, no module with inputs of two groups, no group in two modules."""
    modules: NDArray[np.int64]
    """``[node]``: number of its module from 0; -1 for nodes without a connection."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Whether a network falls into its task's subgoals."""

    groups: tuple[tuple[str, ...], ...]
    """Inputs on which the subgoals depend, group by group."""
    reason: str
    """Why there is no separation; else empty."""
    first_split: Separation | None
    """By the two parts of the first split; None unless there are two groups."""
    partition: Separation | None
    """By the modules of `modularity`."""
    subgoals: tuple[str, ...]
    """``[subgoal]``: their names."""
    readings: NDArray[np.float64]
    """``[subgoal, node]``: patterns right by the best of the four readings; NaN for inputs."""
    best: NDArray[np.float64]
    """``[subgoal]``: of its best neuron."""
    neuron: NDArray[np.int64]
    """``[subgoal]``: that neuron, the first of equals; -1 without neurons."""
    reading: tuple[str, ...]
    """``[subgoal]``: how that neuron is read."""
    has_all_perfect: bool
    """Whether every subgoal has a neuron that tells it for every pattern."""


@dataclass(frozen=True, slots=True)
class Lesions:
    """Loss of fitness, intact less silenced; negative where silence helps."""

    goals: tuple[str, ...]
    """``[goal]``: their names."""
    subgoals: tuple[str, ...]
    """``[subgoal]``: their names."""
    modules: NDArray[np.int64]
    """``[node]``: number of its module; -1 for none."""
    intact_goals: NDArray[np.float64]
    """``[goal]``."""
    intact_subgoals: NDArray[np.float64]
    """``[subgoal]``."""
    node_goals: NDArray[np.float64]
    """``[node, goal]``."""
    node_subgoals: NDArray[np.float64]
    """``[node, subgoal]``."""
    module_goals: NDArray[np.float64]
    """``[module, goal]``."""
    module_subgoals: NDArray[np.float64]
    """``[module, subgoal]``."""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Who carries which subgoal, and who can stand in for whom."""

    subgoals: tuple[str, ...]
    """``[subgoal]``: their names."""
    modules: NDArray[np.int64]
    """``[node]``: number of its module; -1 for none."""
    intact: NDArray[np.float64]
    """``[subgoal]``: score of the intact network."""
    nothing: NDArray[np.float64]
    """``[subgoal]``: score with all neurons silent, that of a constant answer."""
    drop: NDArray[np.float64]
    """``[module, subgoal]``."""
    alone: NDArray[np.float64]
    """``[module, subgoal]``."""
    synergy: NDArray[np.float64]
    """``[module, module, subgoal]``; 0 of a module with itself."""
    redundancy: NDArray[np.float64]
    """``[subgoal]``."""
    specialisation: NDArray[np.float64]
    """``[module]``."""


# ----------------------------------------------------------------------------------- decomposition


def decomposition(network: Network, task: Task, goal: str | None = None) -> Decomposition:
    """Whether modules separate the inputs of the subgoals, and whether neurons tell the subgoals.

    Separation (Clune et al. 2013, authors' code): inputs on which a subgoal depends, by its truth table, are
    its group; subgoals with the same inputs share one, as do those within the inputs of another. Connected
    nodes of the simplified network are parted, ``first_split`` in two by the sign of the leading eigenvector
    of B + B' and ``partition`` into the modules of `modularity`. With k groups the score is the sum over modules of (k * largest - all) / (k - 1), where
    ``all`` inputs of groups are in the module and ``largest`` of them in the same group: all of them where
    the module is pure, 0 where it holds as many of each. For two groups this is the authors' sum of
    ``|left - right|``; an input without a connection counts nowhere, so the retina's 8 inputs succeed with 8. There is
    none (None, and a ``reason``) where groups overlap otherwise, or there is one.

    Neurons: each is read as > 0, >= 0, < 0 and <= 0, and the best of the four counts, as the fraction of
    patterns that it gets right. All neurons of the network as given, simplified or not; a gate that does not
    come to rest is wrong.

    Parameters
    ----------
    network
        Evaluated as it is given, and simplified.
    task
        Its inputs are those of the network.
    goal
        Only the subgoals of this goal; None: all.

    Returns
    -------
    Decomposition
        Scores of separation in inputs, and for each subgoal its best neuron.

    Raises
    ------
    EvomodError
        If the task has other inputs than the network, or no such goal.
    """
    _check_inputs(network, task)
    tables = _subgoals_of(task, goal)
    groups, reason = input_groups(task, tables)
    simplified = network.simplified()
    values = network.values(all_patterns(len(task.inputs)))
    by_reading = _readings(values[None, :, network.inputs.size :], _table_of(task, tables))[0]
    readings = np.full((len(tables), network.n_nodes), np.nan)
    readings[:, network.inputs.size :] = by_reading.max(axis=2)
    best, neuron, reading = _best(by_reading)
    return Decomposition(
        groups=tuple(tuple(task.inputs[i] for i in group) for group in groups),
        reason=reason,
        first_split=_separation(_two_parts(simplified), groups) if len(groups) == 2 else None,
        partition=_separation(modularity(simplified).modules, groups) if groups else None,
        subgoals=tuple(tables),
        readings=readings,
        best=best,
        neuron=np.where(neuron < 0, -1, neuron + network.inputs.size),
        reading=reading,
        has_all_perfect=bool(best.size and (best == 1.0).all()),
    )


def input_groups(task: Task, tables: dict[str, NDArray[np.bool_]]) -> tuple[list[tuple[int, ...]], str]:
    """Inputs on which truth tables ``bool[pattern]`` depend, group by group; none, and why, if groups overlap.

    Each group once, and those within another one belong to it.

    >>> from evomod.task import load_task
    >>> retina = load_task("retina")
    >>> input_groups(retina, subgoal_tables(retina))
    ([(0, 1, 2, 3), (4, 5, 6, 7)], '')
    """
    groups: dict[tuple[int, ...], str] = {}
    pattern = np.arange(task.n_patterns)
    for name, table in tables.items():
        needed = (i for i in range(len(task.inputs)) if (table != table[pattern ^ (1 << i)]).any())
        groups.setdefault(tuple(needed), name)
    groups.pop((), None)  # a constant subgoal asks for no input
    widest = [group for group in groups if not any(set(group) < set(other) for other in groups)]
    for one, other in combinations(widest, 2):
        if set(one) & set(other):
            shared = task.inputs[min(set(one) & set(other))]
            return [], f"the subgoals '{groups[one]}' and '{groups[other]}' share the input '{shared}'"
    if len(widest) < 2:
        return [], "the subgoals do not depend on separate groups of inputs"
    return sorted(widest), ""


def _subgoals_of(task: Task, goal: str | None) -> dict[str, NDArray[np.bool_]]:
    tables = subgoal_tables(task)
    if goal is None:
        return tables
    goal_table(task, goal)
    return {name: tables[name] for name in inspect.signature(task.goals[goal]).parameters}


def _two_parts(simplified: Network) -> NDArray[np.int64]:
    """``[node]``: 0 or 1 by the first split, -1 without a connection."""
    adjacency = simplified.adjacency().astype(np.float64)
    connected = connected_nodes(adjacency)
    parts = np.zeros(connected.size, np.int64)
    kernels.first_split(np.ascontiguousarray(adjacency[np.ix_(connected, connected)]), parts)
    everyone = np.full(simplified.n_nodes, -1, np.int64)
    everyone[connected] = parts
    return everyone


def _separation(modules: NDArray[np.int64], groups: list[tuple[int, ...]]) -> Separation:
    """Inputs are the first nodes."""
    counts = np.zeros((int(modules.max(initial=-1)) + 1, len(groups)), np.int64)
    for k, group in enumerate(groups):
        for module in modules[list(group)]:
            if module >= 0:
                counts[module, k] += 1
    most, present = sum(map(len, groups)), int(counts.sum())
    beyond = len(groups) * counts.max(axis=1, initial=0) - counts.sum(axis=1)
    holders = counts > 0
    is_pure = bool((holders.sum(axis=1) <= 1).all() and (holders.sum(axis=0) == 1).all())
    return Separation(
        score=float(beyond.sum() / (len(groups) - 1)),
        most=most,
        present=present,
        success=is_pure and present == most,
        modules=modules,
    )


def _readings(values: NDArray[np.float64], table: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``[set, subgoal, neuron, reading]``: patterns right, of ``values[set, pattern, neuron]`` and NaN wrong."""
    n_patterns = values.shape[1]
    signs = (table.astype(np.float32), (~table).astype(np.float32))  # counts to 2**24 are exact
    known = (~np.isnan(values)).sum(axis=1)[:, None, :]

    def right(says: NDArray[np.bool_]) -> NDArray[np.float64]:
        silent = ~says & ~np.isnan(values)
        found = signs[0] @ says.astype(np.float32) + signs[1] @ silent.astype(np.float32)
        return found.astype(np.float64)

    above, from_zero = right(values > 0.0), right(values >= 0.0)
    counts = np.stack((above, from_zero, known - from_zero, known - above), axis=-1)
    return counts / n_patterns


def _best(
    by_reading: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], tuple[str, ...]]:
    """Of ``[subgoal, neuron, reading]`` the best fraction, its neuron and how that is read."""
    n_subgoals, n_neurons = by_reading.shape[:2]
    if not n_neurons:
        return np.zeros(n_subgoals), np.full(n_subgoals, -1), ("",) * n_subgoals
    flat = by_reading.reshape(n_subgoals, n_neurons * len(READINGS))
    place = flat.argmax(axis=1)
    names = tuple(READINGS[k] for k in place % len(READINGS))
    return flat.max(axis=1), place // len(READINGS), names


# ----------------------------------------------------------------------------------------- lesions


def lesions(
    network: Network,
    task: Task,
    partition: Partition | ArrayLike | None = None,
    *,
    tie_rule: str = "strict",
) -> Lesions:
    """What is lost on every goal and subgoal when a node, or a module, is silent.

    A silent node has the value 0 for every pattern, as if its incoming weights and its bias were 0 (Filan et
    al. 2021): a tanh neuron or input then says neither yes nor no, and a threshold neuron, a gate or an input
    of 0 and 1 says no. A module that is silent has silent neurons; its inputs stay, as other modules may see
    them. Nodes of no module (-1) are never silent with one.

    Fitness on a goal is the fraction of right answers, with the task's ``tie_rule``, or the task's formula. A subgoal has no output,
    so its score is that of the best neuron by the four readings of `decomposition`, over the neurons that
    lead to an output; a constant answer counts as a reading too, so silence never scores below it.

    Parameters
    ----------
    network
        Evaluated as it is given, and simplified.
    task
        Its inputs are those of the network.
    partition
        A `Partition` or ``modules[node]``; None: `modularity` of the simplified network.
    tie_rule
        What an output of exactly 0 is: "strict", neither yes nor no; "zero-is-no".

    Returns
    -------
    Lesions
        Losses, in fractions of input patterns, of nodes and modules.

    Raises
    ------
    EvomodError
        If the network has other inputs or outputs than the task, and for a partition that is not one whole
        number per node.
    """
    check_fits(network, task)
    if tie_rule not in ("strict", "zero-is-no"):
        raise EvomodError(f"there is no tie rule '{tie_rule}'; known: strict, zero-is-no.")
    simplified, modules = network.simplified(), _modules_of(network, partition)
    members = _members(modules, network)
    nobody = np.zeros((1, network.n_nodes), np.bool_)
    silent = np.concatenate((nobody, np.eye(network.n_nodes, dtype=np.bool_), members))
    goals, subgoals = _scores(simplified, task, silent, subgoal_tables(task), tie_rule)
    last = 1 + network.n_nodes
    return Lesions(
        goals=tuple(task.goals),
        subgoals=tuple(task.subgoals),
        modules=modules,
        intact_goals=goals[0],
        intact_subgoals=subgoals[0],
        node_goals=goals[0] - goals[1:last],
        node_subgoals=subgoals[0] - subgoals[1:last],
        module_goals=goals[0] - goals[last:],
        module_subgoals=subgoals[0] - subgoals[last:],
    )


def check_fits(network: Network, task: Task) -> None:
    """Refuse a task of other inputs or outputs than a network has."""
    _check_inputs(network, task)
    _check_outputs(network, task)


def _check_inputs(network: Network, task: Task) -> None:
    check_answers(network)
    if network.inputs.size != len(task.inputs):
        raise EvomodError(
            f"task '{task.name}' has {len(task.inputs)} inputs; the network has {network.inputs.size}."
        )


def _check_outputs(network: Network, task: Task) -> None:
    if network.outputs.size != task.n_outputs:
        raise EvomodError(
            f"task '{task.name}' has {task.n_outputs} outputs; the network has {network.outputs.size}."
        )


def _modules_of(network: Network, partition: Partition | ArrayLike | None) -> NDArray[np.int64]:
    if partition is None:
        return modularity(network.simplified()).modules
    raw = partition.modules if isinstance(partition, Partition) else partition
    modules = np.asarray(raw)
    if modules.shape != (network.n_nodes,) or modules.dtype.kind not in "iu":
        raise EvomodError(
            f"partition wants {network.n_nodes} whole numbers, one a node, -1 for none; got {raw!r}."
        )
    if modules.min(initial=-1) < -1 or modules.max(initial=-1) >= network.n_nodes:
        raise EvomodError(
            f"modules are numbered from 0 (-1 for none), fewer than the {network.n_nodes} nodes; got {raw!r}."
        )
    return modules.astype(np.int64)


def _members(modules: NDArray[np.int64], network: Network) -> NDArray[np.bool_]:
    """``[module, node]``: whether a neuron belongs to a module."""
    numbers = np.arange(int(modules.max(initial=-1)) + 1)
    is_neuron = np.arange(network.n_nodes) >= network.inputs.size
    return (modules == numbers[:, None]) & is_neuron


def _table_of(task: Task, tables: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """``[subgoal, pattern]``."""
    return np.array(list(tables.values()), np.bool_).reshape(len(tables), task.n_patterns)


def _scores(
    network: Network,
    task: Task,
    silent: NDArray[np.bool_],
    tables: dict[str, NDArray[np.bool_]],
    tie_rule: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fitness ``[set, goal]`` and scores ``[set, subgoal]`` for each of ``silent[set, node]``, in parts."""
    together = max(1, AT_ONCE // (task.n_patterns * network.n_nodes))
    parts = [silent[k : k + together] for k in range(0, len(silent), together)]
    found = [_scores_of(network, task, part, _table_of(task, tables), tie_rule) for part in parts]
    goals, subgoals = zip(*found, strict=True)
    return np.concatenate(goals), np.concatenate(subgoals)


def _scores_of(
    network: Network,
    task: Task,
    silent: NDArray[np.bool_],
    table: NDArray[np.bool_],
    tie_rule: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n_sets, n_patterns = len(silent), task.n_patterns
    patterns = np.tile(all_patterns(len(task.inputs)), (n_sets, 1))
    values = network.values(patterns, np.repeat(silent, n_patterns, axis=0))
    answers = network.answers_of(values).reshape(n_sets, n_patterns, -1)
    yes, no = answers > 0, (answers < 0) if tie_rule == "strict" else (answers <= 0)
    yeses, noes = (pack(np.ascontiguousarray(bits.transpose(0, 2, 1))) for bits in (yes, no))
    fitness = [goal_bits(task, goal).fitness(yeses, noes, "strict") for goal in task.goals]
    neurons = values.reshape(n_sets, n_patterns, -1)[:, :, network.inputs.size :]
    share = table.mean(axis=1)
    constant = np.broadcast_to(np.maximum(share, 1.0 - share), (n_sets, len(table)))
    best = _readings(neurons, table).max(axis=(2, 3), initial=0.0)
    return np.stack(fitness, axis=1), np.maximum(best, constant)


# -------------------------------------------------------------------------------------- redundancy


def redundancy(
    network: Network,
    task: Task,
    partition: Partition | ArrayLike | None = None,
    goal: str | None = None,
) -> Redundancy:
    """How the modules of a network share the subgoals among them.

    With F(S) the score of a subgoal when the neurons of the modules S are silent (as in `lesions`), F() of the
    intact network and F(all) that of a constant answer, what can be lost is F() - F(all), and

    * drop(i) = F() - F({i}): what is lost with module i;
    * alone(i) = (F(all but i) - F(all)) / (F() - F(all)): the share that i keeps when all others are silent.
      Copies are counted by its sum over modules;
    * synergy(i, j) = drop({i, j}) - drop(i) - drop(j): what is lost only when both are silent. Above 0 where
      one stands in for the other; below 0 where they work in a row, so that either loss is the whole loss;
    * redundancy = the largest synergy of two modules / (F() - F(all)), from 0 to 1. Three copies have no pair
      whose loss is felt: see alone;
    * specialisation(i) = (a - b) / (a + b), a its largest drop over the subgoals and b the mean of its other
      drops, drops below 0 counting as 0: 1 where one subgoal alone suffers, 0 where all suffer alike. It is
      the contrast by which neurons are called selective, and for two subgoals (a - b) / (a + b) of their drops.

    Where nothing can be lost, or nothing is, alone, redundancy and specialisation are 0; so is specialisation
    for a single subgoal.

    Parameters
    ----------
    network, task, partition
        As in `lesions`.
    goal
        Only the subgoals of this goal; None: all.

    Returns
    -------
    Redundancy
        The numbers above, in fractions of input patterns where they are losses.

    Raises
    ------
    EvomodError
        As `lesions`, and for a goal that the task does not have.

    Examples
    --------
    Two inputs a side; a neuron for "left", one for "right", and both: specialised modules.

    >>> from evomod.task import Task, derive
    >>> sides = {"left": lambda i: i.a & i.b, "right": lambda i: i.c & i.d}
    >>> task = derive(Task("pairs", tuple("abcd"), sides, {"both": lambda left, right: left & right}))
    >>> def network(wires):
    ...     source, target = np.array(wires).T
    ...     return Network(
    ...         layer=np.array([0, 0, 0, 0, 1, 1, 2]), positions=np.zeros((7, 2)),
    ...         bias=np.array([0.0, 0, 0, 0, -1, -1, -1]), source=source, target=target,
    ...         weight=np.ones(len(source)),
    ...     )
    >>> two = [-1, -1, -1, -1, 0, 1, -1]
    >>> apart = network([(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6)])
    >>> found = redundancy(apart, task, two)
    >>> found.drop.tolist(), found.specialisation.tolist(), found.redundancy.tolist()
    ([[0.25, 0.0], [0.0, 0.25]], [1.0, 1.0], [0.0, 0.0])

    The same with two neurons for "left": each can do without the other.

    >>> copies = network([(0, 4), (1, 4), (0, 5), (1, 5), (4, 6), (5, 6)])
    >>> found = redundancy(copies, task, [-1, -1, -1, -1, 0, 1, 1])
    >>> found.drop.tolist(), found.alone[:, 0].tolist(), found.redundancy.tolist()
    ([[0.0, 0.0], [0.0, 0.0]], [1.0, 1.0], [1.0, 0.0])
    """
    check_fits(network, task)
    tables, modules = _subgoals_of(task, goal), _modules_of(network, partition)
    members = _members(modules, network)
    n = len(members)
    one, other = np.triu_indices(n, 1)
    nobody = np.zeros((1, network.n_nodes), np.bool_)
    neurons = np.arange(network.n_nodes) >= network.inputs.size
    silent = (nobody, neurons[None], members, neurons & ~members, members[one] | members[other])
    _, score = _scores(network.simplified(), task, np.concatenate(silent), tables, "strict")
    intact, nothing, rest = score[0], score[1], score[2:]
    drop = intact - rest[:n]
    synergy = np.zeros((n, n, len(tables)))
    synergy[one, other] = intact - rest[2 * n :] - drop[one] - drop[other]
    synergy += synergy.swapaxes(0, 1)
    scale = np.where(intact > nothing, intact - nothing, np.inf)
    return Redundancy(
        subgoals=tuple(tables),
        modules=modules,
        intact=intact,
        nothing=nothing,
        drop=drop,
        alone=(rest[n : 2 * n] - nothing) / scale,
        synergy=synergy,
        redundancy=np.clip(synergy.max(axis=(0, 1), initial=0.0) / scale, 0.0, 1.0),
        specialisation=np.array([_specialisation(row) for row in np.maximum(drop, 0.0)]),
    )


def _specialisation(drops: NDArray[np.float64]) -> float:
    """The contrast of the largest of ``drops[subgoal]`` and the mean of the others."""
    if drops.size < 2 or drops.max() == 0.0:
        return 0.0
    largest = float(drops.max())
    others = float((drops.sum() - largest) / (drops.size - 1))
    return (largest - others) / (largest + others)
