"""Whole last populations on new combinations of subgoals and on random goals: how soon they solve them, and who is left of two."""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from evomod.config import towards
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare as prepared
from evomod.evolvability.competition import GENERATIONS, compete, genomes_of
from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.causes.derived import about, config_of, stream
from evomod.scripts.parter2008.novel import CAP, REPEATS, with_random_goals
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

STUDY = "study_competition.toml"
FULL = "90 runs of 100,020 generations, about 1.5 hours of one core, and half an hour for what follows"
QUICK = {"replicates": 4, "settings": ["evolution.generations=620", "evolution.population=500"]}

HOME, FIXED = "xor-or-xor", "fg"
"""The goal of every arm's last epoch, and the arm that knows no other."""
GOALS = ("eq-or-eq", "xor-and-xor")
"""Combinations of known subgoals. To MVG of three goals both are new, and so are their negations, which are each other."""
RANDOM_GOALS = 10
"""Of as many ones as each of `GOALS`."""
PARTNERS = 5
"""Populations of the fixed goal, those of the next numbers, that a population competes with."""
KINDS = (*GOALS, "random")
COLUMNS = (*KINDS, *(f"share:{kind}" for kind in KINDS))


def competition(study, jobs=None):
    """``competition.csv``: of every last population that solves `HOME`, generations to other goals, and its shares.

    ``<goal>``: generations until the whole population solves it, median of repeats, `CAP` if not. ``share:<goal>``: what
    share of a mixed population descends from it after 40 generations, mean over partners: populations of the fixed goal
    that solve `HOME` too. ``random``: means over random goals, the same for all runs. Rows are made when all runs are done.
    """

    def make(keys):
        if len(study.summary["treatment"]) < len(study.treatments) * study.study.replicates:
            return []
        found = in_workers(measured, [(study, key) for key in keys], jobs)
        return [about(key) | columns for key, columns in zip(keys, found, strict=True)]

    return further_table(study, "competition.csv", make)


def solves(study, key):
    """Whether the best of a run's last generation solves `HOME`."""
    rows = rows_of(study.summary, treatment=key[0], replicate=key[1])
    return rows[f"fitness:{HOME}"].tolist() == [1.0]


def partners(study, replicate):
    """Runs of the fixed goal that a run competes with: of those that solve `HOME` the next in the circle."""
    n = study.study.replicates
    circle = [(FIXED, (replicate + k) % n) for k in range(1, n)]
    return [study.run(key) for key in circle if solves(study, key)][:PARTNERS]


def measured(study, key):
    """Columns of one run; empty where it has nothing to go on from."""
    columns = dict.fromkeys(COLUMNS, "")
    if not solves(study, key):
        return columns
    task = with_random_goals(study.study.seed, GOALS, RANDOM_GOALS)
    random = [name for name in task.goals if name.startswith("random")]
    drawn = stream(study, key, 0).spawn(len(GOALS) + len(random))
    seeds = {
        goal: one.spawn(REPEATS + PARTNERS) for goal, one in zip((*GOALS, *random), drawn, strict=True)
    }

    def by_kind(value_of):
        """Of every new combination, and of random goals the mean."""
        goals = {goal: [goal] for goal in GOALS} | {"random": random}
        return {
            kind: round(float(np.mean([value_of(goal, seeds[goal]) for goal in these])), 4)
            for kind, these in goals.items()
        }

    config, run, others = config_of(study, key[0]), study.run(key), partners(study, key[1])
    columns |= by_kind(partial(generations, config, run, task))
    if others:
        shares = by_kind(partial(share, config, run, others, task))
        columns |= {f"share:{kind}": value for kind, value in shares.items()}
    return columns


def generations(config, run, task, goal, seeds):
    """Median over repeats until a run's last population solves a goal, `CAP` where it does not; random goals are tried once."""
    setup, times = prepared(towards(config, goal, generations=CAP, stop="solved"), task), []
    for one in seeds[: REPEATS if goal in GOALS else 1]:
        *_, last = evolve(setup.config, one, setup=setup, start=genomes_of(setup, run))
        times.append(last.number if last.is_solved else CAP)
    return np.median(times)


def share(config, run, others, task, goal, seeds):
    """Mean over partners of what descends from a run after a competition."""
    courses = (
        compete(run, other, goal, config=config, seed=one, task=task).share
        for other, one in zip(others, seeds[REPEATS:], strict=False)
    )
    return np.mean([course[GENERATIONS] for course in courses])


def prepare(study, jobs=None):
    """Let last populations go on, alone and against each other: ``competition.csv``."""
    competition(study, jobs)


def draw(study):
    """Q_m, generations to every goal, and shares of descendants against populations of the fixed goal; a dot is a run."""
    table, groups = competition(study), {}
    for name in study.treatments:
        summary, mine = (rows_of(one, treatment=name) for one in (study.summary, table))
        groups[study.labels[name]] = {"q_m": summary["q_m"].astype(float)} | {
            column: mine[column].astype(float) for column in COLUMNS
        }
    words = {kind: kind if kind in GOALS else "a random goal" for kind in KINDS}
    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False)[:, 0]
    times = {kind: f"generations to\n{words[kind]}" for kind in KINDS}
    for axes in plot_columns(above, groups, {"q_m": "Q_m"} | times)[1 : 1 + len(GOALS)]:
        axes.set_xscale("symlog", linthresh=1)
        axes.set_xlim(-0.15, 12 * CAP)  # room for the numbers of runs, off the dots
        axes.set_xticks([0, 1, 10, 100, CAP], ["0", "1", "10", "100", f"{CAP}"])
    labels = {f"share:{kind}": f"share of descendants, {words[kind]}" for kind in KINDS}
    for axes in plot_columns(below, groups, labels):
        axes.axvline(0.5, color="0.6", lw=0.8, zorder=0)
        axes.set_xlim(-0.02, 1.2)
        axes.set_xticks([0.0, 0.5, 1.0])
    return figure
