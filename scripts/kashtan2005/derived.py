"""What the figures of this folder share: networks of runs that were solved, further tables, Q_m and motifs.

A further table is written into the study's folder once and is then read; seeds are fixed, so it comes out
the same again. Q in them is that of the undirected graph, as in the paper, and of the best partition, by the
method "refined". The paper takes Newman's method, of two that it cites; so there is Q by "fast-greedy" too.
"""

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np

import evomod
from evomod.errors import EvomodError
from evomod.files.derived import keep
from evomod.files.readers import read_json
from evomod.files.tables import read_table, read_text, table_text
from evomod.measures import modularity, motifs, normalised_modularity, null_distribution
from evomod.measures.graphs import adjacency_of
from evomod.measures.modularity import q_of_many, undirected
from evomod.measures.normalised import NormalisedModularity
from evomod.network import network_json, network_of
from evomod.plots.motifs import plot_motif_means
from evomod.studies.definition import seed_of
from evomod.task import MAX_MODULARITY

CIRCUITS = ("fg-and", "fg-or", "mvg")
RETINA = ("retina-fg", "retina-mvg")
TREATMENTS = CIRCUITS + RETINA

METHOD, OTHER = "refined", "fast-greedy"
SIZES = {
    "nulls": 1000, "other_nulls": 200, "draws": 1000, "q_max_runs": 20, "q_max_generations": 500,
}  # fmt: skip
"""Random graphs behind a Q_rand (quoted: 1000), by the other method, and behind a z; runs (quoted: 100) and
generations behind a Q_max."""


def once(study, name, make, made_of=None):
    """The table ``name`` of a study; if it is missing, the rows that ``make()`` returns are written first.

    So it is if it was made of other runs than the study now has, or of other facts than ``made_of``.
    """

    def text():
        rows = [{column: plain(value) for column, value in row.items()} for row in make()]
        return table_text(tuple(rows[0]), rows)

    keep(study.folder / name, made_of or digest(study), text)
    return read_table(study.folder / name)


def digest(study):
    """Of the best networks of all runs."""
    return hashlib.sha256(read_text(study.folder / "networks.json.gz").encode()).hexdigest()


def plain(value):
    """A value of a table: fractions to six places."""
    return round(float(value), 6) if isinstance(value, float | np.floating) else value


def networks_once(study, name, make):
    """Networks of the JSON file ``name`` of a study, made first as tables are, see `once`."""

    def text():
        lines = [
            json.dumps(json.loads(network_json(network)), separators=(",", ":")) for network in make()
        ]
        return ("[\n" + ",\n".join(lines) + "\n]\n").encode()

    keep(study.folder / name, digest(study), text)
    return [network_of(row, name) for row in read_json(study.folder / name)]


def config_of(study, treatment, **evolution):
    """The config of a treatment, with other values in its section of evolution."""
    config = next(t.config for t in study.study.treatments if t.name == treatment)
    return config.model_copy(update={"evolution": config.evolution.model_copy(update=evolution)})


def seed(study, treatment, replicate):
    """The seed of a replicate, which is in summary.csv too."""
    return seed_of(study.study.seed, treatment, int(replicate))


def solved(study, treatment):
    """``{replicate: network}`` of the runs that solved their goals."""
    replicates = times(study, treatment)
    found = study.networks.get(treatment, [])
    return {n.about["replicate"]: n for n in found if n.about["replicate"] in replicates}


def everyone(study, treatment):
    """``{replicate: network}`` of all runs."""
    return {n.about["replicate"]: n for n in study.networks.get(treatment, [])}


def cap(study, treatment):
    """Generations after which a run was given up."""
    return config_of(study, treatment).evolution.generations


def times(study, treatment):
    """``{replicate: generations}`` of the runs that solved their goals: that ended before the cap."""
    table, last = study.summary, cap(study, treatment)
    return {
        int(r): int(g)
        for t, r, g in zip(table["treatment"], table["replicate"], table["generations"], strict=True)
        if t == treatment and g < last
    }


def median_run(study, treatment):
    """The replicate whose time to solve is the (lower) median of the runs that solved their goals."""
    found = sorted((time, replicate) for replicate, time in times(study, treatment).items())
    return found[(len(found) - 1) // 2][1]


def differing(a, b):
    """Connections of ``a`` that ``b`` lacks, as pairs of nodes."""
    return connections(a) - connections(b)


def counted(things, name):
    """How many there are, in words: "1 connection", "2 connections"."""
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"


def connections(network):
    """Connections of a simplified network, as pairs of nodes."""
    network = network.simplified()
    return set(zip(network.source.tolist(), network.target.tolist(), strict=True))


def nearest(generation, before):
    """Of all individuals that solve the goal, the network that differs least from ``before``."""
    setup = generation.setup
    score = generation.objectives[:, 0]
    rows = np.flatnonzero(score >= setup.config.evolution.solved_at)
    genomes = np.unique(generation.population.genomes[rows], axis=0)
    about = {"inputs": list(setup.task.inputs)}
    networks = [setup.encoding.network(genome, about) for genome in genomes]
    return min(networks, key=lambda network: len(connections(network) ^ connections(before)))


def told(network, **about):
    """The network with where it comes from."""
    return replace(network, about={**network.about, **about})


# ---- Q_m


def q_table(study, treatments=TREATMENTS):
    """One row per solved network: Q, Q_rand, Q_max and Q_m in several ways (``q_m.csv``)."""
    return once(study, "q_m.csv", lambda: q_rows(study, treatments, solved))


def best_q_table(study, treatments):
    """The same of the best networks of all runs, solved or not, of circuits."""
    return once(study, "q_m.csv", lambda: q_rows(study, treatments, everyone))


def q_rows(study, treatments, chosen):
    """Rows of ``q_m.csv``."""
    rows: list[dict[str, Any]] = []
    highest: dict[str, Any] = {}
    for treatment in treatments:
        system = "retina" if treatment in RETINA else "circuit"
        genomes: dict[int, float] = {}
        for replicate, network in chosen(study, treatment).items():
            highest[system] = highest.get(system) or evolved_q_max(study, system)
            row = q_row(study, treatment, network, highest[system], genomes)
            rows.append({"treatment": treatment, "replicate": replicate} | row)
    return rows or [{"treatment": "none"} | dict.fromkeys(("replicate", *Q_COLUMNS), np.nan)]


Q_COLUMNS = (
    "nodes", "connections", "q", "q_rand", "q_rand_genomes", "q_max", "q_max_searched", "q_m",
    "q_m_genomes", "q_m_searched", "q_greedy", "q_rand_greedy", "q_m_greedy",
)  # fmt: skip


def q_row(study, treatment, network, highest, genomes):
    """Of one network. ``genomes`` remembers Q_rand of random genomes by the number of nodes."""
    nulls, network = SIZES["nulls"], network.simplified()
    found = normalised_modularity(network, draws=nulls, directed=False, method=METHOD)
    other = normalised_modularity(
        network, draws=SIZES["other_nulls"], directed=False, method=OTHER, q_max=highest["q_greedy"]
    )
    assert isinstance(found, NormalisedModularity) and isinstance(other, NormalisedModularity)
    matrix = adjacency_of(network)
    nodes = int((matrix.any(axis=0) | matrix.any(axis=1)).sum())
    if nodes not in genomes:
        genomes[nodes] = q_of_genomes(config_of(study, treatment), network)
    q, q_max = found.q, highest["q"]
    return {
        "nodes": nodes,
        "connections": int(matrix.sum()),
        "q": q,
        "q_rand": found.q_rand,
        "q_rand_genomes": genomes[nodes],
        "q_max": q_max,
        "q_max_searched": found.q_max,
        "q_m": (q - found.q_rand) / (q_max - found.q_rand),
        "q_m_genomes": (q - genomes[nodes]) / (q_max - genomes[nodes]),
        "q_m_searched": found.q_m,
        "q_greedy": other.q,
        "q_rand_greedy": other.q_rand,
        "q_m_greedy": other.q_m,
    }


def q_of_genomes(config, network):
    """Mean Q of random genomes with as many nodes as a network; NaN where too few of them have so many."""
    setup, draws = evomod.prepare(config), SIZES["nulls"]
    try:
        return null_distribution(
            network, "genomes", draws, directed=False, method=METHOD, setup=setup
        ).mean()
    except EvomodError:
        return np.nan


def undirected_q(encoding, known, genomes):
    """Q ``[individual]`` of genomes as undirected graphs; to take the place of ``q`` in a toolbox.

    ``known`` remembers Q by genome and by network.
    """
    new = [genome for genome in genomes if genome.tobytes() not in known]
    if new:
        wiring, working = encoding.wiring, encoding.simplify(np.array(new)) != 0
        keys = [b"network" + row.tobytes() for row in np.packbits(working, axis=1)]
        rows = {key: k for k, key in enumerate(keys) if key not in known}
        if rows:
            graphs = np.zeros((len(rows), wiring.n_nodes, wiring.n_nodes))
            network, edge = np.nonzero(working[list(rows.values())])
            graphs[network, wiring.source[edge], wiring.target[edge]] = 1.0
            known.update(zip(rows, q_of_many(undirected(graphs), METHOD)[0].tolist(), strict=True))
        known.update((genome.tobytes(), known[key]) for genome, key in zip(new, keys, strict=True))
    return np.array([known[genome.tobytes()] for genome in genomes])


def evolve_for_q(config, goal, seed, generations):
    """The last generation of an evolution whose goal is the undirected Q, everything else as in ``config``."""
    config = config.model_copy(
        update={
            "task": config.task.model_copy(update={"goal": goal}),
            "schedule": type(config.schedule)(),
            "evolution": config.evolution.model_copy(
                update={"generations": generations, "stop": "generations"}
            ),
        }
    )
    setup = evomod.prepare(config)
    setup.toolbox.register("q", undirected_q, setup.encoding, {})
    *_, last = evomod.evolve(setup.config, seed, setup=setup)
    return last


def evolved_q_max(study, system):
    """``{"q", "q_greedy"}``: mean Q of the best networks of evolutions for Q, of all runs of a system."""
    mine, table = q_max_runs(study, system)
    return {name: float(table[name][mine].mean()) for name in ("q", "q_greedy")}


def q_max_runs(study, system):
    """The rows of a system, and ``q_max.csv``: Q of the best of every run, in the setting of the fixed goal."""

    def make():
        both = (("circuit", "fg-and"), ("retina", "retina-fg"))
        systems = both if "fg-and" in study.treatments else (("circuit", study.treatments[0]),)
        return [
            {"treatment": name, "run": run} | best_q(config_of(study, treatment), run)
            for name, treatment in systems
            for run in range(SIZES["q_max_runs"])
        ]

    table = once(study, "q_max.csv", make, made_of="no run of the study")
    return table["treatment"] == system, table


def best_q(config, run):
    """Q of the best of one evolution for Q by `METHOD`, and by `OTHER`; ``run`` is its seed."""
    last = evolve_for_q(config, MAX_MODULARITY, run, SIZES["q_max_generations"])
    greedy = modularity(last.best.simplified(), OTHER, directed=False).q
    return {"q": float(last.fitness[last.best_row]), "q_greedy": greedy}


# ---- motifs


def motif_table(study, name="motifs.csv", treatments=TREATMENTS, chosen=solved):
    """Mean and standard error of z of every subgraph, over the networks of a treatment.

    Nulls of circuits keep the degrees, those of the retina the layers too. Networks in which z of a
    subgraph is no number (all nulls agree) are left out of its mean; ``networks`` counts the others.
    """

    def make():
        rows = []
        for treatment in treatments:
            networks = list(chosen(study, treatment).values())
            for size in (3, 4):
                rows += motif_rows(treatment, networks, size)
        return rows or [{"treatment": "none"} | dict.fromkeys(MOTIF_COLUMNS, np.nan)]

    return once(study, name, make)


MOTIF_COLUMNS = ("size", "subgraph", "networks", "z", "z_se", "count", "count_null")


def motif_rows(treatment, networks, size):
    """Of one treatment and size."""
    null = "layered" if treatment in RETINA else "degree-preserving"
    profiles: list[Any] = [motifs(n.simplified(), size, null, SIZES["draws"]) for n in networks]
    rows = []
    for k, number in enumerate(profiles[0].ids.tolist() if profiles else []):
        z = np.array([profile.z[k] for profile in profiles])
        z = z[~np.isnan(z)]
        rows.append(
            {
                "treatment": treatment,
                "size": size,
                "subgraph": number,
                "networks": z.size,
                "z": z.mean() if z.size else np.nan,
                "z_se": standard_error(z),
                "count": np.mean([profile.counts[k] for profile in profiles]),
                "count_null": np.mean([profile.null_mean[k] for profile in profiles]),
            }
        )
    return rows


def standard_error(values):
    """Of the mean; NaN for fewer than two values."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def mean_of(values):
    """Mean, its standard error, and the number of values."""
    return (float(np.mean(values)) if len(values) else np.nan, standard_error(values), len(values))


def profile(table, treatment, size):
    """``ids, z, error`` of one treatment's subgraphs of a size."""
    mine = (table["treatment"] == treatment) & (table["size"] == size)
    return table["subgraph"][mine], table["z"][mine], table["z_se"][mine]


# ---- drawing


def not_solved(axes, what):
    """An empty panel that says why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, f"no run solved\n{what}", ha="center", va="center", transform=axes.transAxes)


def plot_profiles(axes, table, size, labels, shown=10):
    """z of the subgraphs of a size, ``labels`` giving the treatments; subgraphs drawn below the axis."""
    found = {name: profile(table, name, size) for name in labels}
    found = {name: columns for name, columns in found.items() if columns[0].size}
    if not found:
        not_solved(axes, "its goals")
        return
    ids = next(iter(found.values()))[0]
    means, errors = (np.array([columns[k] for columns in found.values()]) for k in (1, 2))
    mine = table["size"] == size
    n = {name: int(table["networks"][mine & (table["treatment"] == name)].max()) for name in found}
    names = [f"{labels[name]}, n = {n[name]}" for name in found]
    plot_motif_means(axes, size, ids, means, errors, names, shown)
