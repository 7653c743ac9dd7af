"""Performance, Q, the best networks, and where populations lie in cost and Q: PA and P&CC."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod import measures
from evomod.plots.studies import (
    explain_networks,
    masked,
    medians_in_words,
    plot_density,
    plot_medians,
    plot_small_networks,
)
from evomod.studies.run_rows import COST_BIN, Q_BIN
from evomod.task import load_task

STUDY = "study.toml"
FULL = "200 runs of 25,000 generations, about 4 hours of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=600", "tracking.population_every=100"]}

RETINA = load_task("retina")
DOTS = 110
"""An inch; at 120 the picture takes more than 300 kB."""
SHOWN = 12
"""Networks a treatment, as in the paper."""
ALPHABET = "weights -2 -1 1 2"
"""Of the networks and populations that are shown; the other has curves only."""
SNAPSHOTS = 6
"""Most generations of which populations are shown."""


def draw(study):
    """Panels c to g of Fig. 2; curves of both alphabets of weights, the rest of `ALPHABET` alone."""
    figure = Figure(figsize=(7.2, 9.2), dpi=DOTS, layout="constrained")
    parts: Any = figure.subfigures(3, 1, height_ratios=(2.2, 4.4, 2.2))
    top, middle, bottom = parts
    curves(top, study)
    networks(middle, study, ("pa", "pcc"))
    densities(bottom, study, ("pa", "pcc"))
    return figure


def curves(figure, study):
    """Medians with 95 % intervals, generations on a logarithmic axis."""
    left, right = figure.subplots(1, 2)
    table = study.curves
    labels = {name: study.labels[name] for name in study.treatments if name in table["treatment"]}
    plot_medians(left, table, "best_fitness", labels)
    plot_medians(right, table, "q_score", labels)
    for axes, name in ((left, "performance"), (right, "Q")):
        axes.set_ylabel(f"{name} of the best")
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, table["generation"].max())
    left.set_ylim(0.7, 1.005)
    left.legend(loc="lower right", frameon=False)
    figure.suptitle(medians_in_words(table["n"].tolist()), fontsize=8)


def networks(figure, study, treatments):
    """The best networks of each treatment, among equals by replicate, split in two by the leading eigenvector."""
    rows, drawn = figure.subfigures(len(treatments), 1), []
    for row, treatment in zip(rows, treatments, strict=True):
        found = sorted(
            study.networks.get(treatment, []),
            key=lambda network: (
                -network.about["fitness"]["left-and-right"],
                network.about["replicate"],
            ),
        )[:SHOWN]
        simple = [network.simplified() for network in found]
        drawn += found
        titles = [
            f"{n.about['fitness']['left-and-right']:.3f}, Q {n.about['q_score']:.2f}" for n in found
        ]
        cells = row.subplots(2, SHOWN // 2).ravel()
        splits: list[Any] = [measures.decomposition(n, RETINA).first_split for n in simple]
        plot_small_networks(cells, simple, [split.modules for split in splits], titles)
        row.suptitle(
            f"{study.labels[treatment]}, {ALPHABET}: best networks, among equals the first by number "
            "(performance, Q)",
            fontsize=8,
        )
    explain_networks(figure, drawn, "part")


def densities(figure, study, treatments):
    """Share of individuals of all runs in every cell of cost and Q, from the first to the last generation."""
    table = study.density
    generations = np.unique(table["generation"])
    places = np.linspace(0, generations.size - 1, min(SNAPSHOTS, generations.size))
    shown = generations[places.round().astype(int)]
    limits = (0.0, table["connection_cost"].max() + COST_BIN), (0.0, table["q_score"].max() + Q_BIN)
    cells = figure.subplots(len(treatments), shown.size, sharex=True, sharey=True, squeeze=False)
    for row, treatment in zip(cells, treatments, strict=True):
        for axes, generation in zip(row, shown, strict=True):
            mine = (table["treatment"] == treatment) & (table["generation"] == generation)
            image = plot_density(axes, masked(table, mine), (COST_BIN, Q_BIN), limits).images[-1]
            axes.set_title(f"generation {generation:,}", fontsize=6)
    for axes, treatment in zip(cells[:, 0], treatments, strict=True):
        axes.set_ylabel(f"{study.labels[treatment]}\nQ")
    figure.supxlabel("connection cost", fontsize=8)
    figure.colorbar(image, ax=cells, label="share of all individuals", shrink=0.8)
    figure.suptitle(f"populations of all runs, {ALPHABET}", fontsize=8)
