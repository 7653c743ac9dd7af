"""Fitness over generations and subgraphs of circuits: fixed goal (FG) and modularly varying goals (MVG)."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

import evomod
from evomod.plots.runs import COLOURS
from evomod.plots.studies import masked, rows_of
from evomod.scripts.kashtan2005 import derived

STUDY = "study.toml"
FULL = "250 runs of at most 100,000 generations, then 1000 random graphs a network, about 40 minutes of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

SHOWN = {"fg-and": 1.25, "mvg": 3.0}
"""How far the example runs are shown, in times that they took to solve."""
MOST_POINTS = 600


def prepare(study, jobs=None):
    """Evolve the two example runs again and further; count subgraphs: ``example_runs.csv``, ``motifs.csv``."""
    derived.once(study, "example_runs.csv", lambda: example_runs(study))
    derived.motif_table(study)


def example_runs(study):
    """Best and mean fitness of the run of median time to solve, of each treatment."""
    rows = []
    for treatment, times in SHOWN.items():
        if not derived.times(study, treatment):
            continue
        replicate = derived.median_run(study, treatment)
        last = int(times * derived.times(study, treatment)[replicate]) + 100
        rows += fitness_of(study, treatment, replicate, last)
    return rows or [dict.fromkeys(COLUMNS, 0)]


COLUMNS = ("treatment", "replicate", "seed", "generation", "switch", "best_fitness", "mean_fitness")


def fitness_of(study, treatment, replicate, last):
    """Of every generation, thinned where the goal is fixed; with varying goals those before a switch.

    Between the switches of the inset every generation is kept.
    """
    config = derived.config_of(study, treatment, generations=last, stop="generations")
    seed, period = derived.seed(study, treatment, replicate), config.schedule.period
    is_fixed = config.schedule.kind == "fixed"
    step = max(1, last // MOST_POINTS) if is_fixed else period
    rows = []
    for generation in evomod.evolve(config, seed):
        number = generation.number
        if number % step and is_fixed:
            continue
        best = float(generation.fitness[generation.best_row])
        mean = float(generation.fitness.mean())
        row = (treatment, replicate, seed, number, int(number % period == 0), best, mean)
        rows.append(dict(zip(COLUMNS, row, strict=True)))
    if is_fixed:
        return rows
    columns = {name: np.array([row[name] for row in rows]) for name in COLUMNS}
    shown = zoomed(columns, period, config.evolution.solved_at)
    return [row for row in rows if row["switch"] or row["generation"] in shown]


def zoomed(rows, period, enough):
    """Generations about two switches between three successive epochs that end solved; none if there are none.

    Of all such switches of a run those in the middle. ``rows``: columns of the run; an epoch's last
    generation is that before a switch.
    """
    ends = rows_of(rows, switch=1)
    solved = set(ends["generation"][ends["best_fitness"] >= enough].tolist())
    firsts = [g for g in sorted(solved) if {g + period, g + 2 * period} <= solved]
    if not firsts:
        return range(0)
    middle = firsts[(len(firsts) - 1) // 2]
    return range(middle - period // 2, middle + 2 * period + 1)


def draw(study):
    """Panels a to d of Fig. 1."""
    figure = Figure(figsize=(7.2, 8.4), layout="constrained")
    parts: Any = figure.subfigures(3, 1, height_ratios=(2.4, 2.6, 2.8))
    above, middle, below = parts
    left, right = above.subplots(1, 2)
    fitness(left, right, study)
    table = derived.motif_table(study)
    labels = {"fg-and": "FG (AND)", "mvg": "MVG"}
    for part, size, letter in ((middle, 3, "c"), (below, 4, "d")):
        axes = part.subplots()
        derived.plot_profiles(axes, table, size, labels)
        axes.set_title(letter, loc="left", fontweight="bold")
        axes.set_title("mean ± standard error", loc="right")
    return figure


def fitness(left, right, study):
    """Panels a and b, with the inset of b."""
    table = derived.once(study, "example_runs.csv", lambda: example_runs(study))
    for axes, treatment, letter, title in (
        (left, "fg-and", "a", "FG"),
        (right, "mvg", "b", "MVG, before each switch"),
    ):
        rows = rows_of(table, treatment=treatment)
        axes.set_title(letter, loc="left", fontweight="bold")
        if not rows["generation"].size:
            derived.not_solved(axes, title)
            continue
        title += f": replicate {int(rows['replicate'][0])}, median time"
        if treatment == "mvg":
            title += f"\n{epochs_solved(study, rows)} epochs end solved"
            inset(axes, study, rows)
            rows = rows_of(rows, switch=1)
        axes.set_title(title)
        plot(axes, rows)
        axes.set_ylim(0.5, 1.02)
        axes.set_xlabel("generation")
    left.set_ylabel("fitness (fraction right)")
    if left.lines:
        left.legend(loc="lower right", frameon=False)


def plot(axes, rows):
    """Best and mean fitness."""
    axes.plot(rows["generation"], rows["mean_fitness"], color="#999999", lw=1, label="population mean")
    axes.plot(rows["generation"], rows["best_fitness"], color=COLOURS[5], lw=1.4, label="best")


def epochs_solved(study, rows):
    """How many of a run's epochs end with their goal solved, in words."""
    ends = rows_of(rows, switch=1)
    best = ends["best_fitness"][ends["generation"] > 0]
    solved = best >= derived.config_of(study, "mvg").evolution.solved_at
    return f"{solved.sum()} of {solved.size}"


def inset(axes, study, rows):
    """Two switches, generation by generation; none if no three successive epochs end solved."""
    config = derived.config_of(study, "mvg")
    period = config.schedule.period
    span = zoomed(rows, period, config.evolution.solved_at)
    if not span:
        return
    mine = (rows["generation"] >= span.start) & (rows["generation"] < span.stop)
    part = masked(rows, mine)
    small = axes.inset_axes((0.42, 0.1, 0.55, 0.36))
    plot(small, part)
    small.set_ylim(min(0.45, float(np.min(part["mean_fitness"])) - 0.02), 1.05)
    for switch in (span.stop - 1 - 2 * period, span.stop - 1 - period):
        small.axvline(switch + 0.5, color="black", lw=0.8, ls=":")
    small.tick_params(labelsize=6)
    small.set_title("around two switches", fontsize=6, pad=2)
