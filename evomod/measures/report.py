"""``evomod measure``: everything that can be said of one network, as data; `report_text` makes text and tables of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod import measures
from evomod.errors import EvomodError
from evomod.measures.communities import quality_of
from evomod.measures.edges import Edges, Graph, edges_of, is_directed, names_of, with_direction
from evomod.measures.functional import check_fits
from evomod.measures.graphs import adjacency_of, dense, layers_of
from evomod.measures.hierarchy import steps_of
from evomod.measures.modularity import UNWEIGHTED_ONLY, modules_of, q_of_many
from evomod.measures.modularity import undirected as undirected_of
from evomod.measures.motifs import motifs_among
from evomod.measures.normalised import EXCHANGED, NO_Q_MAX, SAME, compared, most_modular_graphs
from evomod.measures.nulls import ENTRIES, NULLS, check_draws, random_graphs, random_parts
from evomod.measures.swapped import drawn_values, is_rigid, start_of
from evomod.network import Network
from evomod.task import Task

DIRECTED = ("clune2013", "leading-eigenvector", "refined")
UNDIRECTED = ("leading-eigenvector", "refined", "fast-greedy", "louvain")
MOST_DRAWS = {"refined": 100, "fast-greedy": 20, "louvain": 20}
"""Null graphs at the most, for methods that take long for a graph."""
MOST_NODES_EXACT, MOST_EXACT, SECONDS_EXACT = 20, 1500, 0.25
"""Where the optimum is looked for, and for how long: up to so many nodes, or nodes times connections. There 86 of 96
random graphs were proved, beyond 10 of 144; the optimisers take 0.25 s to import."""
FEW_NODES, MANY_NODES = 64, 300
"""Up to the first every method; up to the second those of `SOME`; beyond, "refined" alone. Q_max, and Q with
and without directions, are looked at up to the first only."""
SOME = ("clune2013", "leading-eigenvector", "refined")
DRAWS, DRAWS_OF_MANY, DRAWS_OF_LARGE, LARGE_NODES = 1000, 100, 20, 20_000
"""Where the number of draws is not said; the second beyond `FEW_NODES`, the third beyond so many nodes."""
MOST_NODES_MOTIFS = 2000
"""Up to which subgraphs are counted."""
CHEAP_STEPS, MOST_STEPS, FEWEST_DRAWS = 1e8, 2e9, 10
"""Of the hierarchy: up to the first it comes before Q; up to the second, 7 to 28 s, it is looked at, and its nulls all
together, at least so many."""
ANNEALINGS = 20
"""For Q_max, of each direction and null: 0.1 s at 80 connections."""
NOT_SOUGHT = f"no Q_m: Q_max is not sought beyond {FEW_NODES} nodes"
ONCE = "refined: z, percentile and the mean of the nulls are by its first search alone, for the network as for the nulls"
MOST_FUNCTIONAL, PERMUTATIONS = 50, 200
"""Nulls of functional modularity, and of its agreement with modules: with twice and five times as many a run takes 2.1 s."""
KEPT = ("degree-preserving", "layered")
"""Nulls whose Q_max is sought."""

Tell = Callable[[str, int, int], None]
"""Told what is being done, how many of it are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for of a network."""

    directed: bool | None = None
    weight: str | None = None
    signed: str | None = None
    resolution: float = 1.0
    modules: Mapping[Hashable, Any] | None = None
    null: str = "degree-preserving"
    draws: int | None = None
    seed: int = 1
    jobs: int = 1
    task: Task | None = None
    tell: Tell | None = None

    @property
    def is_plain(self) -> bool:
        """Whether Q is the one that every method knows."""
        return self.signed is None and self.resolution == 1.0

    def telling(self, what: str, number: int) -> Callable[[int], None] | None:
        tell = self.tell
        return None if tell is None else lambda done: tell(what, done, number)


@dataclass(frozen=True, slots=True)
class Shared:
    """Graphs ``[draw, source, target]`` that several rows of a small network are compared with, made once."""

    nulls: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    most_modular: dict[tuple[bool, str], NDArray[np.float64]] = field(default_factory=dict)
    """Of a direction and null."""

    def drawn(self, graph: Graph, null: str, draws: int, asked: Wish) -> NDArray[np.float64] | None:
        """The first of the draws from the seed; None where they would not fit, or Q is not the plain one."""
        size = len(names_of(graph))
        if size > FEW_NODES or draws * size * size > ENTRIES or not asked.is_plain or null not in KEPT:
            return None
        if null not in self.nulls or len(self.nulls[null]) < draws:
            rng = np.random.default_rng(asked.seed)
            self.nulls[null] = random_graphs(graph, null, draws, rng, weight=asked.weight)
        return self.nulls[null][:draws]


def measure_network(graph: Graph, **wish: Any) -> dict[str, Any]:
    """All measures of one network that apply to it, as plain data: the last of `measure_parts`."""
    told: dict[str, Any] = {}
    for told in measure_parts(graph, **wish):  # noqa: B007
        pass
    return told


def measure_parts(graph: Graph, **wish: Any) -> Iterator[dict[str, Any]]:
    """The measures of one network, as plain data that grows: what is cheap first, then Q beside its nulls.

    Parameters
    ----------
    graph
        Of any kind; a `Network` is simplified first.
    **wish
        The fields of `Wish`. ``directed``, ``weight``, ``signed``, ``resolution``: as in `measures.modularity`;
        ``modules``: of a partition that is measured too; ``null``, ``draws`` (None: `DRAWS`, or
        `DRAWS_OF_MANY`), ``seed``, ``jobs``: of the nulls; ``task``: adds decomposition, subgoal neurons, lesions
        and redundancy, left out it is the task that a `Network` names; ``tell``: see `Tell`.

    Yields
    ------
    dict
        What is known so far; "unfinished" says what is not.

    Raises
    ------
    EvomodError
        For a graph without connections, and a task where there is no `Network` to evaluate it.
    """
    asked = Wish(**wish)
    if asked.task is not None and not isinstance(graph, Network):
        raise EvomodError(
            f"task '{asked.task.name}' requires a network that evaluates it, a run folder or its best.json; "
            "this is a graph alone."
        )
    if isinstance(graph, Network) and asked.task is not None:
        check_fits(graph, asked.task)
    whole, graph = graph, graph.simplified() if isinstance(graph, Network) else graph
    edges = edges_of(graph, asked.weight, signed=asked.signed is not None)
    n_nodes = int(np.count_nonzero(edges.degrees()))
    if n_nodes == 0:
        raise EvomodError("the network has no connection; there is nothing to measure.")
    undirected = not (is_directed(graph) if asked.directed is None else asked.directed)
    check_draws(DRAWS if asked.draws is None else asked.draws)
    if asked.null not in NULLS:
        raise EvomodError(f"there is no null '{asked.null}'; known: {', '.join(NULLS)}.")
    if not asked.is_plain and asked.null not in EXCHANGED:
        raise EvomodError(
            f"with signed or a resolution (--signed, --resolution) networks are compared with the nulls {' and '.join(EXCHANGED)} "
            f"alone; got null '{asked.null}'. Leave it out, or signed and resolution."
        )
    counted = with_direction(edges, not undirected, asked.weight is not None)
    layered = (
        asked.null == "degree-preserving"
        and not undirected
        and asked.is_plain  # negative weights and resolutions have no layered null
        and _is_layered(graph, edges)
    )
    told: dict[str, Any] = {
        "nodes": edges.n_nodes,
        "nodes_with_a_connection": n_nodes,
        "connections": int(counted.source.size),
        "undirected": undirected,
        "direction": "said" if asked.directed is not None else "of the data",
        "read_as": getattr(graph, "graph", {}).get("read_as") if hasattr(graph, "graph") else None,
        "parallel_connections": edges.n_parallel,
        "loops": int((edges.source == edges.target).sum()),
        "connections_of_weight_0": edges.n_zero,
        "leaves_out_weights": edges.leaves_out_weights,
        "is_simplified": isinstance(graph, Network),
        "weight": asked.weight,
        "signed": asked.signed,
        "resolution": asked.resolution,
        "null": asked.null,
        "null_of_motifs": "layered" if layered else _null_of_motifs(asked.null),
        "seed": asked.seed,
        "hierarchy": math.nan,
        "hierarchy_weight": None if asked.signed else asked.weight,
        "unfinished": ["hierarchy", "motifs", "nulls"],
    }
    graph, edges, asked = _as_measured(graph, edges, asked, undirected)
    draws = asked.draws or _draws(n_nodes)
    steps = steps_of(counted, told["hierarchy_weight"] is not None)
    if steps <= CHEAP_STEPS:
        _add_hierarchy(told, graph)
    kinds = _kinds(n_nodes, undirected, asked, edges.is_simple)
    rows = [_bare_row(graph, directed, method, asked) for directed, method in kinds]
    told["modularity"] = rows
    main = next(row for row in rows if row["method"] == "refined")
    told["modules"] = main.pop("by_name")
    for row in rows:
        row.pop("by_name", None)
    if asked.modules is not None:
        told["given_modules"] = _of_given(graph, edges, asked, not undirected, None)
    yield told
    if CHEAP_STEPS < steps <= MOST_STEPS:
        _add_hierarchy(told, graph)
        yield told
    elif steps > MOST_STEPS:
        told["hierarchy_note"] = (
            f"the hierarchy would take about {steps:.0e} steps; it is measured up to {MOST_STEPS:.0e}, half a minute"
        )
        told["unfinished"].remove("hierarchy")
    shared = Shared()
    for size in (3, 4):
        if size <= n_nodes <= MOST_NODES_MOTIFS:
            told[f"motifs_{size}"] = _motifs(graph, size, told["null_of_motifs"], draws, asked, shared)
            yield told
    if n_nodes > MOST_NODES_MOTIFS:
        told["motifs_note"] = f"subgraphs are counted in networks of up to {MOST_NODES_MOTIFS} nodes"
    told["unfinished"] = ["nulls"]
    nulls = (asked.null, "layered") if layered else (asked.null,)
    rigid = [null for null in nulls if _is_rigid(graph, edges, null, asked)]
    if rigid:
        told["nulls_note"] = (
            f"no two connections can exchange their targets: every {' and '.join(rigid)} null is the network itself, "
            "and z says nothing"
        )
    if asked.modules is not None:
        told["given_modules"] = _of_given(graph, edges, asked, not undirected, draws)
        yield told
    if asked.null in EXCHANGED and steps <= MOST_STEPS:
        few = _draws_of_hierarchy(asked, draws, steps)
        if few:
            told["hierarchy_null"] = _hierarchy_null(told, graph, asked, few)
        else:
            told["hierarchy_note"] = "the hierarchy of nulls would take minutes; --draws N draws them"
        yield told
    for row in sorted(rows, key=lambda row: row["method"] == "refined"):
        _add_null(row, graph, asked, asked.null, draws, n_nodes, shared)
        yield told
    if layered:
        told["modularity_layered"] = [
            _with_null(graph, True, method, asked, "layered", draws, n_nodes, shared)
            for directed, method in kinds
            if directed and method in DIRECTED
        ]
        yield told
    if asked.is_plain and _is_provable(n_nodes, int(counted.source.size)):
        rows.append(_exact_row(graph, asked, not undirected, rows))
    told["unfinished"] = []
    if isinstance(whole, Network):
        task = asked.task or _task_of(whole)
        told["task"] = None if task is None else _functional(whole, task)
        if n_nodes <= FEW_NODES:
            told["functional_modularity"] = _functional_modularity(whole, told["modules"], asked)
        else:
            told["functional_note"] = (
                f"functional modularity is measured in networks of up to {FEW_NODES} nodes"
            )
    yield told


def _as_measured(graph: Graph, edges: Edges, asked: Wish, undirected: bool) -> tuple[Graph, Edges, Wish]:
    """The graph in the direction that is said, and with the numbers of parallel connections as weights: so are its nulls.

    A null of the connections as they happen to be listed would keep degrees that the graph does not have; and one without
    the numbers would be compared with a Q that counts them.
    """
    is_counted = asked.weight is None and not edges.is_simple
    if edges.directed != undirected and not is_counted:
        return graph, edges, asked
    import networkx

    turned = with_direction(edges, not undirected, asked.weight is not None or is_counted)
    made = networkx.Graph() if undirected else networkx.DiGraph()
    made.add_nodes_from(graph.nodes(data=True) if hasattr(graph, "nodes") else turned.names)
    name = asked.weight or ("weight" if is_counted else None)
    ends = zip(turned.source.tolist(), turned.target.tolist(), turned.weight.tolist(), strict=True)
    for source, target, weight in ends:
        data = {} if name is None else {name: weight}
        made.add_edge(turned.names[source], turned.names[target], **data)
    wish = replace(asked, weight=name)
    return made, edges_of(made, name, signed=asked.signed is not None), wish


def _draws(n_nodes: int) -> int:
    """Random graphs, where their number is not said."""
    if n_nodes <= FEW_NODES:
        return DRAWS
    return DRAWS_OF_MANY if n_nodes <= LARGE_NODES else DRAWS_OF_LARGE


def _add_hierarchy(told: dict[str, Any], graph: Graph) -> None:
    """Global reaching centrality; with the weights that are asked for, unless some are negative."""
    directed, weight = not told["undirected"], told["hierarchy_weight"]
    told["hierarchy"] = measures.hierarchy(graph, directed=directed, weight=weight)
    told["unfinished"].remove("hierarchy")


def _draws_of_hierarchy(asked: Wish, draws: int, steps: float) -> int:
    """As many nulls as `MOST_STEPS` allow, none if these are too few; those that are asked for are drawn."""
    if asked.draws is not None:
        return draws
    few = int(min(draws, DRAWS_OF_MANY, MOST_STEPS / max(steps, 1.0)))
    return few if few >= min(draws, FEWEST_DRAWS) else 0


def _hierarchy_null(told: dict[str, Any], graph: Graph, asked: Wish, draws: int) -> dict[str, Any]:
    found = measures.null_hierarchy(
        graph,
        asked.null,
        draws,
        np.random.default_rng(asked.seed),
        directed=not told["undirected"],
        weight=told["hierarchy_weight"],
        jobs=asked.jobs,
        tell=asked.telling("hierarchy of nulls", draws),
    )
    return asdict(found)


def _kinds(n_nodes: int, undirected: bool, asked: Wish, is_simple: bool) -> list[tuple[bool, str]]:
    """Directions and methods, those that can be had."""
    if not asked.is_plain or n_nodes > MANY_NODES:
        return [(not undirected, "refined")]
    is_weighted = asked.weight is not None or not is_simple
    both = [(False, UNDIRECTED)] if undirected else [(True, DIRECTED), (False, UNDIRECTED)]
    kinds = [
        (directed, method)
        for directed, methods in both
        for method in methods
        if not (is_weighted and method in UNWEIGHTED_ONLY)
    ]
    if n_nodes <= FEW_NODES:
        return kinds
    return [(directed, m) for directed, m in kinds if directed == (not undirected) and m in SOME]


def _bare_row(graph: Graph, directed: bool, method: str, asked: Wish) -> dict[str, Any]:
    """Q by a method, its nulls still unknown."""
    partition = measures.modularity(
        graph,
        method,
        directed=directed,
        weight=asked.weight,
        signed=asked.signed,
        resolution=asked.resolution,
    )
    assert not isinstance(partition, list)
    numbers = ("q_rand", "q_rand_sd", "z", "z_low", "z_high", "percentile", "q_max", "q_m")
    return {
        "method": method,
        "directed": directed,
        "q": partition.q,
        "modules": partition.n_modules,
        **dict.fromkeys(numbers, math.nan),
        "q_max_source": "",
        "draws": 0,
        "note": "",
        "by_name": {str(name): module for name, module in partition.by_name.items() if module >= 0},
    }


def _add_null(
    row: dict[str, Any],
    graph: Graph,
    asked: Wish,
    null: str,
    draws: int,
    n_nodes: int,
    shared: Shared,
) -> None:
    """Where the Q of a row lies among nulls of the same method."""
    method, is_few = row["method"], n_nodes <= FEW_NODES
    few = min(draws, MOST_DRAWS.get(method, draws)) if asked.draws is None else draws
    is_once = method == "refined" and not is_few
    tell = asked.telling(f"Q by {method} in nulls", few)
    graphs = shared.drawn(graph, null, max(few, draws), asked)
    if graphs is not None:
        chosen = graphs[:few] if row["directed"] else undirected_of(graphs[:few], asked.weight)
        spread = q_of_many(chosen, method)[0]
        if tell is not None:
            tell(few)
        q = row["q"]
        if method == "refined":
            own = adjacency_of(graph, asked.weight)[None]
            q = float(
                q_of_many(own if row["directed"] else undirected_of(own, asked.weight), method)[0][0]
            )
            is_once = q < row["q"] - SAME
        found = compared(q, spread, 1.0, "given", null, method, row["directed"])
    else:
        whole = measures.normalised_modularity(
            graph,
            null,
            few,
            np.random.default_rng(asked.seed),
            directed=row["directed"],
            weight=asked.weight,
            signed=asked.signed,
            resolution=asked.resolution,
            method="refined-once" if is_once else method,
            q_max=1.0,
            jobs=asked.jobs,
            tell=tell,
        )
        assert not isinstance(whole, list)
        found = whole
    if is_few and method in SOME and asked.is_plain and asked.weight is None and asked.null in KEPT:
        found = _with_largest(found, graph, row["directed"], null, asked, shared)
    else:
        note = found.note if is_few else found.note.replace(NO_Q_MAX, NOT_SOUGHT)
        note = "; ".join(filter(None, (note, ONCE if is_once else "")))
        found = replace(found, q_max=math.nan, q_max_source="not sought", q_m=math.nan, note=note)
    names = (
        "q_rand", "q_rand_sd", "z", "z_low", "z_high", "percentile", "q_max", "q_max_source", "q_m",
        "draws", "note",
    )  # fmt: skip
    row.update({name: getattr(found, name) for name in names})


def _with_null(
    graph: Graph,
    directed: bool,
    method: str,
    asked: Wish,
    null: str,
    draws: int,
    n_nodes: int,
    shared: Shared,
) -> dict[str, Any]:
    row = _bare_row(graph, directed, method, asked)
    row.pop("by_name")
    _add_null(row, graph, asked, null, draws, n_nodes, shared)
    return row


def _with_largest(
    found: measures.NormalisedModularity,
    graph: Graph,
    directed: bool,
    null: str,
    asked: Wish,
    shared: Shared,
) -> measures.NormalisedModularity:
    """With Q_max and Q_m; graphs that are annealed are shared by all methods of a direction and null."""
    best = shared.most_modular
    if (directed, null) not in best:
        layers = layers_of(graph) if null == "layered" else None
        rng = np.random.default_rng(asked.seed)
        graphs = most_modular_graphs(adjacency_of(graph), directed, layers, rng, ANNEALINGS)
        best[directed, null] = graphs if directed else undirected_of(graphs)
    highest = max(found.q, float(q_of_many(best[directed, null], found.method)[0].max()))
    source = "largest Q of annealed graphs with the same degrees" + " and layers" * (null == "layered")
    if highest - found.q_rand <= SAME:
        note = f"Q_m is NaN: Q_max {highest:.4g} is not above Q_rand {found.q_rand:.4g}"
        note = "; ".join(filter(None, (found.note, note)))
        return replace(found, q_max=highest, q_max_source=source, q_m=math.nan, note=note)
    q_m = (found.q - found.q_rand) / (highest - found.q_rand)
    return replace(found, q_max=highest, q_max_source=source, q_m=q_m)


def _of_given(
    graph: Graph, edges: Edges, asked: Wish, directed: bool, draws: int | None
) -> dict[str, Any]:
    """Q and n-cut of the modules that are given, and of the same modules in nulls (None: not yet)."""
    known = {str(name): name for name in edges.names}
    named = {known.get(str(name), name): module for name, module in (asked.modules or {}).items()}
    labels = modules_of(edges, named)
    is_weighted = asked.weight is not None

    def q_of(each: Edges) -> float:
        turned = with_direction(each, directed, is_weighted)
        return quality_of(turned, labels, asked.resolution, asked.signed)

    q = q_of(edges)
    told: dict[str, Any] = {"q": q, "modules": int(labels.max()) + 1, "n_cut": math.nan, "draws": 0}
    if edges.n_nodes <= MOST_NODES_MOTIFS:
        both = dense(with_direction(edges, False, is_weighted))
        cut = measures.n_cut(both, weight="weight", null=None, modules=labels)
        told["n_cut"] = cut.n_cut
    if draws is None:
        return told
    if asked.null == "genomes":
        return told | {"note": "random genomes have other nodes, which the modules given do not name"}
    spread = np.array(list(_of_nulls(graph, edges, asked, draws, q_of)))
    found = compared(q, spread, math.nan, "none", asked.null, "given", directed)
    names = ("q_rand", "q_rand_sd", "z", "z_low", "z_high", "percentile", "draws")
    return told | {name: getattr(found, name) for name in names}


def _of_nulls(
    graph: Graph, edges: Edges, asked: Wish, draws: int, q_of: Callable[[Edges], float]
) -> Iterator[float]:
    """A number of every null graph, whichever null it is."""
    rng = np.random.default_rng(asked.seed)
    if asked.null in EXCHANGED:
        start = start_of(edges, keep_mutual=asked.null == "milo2002")
        yield from drawn_values(start, draws, rng, q_of, asked.jobs)
        return
    layers = layers_of(graph) if asked.null in ("layered", "shuffle-within-layer") else None
    weight = asked.weight and "weight"
    matrix = adjacency_of(graph, asked.weight)
    for part in random_parts(matrix, asked.null, draws, rng, layer=layers, weight=weight):
        yield from (q_of(edges_of(null, weight)) for null in part)


def _is_rigid(graph: Graph, edges: Edges, null: str, asked: Wish) -> bool:
    """Whether a null has nothing to exchange; weights, in random order, may differ all the same."""
    if asked.weight is not None or null not in (*EXCHANGED, "layered"):
        return False
    if null in EXCHANGED:
        return is_rigid(start_of(edges, keep_mutual=null == "milo2002"))
    matrix = adjacency_of(graph)
    return bool(
        (random_graphs(graph, null, FEWEST_DRAWS, np.random.default_rng(asked.seed)) == matrix).all()
    )


def _null_of_motifs(null: str) -> str:
    """Motifs are compared with graphs of the same degrees, whatever Q is compared with."""
    return null if null in ("layered", "milo2002") else "degree-preserving"


def _is_layered(graph: Graph, edges: Edges) -> bool:
    """Whether layers are known and all connections lead to later ones."""
    try:
        layer = layers_of(graph)
    except EvomodError:
        return False
    return bool((layer[edges.source] < layer[edges.target]).all())


def _task_of(network: Network) -> Task | None:
    """The task that a network names, among those that come with evomod; no other file is executed."""
    from evomod.trust import shipped_task_named  # pydantic: 0.1 s to import

    name = network.about.get("task")
    return None if name is None else shipped_task_named(name)


def _is_provable(n_nodes: int, connections: int) -> bool:
    """Whether the optimum can probably be proved in `SECONDS_EXACT`."""
    return n_nodes <= MOST_NODES_EXACT or n_nodes * connections <= MOST_EXACT


def _exact_row(graph: Graph, asked: Wish, directed: bool, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The proved optimum beside the nulls of the refined method, which comes closest to it."""
    best = measures.modularity(
        graph, directed=directed, weight=asked.weight, method="exact", time_limit=SECONDS_EXACT
    )
    assert not isinstance(best, list)
    like = next(row for row in rows if row["method"] == "refined" and row["directed"] == directed)
    spread, q_max = like["q_rand_sd"], max(like["q_max"], best.q)
    range_ = q_max - like["q_rand"]
    is_same = abs(best.q - like["q"]) <= SAME
    return like | {
        "method": "exact" if best.is_optimal else "best found",
        "q": best.q,
        "modules": best.n_modules,
        "bound": best.bound,
        "z_low": like["z_low"] if is_same else float("nan"),
        "z_high": like["z_high"] if is_same else float("nan"),
        "percentile": like["percentile"] if is_same else float("nan"),
        "q_max": q_max,
        "z": (best.q - like["q_rand"]) / spread if spread > 0 else float("nan"),
        "q_m": (best.q - like["q_rand"]) / range_ if range_ > 0 else float("nan"),
        "note": "; ".join(filter(None, ("exact: nulls by the method refined", like["note"]))),
    }


def _motifs(
    graph: Graph, size: int, null: str, draws: int, asked: Wish, shared: Shared
) -> list[dict[str, Any]]:
    """One row per subgraph that occurs in the network or in a null."""
    tell = asked.telling(f"subgraphs of {size} nodes in nulls", draws)
    graphs = shared.drawn(graph, null, draws, asked)
    if graphs is not None:
        profile = motifs_among(graph, size, graphs, null, tell)
    else:
        rng = np.random.default_rng(asked.seed)
        found = measures.motifs(graph, size, null, draws, rng, jobs=asked.jobs, tell=tell)
        assert not isinstance(found, list)
        profile = found
    seen = np.flatnonzero((profile.counts > 0) | (profile.null_mean > 0))
    return [
        {
            "id": int(profile.ids[k]),
            "name": profile.names[k],
            "count": int(profile.counts[k]),
            "null_mean": float(profile.null_mean[k]),
            "null_sd": float(profile.null_sd[k]),
            "z": float(profile.z[k]),
            "z_low": float(profile.z_low[k]),
            "z_high": float(profile.z_high[k]),
            "percentile": float(profile.percentile[k]),
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


def _functional_modularity(
    network: Network, by_name: Mapping[str, int], asked: Wish
) -> list[dict[str, Any]]:
    """A row per similarity and layer, and per similarity of all hidden layers: Q of functional clusters, and how far they
    agree with the modules of connections."""
    draws = min(asked.draws or MOST_FUNCTIONAL, MOST_FUNCTIONAL)
    rng = np.random.default_rng(asked.seed)
    structural = np.array([by_name.get(str(node), -1) for node in range(network.n_nodes)], np.int64)
    rows = []
    for found in measures.functional_modularity(network, together=True, draws=draws, rng=rng):
        names = (
            "similarity", "layer", "q", "q_rand", "q_rand_sd", "z", "percentile", "draws", "patterns", "note",
        )  # fmt: skip
        labels = structural[found.units]
        shared = measures.agreement(found.modules, labels, draws=PERMUTATIONS, rng=rng)
        rows.append(
            {name: getattr(found, name) for name in names}
            | {
                "units": found.units.size,
                "modules": found.n_modules,
                "by_unit": dict(
                    zip(map(str, found.units.tolist()), found.modules.tolist(), strict=True)
                ),
                "agreement": asdict(shared),
            }
        )
    return rows


def _separated(found: measures.Separation) -> dict[str, Any]:
    return {"score": found.score, "of": found.most, "is_perfect": found.success}


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
        if np.ptp(spread) <= 1e-9:
            parts.append(f"{NOTE_NULLS[null]} {spread.mean():.3f} in all of them, so no z")
            continue
        z = round((q - spread.mean()) / spread.std(ddof=1), 1) + 0.0  # no -0.0
        parts.append(f"{NOTE_NULLS[null]} {spread.mean():.3f} ± {spread.std(ddof=1):.3f}, z {z:.1f}")
    return "; ".join(parts)


def nulls_of(network: Network) -> list[str]:
    """The nulls that make sense for a network: only what feeds forward in layers can keep them."""
    return [null for null in NOTE_NULLS if null != "layered" or _is_layered(network, edges_of(network))]


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
