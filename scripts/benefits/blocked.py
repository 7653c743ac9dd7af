"""Networks that causes of modularity made, with Q then pushed down or not: Q, and how soon copies adapt to other goals."""

import numpy as np
from matplotlib.figure import Figure

from evomod.config import towards
from evomod.evolvability.transfers import fitness_course
from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.benefits.derived import (
    CAP,
    NEARLY,
    PUSH,
    REPEATS,
    configs,
    descendant,
    end_of,
    length,
    pushed_config,
    solved,
)
from evomod.scripts.causes.derived import CONTROL, about, first_at, stream
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

STUDY = "study_blocked.toml"
FULL = "150 runs of 10,000 generations, then two lines of descent of each and 20 adaptations, about an hour of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=800", "evolution.population=300"]}

DIRECTIONS = {"none": "", "down": ", Q pushed down"}
GOALS = ("left-not-right", "top-and-bottom")
"""Of the same two parts, and of other halves; neither is rewarded, nor the negation of a goal that is."""
RELATED = GOALS[0]
COLUMNS = ("direction", "fitness", "q", "connections", *GOALS)


def lines(study, jobs=None):
    """Lines of descent of every perfect network, and how soon each adapts (``blocked.csv``); empty rows where there is none.

    A line evolves for 1000 generations towards the trained goal by the control's config, with Q pushed down or not. Generations
    until copies of its last network reach 0.95, by performance alone and with any number of connections: median of repeats, the
    cap if not.
    """
    return further_table(study, "blocked.csv", lambda keys: _lines(study, keys, jobs))


def _lines(study, keys, jobs):
    plain, founders = configs(study)[CONTROL], solved(study, keys)
    push, cap = length(study, PUSH), length(study, CAP)
    calls = [
        (pushed_config(plain, direction, push), network, stream(study, key, 0, k))
        for key, network in founders
        for k, direction in enumerate(DIRECTIONS)
    ]
    ends = in_workers(descendant, calls, jobs)
    free = plain.model_copy(update={"pressures": type(plain.pressures)()})
    trials = [
        (
            towards(free, goal),
            network,
            goal,
            stream(study, founders[n // 2][0], 1, n % 2, k, repeat),
            cap,
        )
        for n, network in enumerate(ends)
        for k, goal in enumerate(GOALS)
        for repeat in range(REPEATS)
    ]
    times = np.array([reached(course, cap) for course in in_workers(fitness_course, trials, jobs)])
    medians = np.median(times.reshape(len(ends), len(GOALS), REPEATS), axis=2)
    made = [
        about(founders[n // 2][0]) | {"direction": list(DIRECTIONS)[n % 2]} | end_of(network)
        | dict(zip(GOALS, medians[n].tolist(), strict=True))
        for n, network in enumerate(ends)
    ]  # fmt: skip
    perfect = {key for key, _ in founders}
    return made + [
        about(key) | dict.fromkeys(COLUMNS, "") | {"direction": direction}
        for key in keys
        if key not in perfect
        for direction in DIRECTIONS
    ]


def reached(course, cap):
    """Generations until a course reaches 0.95, the cap if it does not."""
    found = first_at(course, NEARLY)
    return cap if found == "" else found


def of_lines(study, column, treatment, direction):
    """A column ``[line]`` of lines that are still perfect, NaN of others."""
    mine = rows_of(lines(study), treatment=treatment, direction=direction)
    is_perfect = mine["fitness"].astype(float) == 1.0
    return np.where(is_perfect, mine[column].astype(float), np.nan)


def prepare(study, jobs=None):
    """Push and adapt: ``blocked.csv``."""
    lines(study, jobs)


def draw(study):
    """Lines that are still perfect: Q, connections, and generations to two goals; a dot is a line."""
    groups = {}
    for name in study.treatments:
        for direction, words in DIRECTIONS.items():
            values = {c: of_lines(study, c, name, direction) for c in ("q", "connections", *GOALS)}
            groups[f"{study.labels[name]}{words}"] = {c: v[~np.isnan(v)] for c, v in values.items()}
    labels = {goal: f"generations to\n{goal.replace('-', ' ')}" for goal in GOALS}
    figure = Figure(figsize=(9.0, 3.4), layout="constrained")
    panels = plot_columns(figure, groups, {"q": "Q", "connections": "connections"} | labels)
    if any(values[RELATED].size for values in groups.values()):  # an empty axis has no logarithm
        for axes in panels[2:]:
            axes.set_xscale("log")
    return figure
