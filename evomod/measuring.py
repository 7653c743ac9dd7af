"""``evomod measure``: everything that can be said of one network, as data and as text."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod import measures
from evomod.errors import EvomodError
from evomod.measures.edges import Graph
from evomod.measures.graphs import adjacency_of, connected_nodes, layers_of
from evomod.measures.modularity import UNWEIGHTED_ONLY
from evomod.measures.normalised import SAME
from evomod.measures.nulls import is_undirected
from evomod.network import Network
from evomod.task import Task, find_tasks

DIRECTED = ("clune2013", "leading-eigenvector", "refined")
UNDIRECTED = ("leading-eigenvector", "refined", "fast-greedy", "louvain", "girvan-newman")
FEW_DRAWS = {"fast-greedy": 100, "louvain": 100, "girvan-newman": 20}
"""Null graphs at the most, for methods that take milliseconds a graph."""
MOST_NODES_EXACT, SECONDS_EXACT = 60, 10.0
"""Where the optimum is looked for, and for how long; a proof is likely up to about 25 nodes."""
MANY_NODES, DRAWS_OF_MANY = 50, 50
"""Beyond so many nodes there are fewer nulls and no search for Q_max, which would take minutes."""
MOST_NODES = 500
"""Connected nodes of a network at the most."""
NOT_SOUGHT = f"Q_max is not sought beyond {MANY_NODES} nodes, so Q_m is not known"
MOST_GOALS = 4
"""Goals of a task that are printed."""
MOST_MOTIFS = 8
"""Subgraphs a size that are printed: those with the largest |z|."""


def measure_network(
    graph: Graph,
    *,
    weight: str | None = None,
    null: str = "degree-preserving",
    draws: int = 1000,
    seed: int = 1,
    task: Task | None = None,
) -> dict[str, Any]:
    """All measures of one network that apply to it, as plain data; every Q stands beside its null.

    A `Network` is simplified first. ``task`` adds what needs one: decomposition, subgoal neurons, lesions
    and redundancy; left out, it is the task that a `Network` names. Raises `EvomodError` for a graph
    without connections, and for a task where there is no `Network` to answer it.
    """
    if task is not None and not isinstance(graph, Network):
        raise EvomodError(
            f"task '{task.name}' wants a network that answers it, a run folder or its best.json; this is a "
            "graph alone."
        )
    whole, graph = graph, graph.simplified() if isinstance(graph, Network) else graph
    matrix = adjacency_of(graph, weight)
    n_nodes = int(connected_nodes(matrix).size)
    if n_nodes == 0:
        raise EvomodError("the network has no connection; there is nothing to measure.")
    if n_nodes > MOST_NODES:
        raise EvomodError(
            f"`evomod measure` takes networks of up to {MOST_NODES} nodes with a connection; this one has "
            f"{n_nodes}. Ask for single measures from Python, such as evomod.measures.modularity(graph)."
        )
    undirected = not _is_directed(graph, matrix)
    layered = null == "degree-preserving" and _is_layered(graph)
    told: dict[str, Any] = {
        "nodes": int(matrix.shape[0]),
        "nodes_with_a_connection": n_nodes,
        "connections": int(np.count_nonzero(np.triu(matrix) if undirected else matrix)),
        "undirected": undirected,
        "is_simplified": isinstance(graph, Network),
        "weight": weight,
        "null": null,
        "null_of_motifs": "layered" if layered else _null_of_motifs(null),
        "seed": seed,
        "modularity": _modularity(graph, weight, null, draws, seed),
        "hierarchy": measures.hierarchy(graph),
    }
    if layered:
        told["modularity_layered"] = [
            _row(graph, True, weight, method, "layered", draws, seed)
            for method in _known(DIRECTED, weight)
        ]
    for size in (3, 4):
        if n_nodes >= size:
            told[f"motifs_{size}"] = _motifs(graph, size, told["null_of_motifs"], draws, seed)
    if isinstance(whole, Network):
        task = task or _task_of(whole)
        told["task"] = None if task is None else _functional(whole, task)
    return told


def _is_directed(graph: Graph, matrix: NDArray[np.float64]) -> bool:
    """As the graph says; a symmetric adjacency is undirected."""
    if isinstance(graph, Network):
        return True
    return bool(graph.is_directed()) if hasattr(graph, "is_directed") else not is_undirected(matrix)


def _null_of_motifs(null: str) -> str:
    """Motifs are compared with graphs of the same degrees, whatever Q is compared with."""
    return null if null == "layered" else "degree-preserving"


def _is_layered(graph: Graph) -> bool:
    """Whether layers are known and all connections lead to later ones."""
    try:
        layer = layers_of(graph)
    except EvomodError:
        return False
    source, target = np.nonzero(adjacency_of(graph))
    return bool((layer[source] < layer[target]).all())


def _known(methods: tuple[str, ...], weight: str | None) -> list[str]:
    """Those of the methods that know weights, if there are any."""
    return [name for name in methods if weight is None or name not in UNWEIGHTED_ONLY]


def _task_of(network: Network) -> Task | None:
    tasks, _ = find_tasks()
    return tasks.get(network.about.get("task", ""))


def _modularity(
    graph: Graph, weight: str | None, null: str, draws: int, seed: int
) -> list[dict[str, Any]]:
    """A row a method: Q, number of modules, and where Q lies among nulls of the same method."""
    rows, n_nodes = [], connected_nodes(adjacency_of(graph, weight)).size
    for is_directed, methods in ((True, DIRECTED), (False, UNDIRECTED)):
        for method in _known(methods, weight):
            if method == "girvan-newman" and n_nodes > MANY_NODES:
                continue  # seconds a graph
            rows.append(_row(graph, is_directed, weight, method, null, draws, seed))
    if n_nodes <= MOST_NODES_EXACT:
        rows.append(_exact_row(graph, weight, rows))
    return rows


def _row(
    graph: Graph, directed: bool, weight: str | None, method: str, null: str, draws: int, seed: int
) -> dict[str, Any]:
    few = min(draws, FEW_DRAWS.get(method, draws))
    partition = measures.modularity(graph, directed=directed, weight=weight, method=method)
    many = connected_nodes(adjacency_of(graph, weight)).size > MANY_NODES
    found = measures.normalised_modularity(
        graph,
        null,
        min(few, DRAWS_OF_MANY) if many else few,
        np.random.default_rng(seed),
        directed=directed,
        weight=weight,
        method=method,
        q_max=1.0 if many else None,
    )
    assert not isinstance(found, list) and not isinstance(partition, list)
    if many:
        found = replace(found, q_max=math.nan, q_max_source="not sought", q_m=math.nan, note=NOT_SOUGHT)
    return {
        "method": method,
        "directed": directed,
        "q": partition.q,
        "modules": partition.n_modules,
        "q_rand": found.q_rand,
        "q_rand_sd": found.q_rand_sd,
        "z": found.z,
        "percentile": found.percentile,
        "q_max": found.q_max,
        "q_max_source": found.q_max_source,
        "q_m": found.q_m,
        "draws": found.draws,
        "note": found.note,
    }


def _exact_row(graph: Graph, weight: str | None, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The proved optimum beside the nulls of the refined method, which comes closest to it."""
    best = measures.modularity(
        graph, directed=True, weight=weight, method="exact", time_limit=SECONDS_EXACT
    )
    assert not isinstance(best, list)
    like = next(row for row in rows if row["method"] == "refined" and row["directed"])
    spread, q_max = like["q_rand_sd"], max(like["q_max"], best.q)
    range_ = q_max - like["q_rand"]
    is_same = abs(best.q - like["q"]) <= SAME
    return like | {
        "method": "exact" if best.is_optimal else "best found",
        "q": best.q,
        "modules": best.n_modules,
        "bound": best.bound,
        "percentile": like["percentile"] if is_same else float("nan"),
        "q_max": q_max,
        "z": (best.q - like["q_rand"]) / spread if spread > 0 else float("nan"),
        "q_m": (best.q - like["q_rand"]) / range_ if range_ > 0 else float("nan"),
        "note": "; ".join(filter(None, ("exact: nulls by the method refined", like["note"]))),
    }


def _motifs(graph: Graph, size: int, null: str, draws: int, seed: int) -> list[dict[str, Any]]:
    """A row a subgraph that occurs in the network or in a null."""
    profile = measures.motifs(graph, size, null, draws, np.random.default_rng(seed))
    assert not isinstance(profile, list)
    seen = np.flatnonzero((profile.counts > 0) | (profile.null_mean > 0))
    return [
        {
            "id": int(profile.ids[k]),
            "name": profile.names[k],
            "count": int(profile.counts[k]),
            "null_mean": float(profile.null_mean[k]),
            "null_sd": float(profile.null_sd[k]),
            "z": float(profile.z[k]),
        }
        for k in seen
    ]


def _functional(network: Network, task: Task) -> dict[str, Any]:
    """What modules do: subgoals told by neurons, inputs kept apart, losses, redundancy."""
    goal = network.about.get("goal")
    goal = goal if goal in task.goals else None  # a goal that was drawn has no subgoals
    parts = measures.decomposition(network, task, goal)
    lost = measures.lesions(network, task, tie_rule=network.about.get("tie_rule", "strict"))
    shared = measures.redundancy(network, task, goal=goal)
    split, partition = parts.first_split, parts.partition
    return {
        "name": task.name,
        "subgoals": {
            name: {
                "best_neuron": int(parts.neuron[k]),
                "reading": parts.reading[k],
                "right": float(parts.best[k]),
            }
            for k, name in enumerate(parts.subgoals)
        },
        "has_all_perfect": parts.has_all_perfect,
        "split_in_two": None if split is None else _separated(split),
        "modules": None if partition is None else _separated(partition),
        "reason": parts.reason,
        "module_lesions": [
            {
                "module": k,
                "nodes": np.flatnonzero(lost.modules == k).tolist(),
                "goals": dict(zip(lost.goals, lost.module_goals[k].tolist(), strict=True)),
                "subgoals": dict(zip(lost.subgoals, lost.module_subgoals[k].tolist(), strict=True)),
                "specialisation": float(shared.specialisation[k]),
            }
            for k in range(lost.module_goals.shape[0])
        ],
        "redundancy": dict(zip(shared.subgoals, shared.redundancy.tolist(), strict=True)),
    }


def _separated(found: measures.Separation) -> dict[str, Any]:
    return {"score": found.score, "of": found.most, "is_perfect": found.success}


def report(name: str, told: dict[str, Any]) -> str:
    """The measures of a network as text for a terminal."""
    simple = ", simplified" if told["is_simplified"] else ""
    kind = "undirected connection" if told["undirected"] else "connection"
    lines = [
        f"{name}: {_counted(told['nodes_with_a_connection'], 'node')} with "
        f"{_counted(told['connections'], kind)}{simple}",
        "",
        _q_table(told["modularity"], told["null"]),
        "",
        f"hierarchy (global reaching centrality)  {told['hierarchy']:.3f}",
    ]
    if "modularity_layered" in told:
        lines[3:3] = ["", _q_table(told["modularity_layered"], "layered")]
    for size in (3, 4):
        if f"motifs_{size}" in told:
            lines += ["", _motif_table(size, told[f"motifs_{size}"], told["null_of_motifs"])]
    if told.get("task"):
        lines += ["", _task_table(told["task"])]
    return "\n".join(lines)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _q_table(rows: list[dict[str, Any]], null: str) -> str:
    """Q by every method, never without its null."""
    nulls = f"nulls ({null})"
    lines = [
        f"{'Q by method':31}{'Q':>7}{'modules':>9}   {nulls:30}{'z':>6}{'percentile':>12}{'Q_m':>7}"
    ]
    for row in rows:
        side = "directed" if row["directed"] else "undirected"
        nulls = (
            f"{row['q_rand']:.3f} ± {_shown(row['q_rand_sd'], 1, 3)}, {_counted(row['draws'], 'draw')}"
        )
        lines.append(
            f"{row['method'] + ', ' + side:31}{row['q']:>7.3f}{row['modules']:>9}   {nulls:30}"
            f"{_shown(row['z'], 6, 1)}{_shown(row['percentile'], 12, 1)}{_shown(row['q_m'], 7, 2)}"
        )
        if row["method"] == "best found":
            lines.append(f"{'':31}(the optimum is at most {row['bound']:.3f})")
    notes = sorted({row["note"] for row in rows if row["note"]})
    return "\n".join([*lines, *(f"  {note}" for note in notes)])


def _shown(value: float, width: int, digits: int) -> str:
    return f"{value:>{width}.{digits}f}" if np.isfinite(value) else f"{'-':>{width}}"


def _motif_table(size: int, rows: list[dict[str, Any]], null: str) -> str:
    """The subgraphs that differ most from chance."""
    ranked = sorted(rows, key=lambda row: -abs(row["z"]) if np.isfinite(row["z"]) else -np.inf)
    title, chance = f"subgraphs of {size} nodes", f"nulls ({null})"
    lines = [f"{title:28}{'count':>7}   {chance:>25}{'z':>7}"]
    for row in ranked[:MOST_MOTIFS]:
        label = row["name"] if row["name"].endswith(str(row["id"])) else f"{row['name']} ({row['id']})"
        nulls = f"{row['null_mean']:.1f} ± {_shown(row['null_sd'], 1, 1)}"
        lines.append(f"{label:28}{row['count']:>7}   {nulls:>25}{_shown(row['z'], 7, 1)}")
    if len(ranked) > MOST_MOTIFS:
        lines.append(f"  and {len(ranked) - MOST_MOTIFS} more, see --json")
    return "\n".join(lines)


def _task_table(told: dict[str, Any]) -> str:
    """What the modules of a network do for its task."""
    lines = [f"{'task ' + told['name']:28}{'best neuron':>12}{'right':>8}{'redundancy':>12}"]
    for name, row in told["subgoals"].items():
        neuron = f"{row['best_neuron']} {row['reading']}"
        lines.append(f"{name:28}{neuron:>12}{row['right']:>8.3f}{told['redundancy'][name]:>12.2f}")
    for key, word in (("split_in_two", "split in two"), ("modules", "modules")):
        if told[key] is not None:
            perfect = "perfect" if told[key]["is_perfect"] else "not perfect"
            text = f"{told[key]['score']:g} of {told[key]['of']} inputs, {perfect}"
            lines.append(f"{'inputs apart, ' + word:28}{text}")
    if told["reason"]:
        lines.append(f"inputs apart: not asked, {told['reason']}")
    lines.append(f"{'silent module: fitness lost':28}{'specialisation':>16}   goals")
    for row in told["module_lesions"]:
        lost = ", ".join(
            f"{goal} {value:.3f}" for goal, value in list(row["goals"].items())[:MOST_GOALS]
        )
        lines.append(f"{'  module ' + str(row['module']):28}{row['specialisation']:>16.2f}   {lost}")
    return "\n".join(lines)


NOTE_DRAWS = 1000
NOTE_NULLS = {"degree-preserving": "rewired", "layered": "rewired within layers"}


def null_note(network: Network, method: str) -> str:
    """What Q of random graphs like a network is, in a line: raw Q alone says little.

    Rewired with the degrees of every node kept; for networks in layers also within each pair of layers.
    """
    simple = network.simplified()
    if simple.source.size == 0:
        return "no connection"
    q = measures.modularity(simple, method=method).q
    parts = []
    for null in nulls_of(simple):
        spread = measures.null_distribution(simple, null, NOTE_DRAWS, method=method)
        z = (q - spread.mean()) / spread.std(ddof=1) if np.ptp(spread) > 1e-9 else float("nan")
        parts.append(f"{NOTE_NULLS[null]} {spread.mean():.3f} ± {spread.std(ddof=1):.3f}, z {z:.1f}")
    return "; ".join(parts)


def nulls_of(network: Network) -> list[str]:
    """The nulls that make sense for a network: only what feeds forward in layers can keep them."""
    return [null for null in NOTE_NULLS if null != "layered" or _is_layered(network)]


Q_COLUMNS = ("q_rand", "q_z", "q_max", "q_m", "q_rand_layered", "q_z_layered")


def q_beside_nulls(network: Network, method: str) -> dict[str, float]:
    """`Q_COLUMNS` of a network, simplified: Q_m and z among graphs of the same degrees (and layers).

    NaN where there is none, as for a network without connections.
    """
    simple = network.simplified()
    told = dict.fromkeys(Q_COLUMNS, float("nan"))
    if simple.source.size == 0:
        return told
    found = measures.normalised_modularity(simple, draws=NOTE_DRAWS, method=method)
    assert not isinstance(found, list)
    told |= {"q_rand": found.q_rand, "q_z": found.z, "q_max": found.q_max, "q_m": found.q_m}
    if "layered" in nulls_of(simple):
        spread = measures.null_distribution(simple, "layered", NOTE_DRAWS, method=method)
        told["q_rand_layered"] = float(spread.mean())
        if np.ptp(spread) > 1e-9:
            told["q_z_layered"] = (found.q - told["q_rand_layered"]) / float(spread.std(ddof=1))
    return told
