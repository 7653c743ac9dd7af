"""How soon copies of the last circuits solve other goals: seen before, new combinations of subgoals, and random ones."""

import numpy as np
from matplotlib.figure import Figure

from evomod.evolution.schedules import random_goal
from evomod.evolution.setup import prepare as prepared
from evomod.evolvability.neighbourhood import neighbourhood
from evomod.evolvability.transfers import adapting, with_goal
from evomod.plots.studies import plot_columns, rows_of
from evomod.population import goal_bits
from evomod.scripts.causes.derived import about, config_of, networks_of, stream
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table
from evomod.task import load_task

STUDY = "study.toml"
FULL = "120 runs of 100,000 generations, about 2 hours of one core, and some minutes for the adaptations"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=500"]}

HOME = "xor-and-xor"
"""From here all set out: the goal of the fixed-goal arm, and one of every other's."""
GOALS = ("xor-or-xor", "non-modular-neighbour", "eq-or-eq", "eq-and-eq")
FAMILY = tuple(f"{g}-{f}-{h}" for g in ("xor", "eq") for f in ("and", "or") for h in ("xor", "eq"))
"""All goals f(g(x, y), h(w, z)) with g and h XOR or EQ, f AND or OR."""
RANDOM_GOALS, LIKE = 3, "eq-or-eq"
REPEATS, CAP = 3, 500
"""Populations of copies a goal, our choice; and generations, those of the paper's curves."""
PANELS = {
    "q_m": "Q_m",
    "home": f"generations back\nto {HOME}",
    **{goal: f"generations from there\nto {goal}" for goal in GOALS},
    "random": "generations from there\nto a random goal",
    "near": "goals of the family\none mutation away",
}


def novel(study, jobs=None):
    """``novel.csv``: for every last circuit, generations of copies to `HOME`, and from there to every other goal; `CAP` if not.

    Empty where `HOME` is not reached. ``random``: the mean over random goals, the same for all runs, of as many ones as
    `LIKE`. ``near``: how many of the family's other goals a single mutation solves.
    """

    def make(keys):
        networks = networks_of(study, keys)
        calls = [
            (config_of(study, key[0]), network, stream(study, key), study.study.seed)
            for key, network in zip(keys, networks, strict=True)
        ]
        found = in_workers(adaptations, calls, jobs)
        return [about(key) | columns for key, columns in zip(keys, found, strict=True)]

    return further_table(study, "novel.csv", make)


def adaptations(config, network, seed, root):
    """Columns of one circuit."""
    to_home, *seeds = seed.spawn(1 + len(GOALS) + RANDOM_GOALS)
    *_, last = adapting(config, network, HOME, to_home, cap=CAP)
    names = (*GOALS, "random", "near")
    if not last.is_solved:
        return {"home": CAP} | dict.fromkeys(names, "")
    settler, task = last.best, with_random_goals(root)
    drawn = [name for name in task.goals if name.startswith("random")]
    times = [
        generations(config, settler, goal, task, one)
        for goal, one in zip((*GOALS, *drawn), seeds, strict=True)
    ]
    around = neighbourhood(
        settler, prepared(config), [goal for goal in FAMILY if goal != HOME], goal=HOME
    )
    near = sum(reach.best == 1.0 for reach in around.reach.values())
    mean = round(float(np.mean(times[len(GOALS) :])), 3)
    return {"home": last.number} | dict(zip(names, (*times[: len(GOALS)], mean, near), strict=True))


def generations(config, network, goal, task, seed):
    """Median over repeats until copies of a circuit solve a goal, `CAP` for those that do not."""
    courses = (adapting(config, network, goal, one, cap=CAP, task=task) for one in seed.spawn(REPEATS))
    lasts = [list(course)[-1] for course in courses]
    return int(np.median([last.number if last.is_solved else CAP for last in lasts]))


def with_random_goals(root, likes=(LIKE,), number=RANDOM_GOALS):
    """The task with random goals of as many ones as each of ``likes``, so many of each."""
    task, rng = load_task("circuit"), np.random.default_rng(root)
    for like in likes:
        wanted = len(task.goals) + number
        while len(task.goals) < wanted:
            task = with_goal(task, random_goal(task, goal_bits(task, like), None, rng))
    return task


def prepare(study, jobs=None):
    """Let copies of every last circuit adapt: ``novel.csv``."""
    novel(study, jobs)


def draw(study):
    """Every replicate's last circuit: Q_m, and how soon its copies solve other goals."""
    table = novel(study)
    groups = {}
    for name in study.treatments:
        summary, adapted = (rows_of(one, treatment=name) for one in (study.summary, table))
        groups[study.labels[name]] = {
            column: (summary if column == "q_m" else adapted)[column].astype(float) for column in PANELS
        }
    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    names = list(PANELS)
    parts = figure.subfigures(2, 1, squeeze=False)[:, 0]
    for part, shown in zip(parts, (names[:4], names[4:]), strict=True):
        plot_columns(part, groups, {name: PANELS[name] for name in shown})
    return figure
