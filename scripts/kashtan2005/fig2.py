"""Circuits drawn: one evolved under a fixed goal, two of one run in successive epochs of varying goals."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import evomod
from evomod.measures import modularity
from evomod.plots.circuit_layout import shared_positions
from evomod.plots.runs import MARK, plot_circuit
from evomod.plots.studies import explain_networks
from evomod.scripts.kashtan2005 import derived

STUDY = "study.toml"
FULL = "250 runs of at most 100,000 generations, and one of them further, about half an hour of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

FURTHER = 10_000
"""Generations after a run is solved within which two successive epochs are sought that both end solved."""


def prepare(study, jobs=None):
    """Evolve one MVG run further until two successive epochs end solved: ``successive_circuits.json``."""
    derived.networks_once(study, "successive_circuits.json", lambda: circuits(study))


def circuits(study):
    """The FG circuit, then the two of the MVG run; those that there are.

    Both runs are those of median time to solve. Of the second epoch it is the circuit that differs least
    from the first epoch's, among all that solve the goal.
    """
    found = []
    if derived.times(study, "fg-and"):
        replicate = derived.median_run(study, "fg-and")
        network = derived.solved(study, "fg-and")[replicate]
        about = {"generation": derived.times(study, "fg-and")[replicate], "goal": "xor-and-xor"}
        seed = derived.seed(study, "fg-and", replicate)
        found.append(derived.told(network, treatment="fg-and", replicate=replicate, seed=seed, **about))
    if derived.times(study, "mvg"):
        found += successive(study, derived.median_run(study, "mvg"))
    return found


def successive(study, replicate):
    """The best before a switch, and the nearest to it before the next one, as soon as both are perfect."""
    first, seed = derived.times(study, "mvg")[replicate], derived.seed(study, "mvg", replicate)
    config = derived.config_of(study, "mvg", generations=first + FURTHER, stop="generations")
    before = None
    for generation in evomod.evolve(config, seed):
        if generation.number <= first or generation.number % config.schedule.period:
            continue
        about = {"generation": generation.number, "goal": generation.goal, "seed": seed}
        about |= {"treatment": "mvg", "replicate": replicate}
        if generation.is_solved and before is not None:
            return [before, derived.told(derived.nearest(generation, before), **about)]
        before = None
        if generation.is_solved:
            before = derived.told(generation.best, inputs=list(generation.setup.task.inputs), **about)
    return []


def draw(study):
    """Panels a to c of Fig. 2; connections that b and c do not share are black and thick."""
    networks = derived.networks_once(study, "successive_circuits.json", lambda: circuits(study))
    figure = Figure(figsize=(7.2, 3.8), layout="constrained")
    panels = figure.subplots(1, 3)
    fixed = [network for network in networks if network.about["treatment"] == "fg-and"]
    varying = [network for network in networks if network.about["treatment"] == "mvg"]
    show(panels[0], fixed, 0, "a", "FG")
    for k, letter in ((0, "b"), (1, "c")):
        show(panels[1 + k], varying, k, letter, "MVG")
    mark = Line2D([], [], color=MARK, linewidth=2.6, label="not in the other of b and c")
    explain_networks(figure, networks, others=[mark] if len(varying) > 1 else [])
    return figure


def show(axes, networks, k, letter, title):
    """One circuit, in the same places as the other of its run."""
    axes.text(0.0, 1.0, letter, fontweight="bold", transform=axes.transAxes)
    if len(networks) <= k:
        derived.not_solved(axes, title)
        return
    network, others = networks[k], [n for n in networks if n is not networks[k]]
    marked = derived.differing(network, others[0]) if others else set()
    plot_circuit(axes, network, derived.METHOD, marked=marked, positions=shared_positions(networks))
    about, q = network.about, modularity(network.simplified(), derived.METHOD, directed=False).q
    changed = f"\n{derived.counted(marked, 'connection')} that the other lacks" if others else ""
    axes.set_title(
        f"{title}: {about['goal']}\ngeneration {about['generation']:,}, Q {q:.2f}{changed}", fontsize=7
    )
