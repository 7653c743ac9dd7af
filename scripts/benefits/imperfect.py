"""What mutations that add or remove connections do to Q of networks that are modular and not yet perfect: useful and harmful ones."""

import numpy as np
from matplotlib.figure import Figure

from evomod.evolution.setup import prepare as prepared
from evomod.evolvability.neighbourhood import answers_of, mutants
from evomod.plots.runs import COLOURS
from evomod.population import goal_bits, score
from evomod.pressures.connection_range import outside
from evomod.pressures.max_modularity import Known, measure
from evomod.runs.replay import replayed
from evomod.scripts.benefits.derived import WINDOW
from evomod.scripts.benefits.intervention import draw_twins
from evomod.scripts.causes.derived import ROUND, TRAINED, about
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

STUDY = "study_imperfect.toml"
FULL = "400 runs of at most 1000 generations, about 15 minutes of one core"
QUICK = {"replicates": 4, "settings": ["evolution.population=300"]}

MODULAR = 0.35
"""The least Q of a network that counts as modular: our choice; random networks of this size have about 0.25."""
MOST = 40
"""Networks of a run that are looked at, the most modular first."""
CHANGES = {
    "adds": "add connections",
    "removes": "remove connections",
    "changes": "change any connection",
}
"""What a mutation does to the working connections."""
KINDS = ("useful", "harmful")
COLUMNS = (
    "generation", "fitness", "q", "connections",
    *(f"{a}{change}_{kind}" for change in CHANGES for kind in KINDS for a in ("", "dq_")),
)  # fmt: skip


def improvable(study, jobs=None):
    """Of every run the most modular imperfect network that a mutation of its connections improves (``improvable.csv``).

    Of the best of all generations, with a fitness in `WINDOW` and at least `MODULAR`. Of its single mutants those count whose
    working connections differ and are as many as the run allows: selection sees no others. For each kind of
    change how often variation makes useful and harmful ones, and their mean change of Q; empty where there are none.
    """

    def make(keys):
        found = in_workers(of_run, [(study.run(key),) for key in keys], jobs)
        return [about(key) | row for key, row in zip(keys, found, strict=True)]

    return further_table(study, "improvable.csv", make)


def of_run(run):
    """Columns of one run, empty where it has no such network."""
    moments, nothing = candidates(run.log), dict.fromkeys(COLUMNS, "")
    if not moments.size:
        return nothing
    setup = prepared(run.config)
    in_order = sorted(moments.tolist())
    networks = dict(zip(in_order, replayed(run, in_order), strict=True))
    for moment in moments.tolist():
        found = around(networks[moment], setup)
        if found["changes_useful"] > 0.0:
            told = {name: "" if np.isnan(v) else round(float(v), ROUND) for name, v in found.items()}
            return {"generation": moment} | told
    return nothing


def candidates(log):
    """Generations of modular imperfect networks, the most modular first; of equal fitness and Q the earliest."""
    fitness, q = (log[name].astype(float) for name in (f"fitness:{TRAINED}", "q_score"))
    there = np.flatnonzero((fitness >= WINDOW[0]) & (fitness <= WINDOW[1]) & (q >= MODULAR))
    _, first = np.unique(np.column_stack((q, fitness))[there], axis=0, return_index=True)
    distinct = there[np.sort(first)]
    return distinct[np.argsort(-q[distinct], kind="stable")][:MOST]


def around(network, setup):
    """Fitness, Q and connections of a network, and what its mutants do; NaN where there are no such mutants."""
    genome = setup.encoding.genome(network)
    genomes, weights = mutants(genome, setup)
    fitness = score(*answers_of(setup, genome, genomes), goal_bits(setup.task, TRAINED), setup.tie_rule)
    works = setup.encoding.simplify(np.concatenate((genome[None], genomes))) != 0
    held = setup.config.pressures.get("connection-range")
    counts = (works != works[0]).any(axis=1) & (outside(works, held.fewest, held.most) == 0.0)
    q = np.full(len(works), np.nan)
    q[1:][counts[1:]] = q_of(setup, genomes[counts[1:]])
    q[0] = q_of(setup, genome[None])[0]
    connections = works.sum(axis=1)
    more, better, dq = ((values - values[0])[1:] for values in (connections, fitness, q))
    changed = {"adds": more > 0, "removes": more < 0, "changes": np.ones(more.size, np.bool_)}
    found = {"fitness": fitness[0], "q": q[0], "connections": connections[0]}
    for change, is_such in changed.items():
        for kind, is_kind in zip(KINDS, (better > 0.0, better < 0.0), strict=True):
            mine = counts[1:] & is_such & is_kind
            total = weights[mine].sum()
            found[f"{change}_{kind}"] = total
            found[f"dq_{change}_{kind}"] = weights[mine] @ dq[mine] / total if total > 0.0 else np.nan
    return found


def q_of(setup, genomes):
    """Q of genomes, as the run logs it."""
    return measure(setup.encoding, setup.config.tracking.q_method, Known(), genomes)


def prepare(study, jobs=None):
    """Find those networks and mutate them: ``improvable.csv``."""
    improvable(study, jobs)


def draw(study):
    """A panel for each kind of change; lines join useful and harmful mutations of one network."""
    table = improvable(study)
    figure = Figure(figsize=(7.6, 3.2), layout="constrained")
    panels = figure.subplots(1, len(CHANGES), sharey=True)
    for axes, (change, words) in zip(panels, CHANGES.items(), strict=True):
        values = np.array([table[f"dq_{change}_{kind}"].astype(float) for kind in KINDS])
        pairs = values[:, np.isfinite(values).all(axis=0)]
        draw_twins(axes, dict(zip(KINDS, pairs, strict=True)), dict(zip(KINDS, COLOURS, strict=False)))
        axes.axhline(0.0, color="0.6", lw=0.8, zorder=0)
        axes.set_xticks(range(len(KINDS)), ["raise fitness", "lower it"], fontsize=7)
        axes.set_title(f"mutations that {words}\n({pairs.shape[1]} networks have both)", fontsize=8)
    panels[0].set_ylabel("mean change of Q by a mutation")
    return figure
