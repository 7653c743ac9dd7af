"""Hierarchy, Q and performance on AND-XOR-AND, and how many subgoals neurons tell: PA and P&CC."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod import measures
from evomod.plots.studies import (
    explain_networks,
    medians_in_words,
    plot_boxes,
    plot_medians,
    plot_small_networks,
)
from evomod.statistics import FEWEST
from evomod.task import load_task

STUDY = "study.toml"
FULL = "90 runs of 25,000 generations, about 3 hours of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=300", "evolution.population=300"]}

SHOWN = 8
"""Networks a treatment (the paper shows 16)."""
TASK = load_task("and-xor-and")
CURVES = {"hierarchy": "hierarchy", "q_score": "Q", "best_fitness": "performance"}


def draw(study):
    """Panels B to G of Fig. 2."""
    figure = Figure(figsize=(7.2, 8.8), dpi=140, layout="constrained")  # below 300 kB as a PNG
    parts: Any = figure.subfigures(3, 1, height_ratios=(2.3, 4.2, 2.3))
    top, middle, bottom = parts
    curves(top, study)
    networks(middle, study)
    bars(bottom, study)
    return figure


def curves(figure, study):
    """Medians with 95 % intervals over generations."""
    table = study.curves
    labels = {name: study.labels[name] for name in study.treatments if name in table["treatment"]}
    panels = figure.subplots(1, 3)
    for axes, (column, name) in zip(panels, CURVES.items(), strict=True):
        plot_medians(axes, table, column, labels)
        axes.set_title(f"{name} of the best")
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, table["generation"].max())
    panels[2].set_ylim(top=1.02)
    signs = panels[0].get_legend_handles_labels()
    figure.legend(*signs, loc="outside lower center", ncols=3, frameon=False)
    figure.suptitle(medians_in_words(table["n"].tolist()), fontsize=8)


def networks(figure, study):
    """The best networks, in the colours of their modules."""
    rows, drawn = figure.subfigures(len(study.treatments), 1), []
    for row, treatment in zip(rows, study.treatments, strict=True):
        found = sorted(
            study.networks.get(treatment, []), key=lambda n: -n.about["fitness"]["and-xor-and"]
        )[:SHOWN]
        simple = [network.simplified() for network in found]
        drawn += found
        titles = [
            f"F {n.about['fitness']['and-xor-and']:.3f}\nH {measures.hierarchy(s):.2f}, Q {n.about['q_score']:.2f}"
            for n, s in zip(found, simple, strict=True)
        ]
        modules = [measures.modularity(s).modules for s in simple]
        plot_small_networks(row.subplots(1, SHOWN), simple, modules, titles)
        row.suptitle(
            f"{study.labels[treatment]}: best networks (F performance, H hierarchy)", fontsize=8
        )
    explain_networks(figure, drawn)


def subgoals_told(network):
    """Share of the six subgoals that some neuron tells for every pattern, by a threshold at 0."""
    return float(np.mean(measures.decomposition(network, TASK).best == 1.0))


DRAWS = 200
"""Random networks of the same degrees behind a z of hierarchy."""


def hierarchy_z(study, treatment):
    """z ``[run]`` of the hierarchy of every run's best network among networks of the same degrees."""
    networks = [network.simplified() for network in study.networks.get(treatment, [])]
    return np.array([measures.null_hierarchy(n, draws=DRAWS).z for n in networks])


def bars(figure, study):
    """Every replicate's network of the last generation."""
    panels = figure.subplots(1, 3)
    summary = study.summary
    columns = [summary["hierarchy"], summary["q_score"], None]
    for axes, name, column in zip(panels, ("hierarchy", "Q", "subgoals told"), columns, strict=True):
        groups = []
        for treatment in study.treatments:
            if column is None:
                groups.append(np.array([subgoals_told(n) for n in study.networks.get(treatment, [])]))
            else:
                groups.append(column[summary["treatment"] == treatment])
        plot_boxes(axes, groups, [study.labels[t].replace(", ", ",\n") for t in study.treatments])
        axes.set_title(name)
    n_least = min(len(group) for group in groups)
    boxes = "boxes: quartiles; " if n_least >= FEWEST else ""
    figure.suptitle(f"last generation; {boxes}line: median; dots: runs", fontsize=8)
