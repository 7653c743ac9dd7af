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
FULL = "90 runs of 100,020 generations, about 1.5 hours of one core, and some minutes for what follows"
QUICK = {"replicates": 4, "settings": ["evolution.generations=619", "evolution.population=500"]}

HOME = "xor-or-xor"
"""The goal of every arm's last epoch."""
GOALS = ("eq-or-eq", "eq-and-xor", "xor-and-eq")
"""Combinations of known subgoals that no arm was ever rewarded for; `eq-and-eq` is left out, the negation of `HOME`."""
MVG, OTHERS = "mvg", ("fg", "fg-priced")
KINDS = (*GOALS, "random")
COLUMNS = (*KINDS, *(f"{other}:{kind}" for other in OTHERS for kind in KINDS))


def competition(study, jobs=None):
    """``competition.csv``: of every last population that solves `HOME`, generations to other goals; of MVG, its shares.

    ``<goal>``: generations until the whole population solves it, median of repeats, `CAP` if not. ``<other>:<goal>``: what
    share of a mixed population descends from MVG after 40 generations, where the other arm's run of the same number
    solves `HOME` too. ``random``: means over three goals, the same for all runs, of as many ones as the first of `GOALS`.
    """

    def make(keys):
        asked = [
            key for key in keys if key[0] != MVG or all(has(study, other, key[1]) for other in OTHERS)
        ]
        found = in_workers(measured, [(study, key) for key in asked], jobs)
        return [about(key) | columns for key, columns in zip(asked, found, strict=True)]

    return further_table(study, "competition.csv", make)


def has(study, treatment, replicate):
    """Whether that run is done."""
    rows = rows_of(study.summary, treatment=treatment)
    return replicate in rows["replicate"].tolist()


def solves(study, key):
    """Whether the best of a run's last generation solves `HOME`."""
    rows = rows_of(study.summary, treatment=key[0], replicate=key[1])
    return rows[f"fitness:{HOME}"].tolist() == [1.0]


def measured(study, key):
    """Columns of one run; empty where it has nothing to go on from."""
    columns = dict.fromkeys(COLUMNS, "")
    if not solves(study, key):
        return columns
    task = with_random_goals(study.study.seed)
    random = [name for name in task.goals if name.startswith("random")]
    drawn = stream(study, key, 0).spawn(len(GOALS) + len(random))
    seeds = {goal: one.spawn(2 * REPEATS) for goal, one in zip((*GOALS, *random), drawn, strict=True)}
    config = config_of(study, MVG)  # without a price of gates, whatever the arm had

    def by_kind(value_of):
        """Of every new combination, and of random goals the mean."""
        goals = {goal: [goal] for goal in GOALS} | {"random": random}
        return {
            kind: round(float(np.mean([value_of(goal, seeds[goal]) for goal in these])), 4)
            for kind, these in goals.items()
        }

    run = study.run(key)
    columns |= by_kind(partial(generations, config, run, task))
    for other in OTHERS if key[0] == MVG else ():
        if solves(study, (other, key[1])):
            shares = by_kind(partial(share, config, (run, study.run((other, key[1]))), task))
            columns |= {f"{other}:{kind}": value for kind, value in shares.items()}
    return columns


def generations(config, run, task, goal, seeds):
    """Median over repeats until a run's last population solves a goal, `CAP` where it does not."""
    setup, times = prepared(towards(config, goal, generations=CAP, stop="solved"), task), []
    for one in seeds[:REPEATS]:
        *_, last = evolve(setup.config, one, setup=setup, start=genomes_of(setup, run))
        times.append(last.number if last.is_solved else CAP)
    return np.median(times)


def share(config, runs, task, goal, seeds):
    """Mean over repeats of what descends from the first of two runs after a competition."""
    first, second = runs
    courses = (
        compete(first, second, goal, config=config, seed=one, task=task).share for one in seeds[REPEATS:]
    )
    return np.mean([course[GENERATIONS] for course in courses])


def prepare(study, jobs=None):
    """Let last populations go on, alone and against each other: ``competition.csv``."""
    competition(study, jobs)


def draw(study):
    """Above, generations to every goal by arm; below, shares of MVG's descendants against both arms."""
    table = competition(study)
    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False)[:, 0]
    times = {
        study.labels[name]: {
            "q_m": rows_of(study.summary, treatment=name)["q_m"].astype(float),
            **{kind: rows_of(table, treatment=name)[kind].astype(float) for kind in KINDS},
        }
        for name in study.treatments
    }
    words = {kind: f"generations to\n{kind if kind != 'random' else 'a random goal'}" for kind in KINDS}
    plot_columns(above, times, {"q_m": "Q_m"} | words)
    mine = rows_of(table, treatment=MVG)
    shares = {
        f"against {study.labels[other]}": {kind: mine[f"{other}:{kind}"].astype(float) for kind in KINDS}
        for other in OTHERS
    }
    plot_columns(
        below, shares, {kind: f"share of MVG after {GENERATIONS}\ngenerations, {kind}" for kind in KINDS}
    )
    for axes in below.axes:
        axes.axvline(0.5, color="0.6", lw=0.8, zorder=0)
        axes.set_xlim(0, 1)
    return figure
