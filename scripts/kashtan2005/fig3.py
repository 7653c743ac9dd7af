"""Modularity lost: circuits that evolved under varying goals, under one fixed goal with a higher price of size."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

import evomod
from evomod.measures import normalised_modularity
from evomod.measures.normalised import NormalisedModularity
from evomod.plots.runs import COLOURS
from evomod.scripts.kashtan2005 import derived

STUDY = "study.toml"
FULL = "250 runs of at most 100,000 generations, then 20 of 1000, about half an hour of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

GOAL, ABOVE = "xor-or-xor", 10
"""Quoted: G2, and the penalty above the 10th gate."""
STARTS, RUNS = 4, 20
"""Quoted: circuits that the runs start from, and runs."""
GENERATIONS = (*range(0, 101, 5), *range(125, 301, 25), *range(400, 1001, 100))
"""In which Q_m is measured; the paper shows the first 100."""
NULLS = 300
SEED = 3


def prepare(study, jobs=None):
    """Evolve the modular circuits under the fixed goal: ``decay.csv``."""
    derived.q_table(study)
    derived.once(study, "decay.csv", lambda: decay(study))


def starts(study):
    """The networks of MVG runs that ended with the goal solved, those of the highest Q_m first."""
    table = derived.q_table(study)
    mine = table["treatment"] == "mvg"
    q_m = dict(zip(table["replicate"][mine].tolist(), table["q_m"][mine].tolist(), strict=True))
    enough = derived.config_of(study, "mvg").evolution.solved_at
    solved = derived.solved(study, "mvg")
    solved = {r: n for r, n in solved.items() if n.about["fitness"][GOAL] >= enough}
    return [solved[r] for r in sorted(solved, key=lambda r: -q_m[r])]


def decay(study):
    """One row per run and generation: fitness, gates, Q and Q_m of the best."""
    networks, rows = starts(study)[:STARTS], []
    known: dict[Any, Any] = {}
    for run in range(RUNS if networks else 0):
        network = networks[run % len(networks)]
        about = {"start": network.about["replicate"], "run": run}
        start = population(config(study), network)
        for generation in evomod.evolve(config(study), (SEED, run), start=start):
            if generation.number in GENERATIONS:
                rows.append(about | measured(study, generation, generation.best_row, known))
    return rows or [dict.fromkeys(("start", "run", *MEASURES), np.nan)]


def config(study):
    """Of the fixed goal, with the price of size above another gate."""
    return dearer(derived.config_of(study, "fg-or", generations=GENERATIONS[-1], stop="generations"))


def dearer(config):
    """With the price of size above another gate."""
    network = config.network.model_copy(update={"penalty_above": ABOVE})
    return config.model_copy(update={"network": network})


def population(config, network):
    """Copies of a network, as genomes."""
    setup = evomod.prepare(config)
    genome = setup.encoding.genome(network)
    return np.repeat(genome[None], setup.config.evolution.population, axis=0)


MEASURES = ("generation", "fitness", "gates", "q", "q_m")


def measured(study, generation, row, known):
    """Of the individual in a row of a generation. ``known`` remembers what was measured of a network."""
    setup = generation.setup
    network = setup.encoding.network(generation.population.genomes[row]).simplified()
    key = tuple(sorted(derived.connections(network)))
    if key not in known:
        highest = derived.evolved_q_max(study, "circuit")["q"]
        found = normalised_modularity(
            network, draws=NULLS, directed=False, method=derived.METHOD, q_max=highest
        )
        gates = {node for pair in key for node in pair} - set(network.inputs.tolist())
        assert isinstance(found, NormalisedModularity)
        known[key] = (len(gates), found.q, found.q_m)
    fitness = float(generation.fitness[row])
    return dict(zip(MEASURES, (generation.number, fitness, *known[key]), strict=True))


def means(table, value):
    """``generations, mean, standard error`` over the circuits that runs start from, of the means of their runs.

    Runs of one circuit are no independent ones: at generation 0 they are all the same.
    """
    generations, starts = np.unique(table["generation"]), np.unique(table["start"])
    of_starts = np.array(
        [
            [table[value][(table["start"] == s) & (table["generation"] == g)].mean() for s in starts]
            for g in generations
        ]
    )
    errors = np.array([derived.standard_error(row) for row in of_starts])
    return generations, of_starts.mean(axis=1), errors


def draw(study):
    """Mean Q_m and its standard error; beside it fitness and gates of the best, which say why."""
    table = derived.once(study, "decay.csv", lambda: decay(study))
    figure = Figure(figsize=(7.2, 3.0), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    if np.isnan(table["generation"]).all():
        for axes in (left, middle, right):
            derived.not_solved(axes, "that ended with G2 solved")
        return figure
    n_runs, n_starts = np.unique(table["run"]).size, np.unique(table["start"]).size
    for axes, most in ((left, 100), (middle, GENERATIONS[-1])):
        generations, mean, error = means(table, "q_m")
        seen = generations <= most
        axes.errorbar(
            generations[seen], mean[seen], yerr=error[seen], fmt="o-", ms=3, lw=1, color=COLOURS[0]
        )
        axes.axhline(0.0, color="#999999", lw=0.8)
        axes.set_xlabel("generation")
    left.set_ylabel("Q_m of the best")
    left.set_title("100 generations, as in the paper")
    middle.set_title("1,000 generations")
    middle.sharey(left)
    for value, label, colour, marker in (
        ("fitness", "fitness of the best on G2", COLOURS[5], "o"),
        ("gates", "gates of the best / 12", COLOURS[2], "s"),
    ):
        generations, mean, error = means(table, value)
        scale = 12.0 if value == "gates" else 1.0
        right.errorbar(
            generations, mean / scale, yerr=error / scale, fmt=f"{marker}-", ms=3, lw=1, color=colour,
            label=label,
        )  # fmt: skip
    right.set_xscale("symlog", linthresh=10)
    right.set_xlabel("generation")
    right.set_title("fitness and size")
    right.legend(loc="best", frameon=False)
    right.set_ylabel("fitness; gates as share of 12")
    figure.suptitle(
        f"{n_runs} runs from {n_starts} circuits of MVG runs: mean and standard error over the circuits",
        fontsize=8,
    )
    return figure
