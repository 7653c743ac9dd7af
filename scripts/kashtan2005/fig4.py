"""Circuits with six inputs and three outputs in four successive epochs of varying goals (G1, G4, G2, G4)."""

from collections import deque
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import evomod
from evomod.measures import modularity
from evomod.plots.circuit_layout import shared_positions
from evomod.plots.runs import MARK, plot_circuit
from evomod.plots.studies import explain_networks
from evomod.scripts.kashtan2005 import derived

STUDY = "study_outputs.toml"
FULL = "30 runs of at most 300,000 generations, about 20 minutes of one core"
QUICK = {"replicates": 1, "settings": ["evolution.generations=2000"]}

TREATMENT = "three-outputs"
SHOWN = ("g1", "g4", "g2", "g4")
SIZE = 120
"""Of a gate, in points²: circuits are up to twelve levels high."""
FURTHER = 1200
"""Generations after all goals are solved: ten rounds of the goals."""


def prepare(study, jobs=None):
    """Evolve the quickest run again and further: ``epochs.json``."""
    derived.networks_once(study, "epochs.json", lambda: circuits(study))


def circuits(study):
    """Circuits at the ends of four successive epochs, all solved; fewer, or none, if there are no four.

    The run is the one that took the fewest generations. Each circuit but the first differs the least from
    the one before, among all that solve the goal.
    """
    times = derived.times(study, TREATMENT)
    if not times:
        return last_ones(study)
    replicate = min(times, key=times.get)
    seed = derived.seed(study, TREATMENT, replicate)
    last = times[replicate] + FURTHER
    config = derived.config_of(study, TREATMENT, generations=last, stop="generations")
    longest: list[Any] = []
    row: deque[Any] = deque(maxlen=len(SHOWN))
    for generation in evomod.evolve(config, seed):
        if generation.number % config.schedule.period or generation.number == 0:
            continue
        if not generation.is_solved:
            row.clear()
            continue
        network = derived.nearest(generation, row[-1]) if row else generation.best
        about = {"generation": generation.number, "goal": generation.goal, "solved": True}
        about |= {
            "inputs": list(generation.setup.task.inputs),
            "treatment": TREATMENT,
            "replicate": replicate,
            "seed": seed,
        }
        row.append(derived.told(network, **about))
        if tuple(n.about["goal"] for n in row) == SHOWN and generation.number >= times[replicate]:
            return list(row)
        if len(row) > len(longest):
            longest = list(row)
    return longest


def last_ones(study):
    """Where nothing was solved: the best circuit of the first run at its end."""
    network = study.networks[TREATMENT][0]
    goal = network.about.get("goal", "?")
    return [derived.told(network, goal=goal, solved=False, generation=network.about["generation"])]


def draw(study):
    """One panel per epoch; connections that the epoch before did not have are black and thick."""
    networks = derived.networks_once(study, "epochs.json", lambda: circuits(study))
    figure = Figure(figsize=(7.2, 9.6), layout="constrained")
    panels = figure.subplots(2, 2).ravel()
    places = shared_positions(networks)
    for k, axes in enumerate(panels):
        if k >= len(networks):
            derived.not_solved(axes, "four epochs in a row")
            continue
        network = networks[k]
        marked = derived.differing(network, networks[k - 1]) if k else set()
        plot_circuit(axes, network, derived.METHOD, marked=marked, positions=places, size=SIZE)
        about, q = network.about, modularity(network.simplified(), derived.METHOD, directed=False).q
        state = "" if about["solved"] else ", not solved"
        new = f", {derived.counted(marked, 'new connection')}" if k else ""
        axes.set_title(
            f"{about['goal'].upper()}, generation {about['generation']:,}{state}, Q {q:.2f}{new}",
            fontsize=7,
        )
    mark = Line2D([], [], color=MARK, linewidth=2.6, label="new since the epoch before")
    explain_networks(figure, networks, others=[mark] if len(networks) > 1 else [])
    return figure
