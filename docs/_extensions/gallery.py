"""A picture of every plotting function, from data that are made up; the page reference/pictures shows them.

python docs/_extensions/gallery.py     # draws them anew, into docs/reference/pictures; tests/test_gallery.py compares
"""

from pathlib import Path

import matplotlib
import networkx
import numpy as np
from matplotlib.figure import Figure

import evomod
from evomod import measures
from evomod.plots import modules, motifs, runs, studies

PICTURES = Path(__file__).parent.parent / "reference" / "pictures"
SIZE, DPI = (4.0, 3.0), 100


def log(n=400, period=100):
    """A course of two goals that take turns: each time fitness falls and comes back."""
    generation = np.arange(n + 1)
    since = generation % period
    best = 1.0 - 0.25 * np.exp(-since / 15.0)
    wave = 0.3 + 0.05 * np.sin(generation / 25.0)
    return {
        "generation": generation,
        "goal": np.where(generation // period % 2 == 0, "left-and-right", "left-or-right"),
        "best_fitness": np.round(best * 256) / 256,
        "mean_fitness": best - 0.08,
        "q_score": wave,
        "since_switch": since,
    }


def network(**sections):
    """One that was born at random."""
    setup = evomod.prepare(sections)
    return setup.encoding.network(setup.encoding.birth(1, np.random.default_rng(4))[0])


def layered():
    return network(task="retina", network={"initial_connections": (40, 40)})


def groups():
    rng = np.random.default_rng(1)
    return [rng.normal(mean, 0.05, 30) for mean in (0.25, 0.35, 0.45)]


LABELS = ["performance alone", "goal switching", "connection cost"]


def curves():
    """Rows of ``curves.csv``."""
    generation = np.tile(np.arange(0, 1001, 50), 2)
    name = np.repeat(["pa", "pcc"], 21)
    q = np.where(name == "pa", 0.2, 0.45) * (1.0 - np.exp(-generation / 200.0))
    columns = {"q": q, "q_low": q - 0.03, "q_high": q + 0.03}
    return {"treatment": name, "generation": generation, "n": np.full(42, 30), **columns}


def density():
    """Rows of ``density.csv.gz``."""
    cost, q = (
        side.ravel() for side in np.meshgrid(np.arange(0.0, 100.0, 5.0), np.arange(0.0, 0.6, 0.05))
    )
    number = np.round(1000.0 * np.exp(-(((cost - 40.0) / 25.0) ** 2) - ((q - 0.25) / 0.12) ** 2))
    return {"connection_cost": cost, "q_score": q, "individuals": number}


def profiles():
    """z of every subgraph of three nodes, of two groups of four networks."""
    return measures.motif_ids(3), np.stack([np.linspace(-2.0, 3.0, 13), np.linspace(3.0, -2.0, 13)])


def draw_chance(axes):
    runs.plot_q(axes, log(), "clune2013")
    return runs.plot_chance(axes, layered(), "clune2013")


def draw_layers(axes):
    found = layered().simplified()
    return runs.plot_layers(axes, found, evomod.modularity(found, "clune2013").modules)


def draw_interval(axes):
    for k, values in enumerate(groups()):
        studies.plot_interval(axes, k, values, runs.COLOURS[k])
    return axes


def draw_profile(axes):
    graphs = [networkx.gn_graph(20, seed=s).reverse() for s in range(3)]
    found = [
        measures.motifs(networkx.to_numpy_array(g), 3, draws=20, rng=np.random.default_rng(1))
        for g in graphs
    ]
    return motifs.plot_motif_profile(axes, [found], ["trees that grow"])


def draw_means(axes):
    ids, means = profiles()
    return motifs.plot_motif_means(axes, 3, ids, means, np.full(means.shape, 0.3), ["one", "other"])


def draw_club(axes):
    graph = networkx.karate_club_graph()
    return modules.plot_modules(axes, graph, measures.modularity(graph, "refined").by_name)


DRAWINGS = {
    "plot_fitness": lambda axes: runs.plot_fitness(axes, log()),
    "plot_q": lambda axes: runs.plot_q(axes, log(), "clune2013"),
    "plot_switches": lambda axes: runs.plot_switches(axes, log()),
    "plot_chance": draw_chance,
    "plot_network": lambda axes: runs.plot_network(axes, layered()),
    "plot_layers": draw_layers,
    "plot_circuit": lambda axes: runs.plot_circuit(axes, network(task="circuit")),
    "plot_medians": lambda axes: studies.plot_medians(
        axes, curves(), "q", {"pa": "performance alone", "pcc": "connection cost"}
    ),
    "plot_boxes": lambda axes: studies.plot_boxes(axes, groups(), LABELS),
    "plot_dots": lambda axes: studies.plot_dots(axes, groups(), LABELS),
    "plot_interval": draw_interval,
    "plot_density": lambda axes: studies.plot_density(
        axes, density(), (5.0, 0.05), ((0.0, 100.0), (0.0, 0.6))
    ),
    "draw_motif": lambda axes: motifs.draw_motif(axes, 4, 204),
    "plot_motif_profile": draw_profile,
    "plot_motif_means": draw_means,
    "plot_modules": draw_club,
}
"""By the name of the function: what it draws into the Axes, which it returns."""


def draw(name, path):
    """One picture."""
    with matplotlib.rc_context(studies.STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.subplots()
        assert DRAWINGS[name](axes) is axes
        figure.savefig(path, dpi=DPI)


if __name__ == "__main__":
    for drawn in DRAWINGS:
        draw(drawn, PICTURES / f"{drawn}.png")
