"""Five XORs, and two hierarchical XORs: Q, performance, and networks that keep their parts apart."""

from typing import Any

from matplotlib.figure import Figure

from evomod.plots.studies import explain_networks, plot_columns, plot_small_networks, rows_of
from evomod.scripts.clune2013 import claims_xor as claims

STUDY = "study_xor.toml"
FULL = "200 runs of 25,000 generations, about 6 hours of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=600"]}

COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance of the best"}
SHOWN = 4
"""Networks a treatment."""


def draw(study):
    """Every replicate of the last generation, and the best networks in the colours of their modules."""
    summary = study.summary
    figure = Figure(figsize=(6.0, 6.1), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(1.6, 4.4))
    top, bottom = parts
    groups = {study.labels[name]: rows_of(summary, treatment=name) for name in study.treatments}
    plot_columns(top, groups, COLUMNS)
    for row, name in zip(bottom.subfigures(4, 1), study.treatments, strict=True):
        networks(row, study, name)
    drawn = [network for name in study.treatments for network in best(study, name)]
    explain_networks(bottom, drawn)
    return figure


def best(study, name):
    """The fittest networks of a treatment, among equals the first by number."""
    networks = study.networks.get(name, [])
    return sorted(networks, key=lambda n: (-max(n.about["fitness"].values()), n.about["replicate"]))[
        :SHOWN
    ]


def networks(figure, study, name):
    """The best networks; modules as `separation` in claims_xor.py parts them."""
    found = best(study, name)
    simple = [network.simplified() for network in found]
    titles = [f"{max(n.about['fitness'].values()):.3f}, Q {n.about['q_score']:.2f}" for n in found]
    modules = [claims.separation(network, name).modules for network in found]
    plot_small_networks(figure.subplots(1, SHOWN), simple, modules, titles)
    kept = claims.apart(study, name)
    figure.suptitle(
        f"{study.labels[name]}: parts kept apart in {int(kept.sum())} of {kept.size}; best (performance, Q)",
        fontsize=8,
    )
