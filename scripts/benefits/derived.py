"""Tables of the interventions: lines of descent with Q pushed, how soon they adapt, early modularity, and mutants.

Every table has rows for single runs of a study and is completed when runs were added. Seeds are fixed, so a table
comes out the same again.
"""

from typing import Any

import numpy as np

from evomod.config import Config, apply_pressures, config_data, towards
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.evolvability.neighbourhood import answers_of, mutants
from evomod.evolvability.transfers import fitness_course
from evomod.files.disk import write_whole
from evomod.files.tables import csv_line
from evomod.measures import modularity
from evomod.plots.studies import rows_of
from evomod.population import goal_bits, score
from evomod.pressures.max_modularity import Known, measure
from evomod.runs.checkpoints import best_network
from evomod.runs.replay import replayed
from evomod.scripts.causes.derived import OTHERS, ROUND, TRAINED, about, first_at, networks_of, stream
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

DIRECTIONS = {"up": "Q pushed up", "none": "neither", "down": "Q pushed down"}
PROBABILITY = 0.25
"""Share of comparisons in which Q counts: that of the connection cost of Clune et al. 2013."""
PUSH = 1000
"""Generations of a line of descent, a tenth where populations are small."""
REPEATS = 5
"""Adaptations of a network to a goal, as in Clune et al. 2013."""
CAP = 1000
"""Generations of an adaptation."""
NEARLY = 0.95
"""The fitness that counts as adapted, as in the study of causes."""
LINES = ("direction", "fitness", "q", "connections", "goal", "repeat", "start", "nearly", "solved")
MUTANTS = (
    "generation",
    "fitness",
    "q",
    *(f"{a}{b}" for b in ("useful", "neutral", "harmful") for a in ("", "dq_")),
)
SMALL = 300
"""Populations below this are of a trial, whose lines and adaptations are a tenth as long."""


def pushed_config(config, direction, generations):
    """The config of a line of descent: of its founder, and Q as an objective where it is pushed."""
    data = config_data(config)
    if direction != "none":
        apply_pressures(data, [f"modularity:direction={direction},probability={PROBABILITY}"])
    return towards(Config.model_validate(data), TRAINED, stop="generations", generations=generations)


def descendant(config, network, seed):
    """The best of the last generation of a population of copies that evolves by the config, with its fitness."""
    setup = prepare(config)
    copies = np.repeat(setup.encoding.genome(network)[None], config.evolution.population, axis=0)
    *_, last = evolve(config, seed, setup=setup, start=copies)
    return best_network(last)


def length(study, whole):
    """Generations, a tenth of the whole in a trial."""
    population = study.study.treatments[0].config.evolution.population
    return whole // 10 if population <= SMALL else whole


def configs(study):
    """The config of every treatment."""
    return {treatment.name: treatment.config for treatment in study.study.treatments}


def solved(study, keys):
    """The best networks of those of the runs that are perfect, with their keys."""
    found = zip(keys, networks_of(study, keys), strict=True)
    return [(key, network) for key, network in found if network.about["fitness"][TRAINED] == 1.0]


def lines(study, jobs=None):
    """Lines of descent of every perfect network, and how soon each adapts (``lines.csv``).

    One row per direction, goal and repeat: what the line ended as, and generations to a fitness of 0.95 and of 1 on a goal
    that was never rewarded; empty where that takes more than the cap.
    """
    begun(study, "lines.csv", LINES)
    return further_table(study, "lines.csv", lambda keys: _lines(study, keys, jobs), ["held"])


def begun(study, name, columns):
    """Write a table's first line: perhaps no run has anything to add to it."""
    path = study.folder / name
    if not path.exists():
        write_whole(path, csv_line(("treatment", "replicate", *columns)))


def _lines(study, keys, jobs):
    known, asked, push = configs(study), solved(study, keys), length(study, PUSH)
    calls = [
        (pushed_config(known[key[0]], direction, push), network, stream(study, key, 0, k))
        for key, network in asked
        for k, direction in enumerate(DIRECTIONS)
    ]
    ends = iter(in_workers(descendant, calls, jobs))
    ended = [(key, direction, next(ends)) for key, _ in asked for direction in DIRECTIONS]
    cap = length(study, CAP)
    trials = [
        (towards(known["free"], goal), network, goal, stream(study, key, 1, k, repeat), cap)
        for key, _, network in ended
        for k, goal in enumerate(OTHERS)
        for repeat in range(REPEATS)
    ]
    courses = iter(in_workers(fitness_course, trials, jobs))
    return [
        about(key) | {"direction": direction} | end_of(network) | {"goal": goal, "repeat": repeat}
        | adapted(next(courses))
        for key, direction, network in ended
        for goal in OTHERS
        for repeat in range(REPEATS)
    ]  # fmt: skip


def end_of(network):
    """Columns of the network that a line ends with."""
    simple = network.simplified()
    return {
        "fitness": round(float(network.about["fitness"][TRAINED]), ROUND),
        "q": round(modularity(simple).q, ROUND),
        "connections": int(simple.source.size),
    }


def adapted(course):
    """Columns of one adaptation."""
    return {
        "start": round(float(course[0]), ROUND),
        "nearly": first_at(course, NEARLY),
        "solved": first_at(course, 1.0),
    }


def of_lines(study, column, direction, goal=None):
    """A column of `lines`, one number per founder, its repeats' median; NaN where the line is no longer perfect.

    Generations beyond the cap count as the cap. Founders are those of which all three lines are known.
    """
    table = rows_of(lines(study), goal=goal or next(iter(OTHERS)))
    found, cap = [], length(study, CAP)
    for replicate in np.unique(table["replicate"]):
        mine = rows_of(table, replicate=replicate, direction=direction)
        values = mine[column].astype(float)
        values = np.where(np.isnan(values), cap, values) if column in ("nearly", "solved") else values
        found.append(np.median(values) if mine["fitness"][0] == 1.0 else np.nan)
    return np.array(found)


# ---- early modularity of a lineage

EARLY = 0.9
"""The fitness at which the lineage's Q is looked at."""


def early(study):
    """Q of the best when it first reached a fitness of 0.9, and generations from there until it was perfect (``early.csv``)."""

    def make(keys):
        return [about(key) | early_row(study.run(key).log) for key in keys]

    return further_table(study, "early.csv", make)


def early_row(log):
    """Columns of one run; a time is empty where the run ended before."""
    fitness = log[f"fitness:{TRAINED}"]
    first, end = first_at(fitness, EARLY), first_at(fitness, 1.0)
    if first == "":
        return {"generation": "", "q": "", "connections": "", "left": "", "most": ""}
    q = log["q_score"][first]
    return {
        "generation": first,
        "q": "" if np.isnan(q) else round(float(q), ROUND),
        "connections": int(log["connections"][first]),
        "left": "" if end == "" else end - first,
        "most": fitness.size - 1 - first,
    }


# ---- mutants of networks that are modular and not yet perfect

WINDOW = (0.85, 0.97)
"""Fitness of a network that is not yet perfect: our choice."""
FIRST = 1000
"""Generations of a run in which the most modular of these networks is looked for."""


def around(study, jobs=None):
    """How single mutations change Q of the most modular imperfect network of every run (``mutants.csv``).

    Means over mutants, weighted by how often variation makes each: of those that raise fitness, and of those that leave it.
    """

    def make(keys):
        calls = [(study.run(key),) for key in keys]
        found = zip(keys, in_workers(around_one, calls, jobs), strict=True)
        return [about(key) | row for key, row in found if row]

    begun(study, "mutants.csv", MUTANTS)
    return further_table(study, "mutants.csv", make)


def around_one(run):
    """Columns of one run, none where its best was never in the window."""
    log = run.log
    fitness, q = (log[name][:FIRST].astype(float) for name in (f"fitness:{TRAINED}", "q_score"))
    there = np.flatnonzero((fitness >= WINDOW[0]) & (fitness <= WINDOW[1]) & ~np.isnan(q))
    if not there.size:
        return {}
    moment = int(there[np.argmax(q[there])])
    network = replayed(run, [moment])[0]
    change, fitter, weights = mutant_changes(network, prepare(run.config))
    row: dict[str, Any] = {"generation": moment, "fitness": round(float(fitness[moment]), ROUND)}
    row["q"] = round(float(q[moment]), ROUND)
    for name, mine in (("useful", fitter > 0.0), ("neutral", fitter == 0.0), ("harmful", fitter < 0.0)):
        total = weights[mine].sum()
        row[name] = round(float(total), ROUND)
        mean = (weights[mine] * change[mine]).sum() / total if total > 0.0 else np.nan
        row[f"dq_{name}"] = "" if np.isnan(mean) else round(float(mean), ROUND)
    return row


def mutant_changes(network, setup):
    """Changes of Q and of fitness ``[mutant]`` by every single mutation, and the mutants' weights ``[mutant]``.

    Mutants without a connection have no Q and are left out.
    """
    genome = setup.encoding.genome(network)
    genomes, weights = mutants(genome, setup)
    yes, no = answers_of(setup, genome, genomes)
    fitness = score(yes, no, goal_bits(setup.task, TRAINED), setup.tie_rule)
    everyone = np.concatenate((genome[None], genomes))
    works = setup.encoding.simplify(everyone).any(axis=1)
    q = np.full(len(everyone), np.nan)
    q[works] = measure(setup.encoding, setup.config.tracking.q_method, Known(), everyone[works])
    kept = works[1:]
    return (q[1:] - q[0])[kept], (fitness[1:] - fitness[0])[kept], weights[kept]
