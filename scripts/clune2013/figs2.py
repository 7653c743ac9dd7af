"""Other costs (connections, nodes), inputs at random places, and the other goal: Q and performance."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from evomod.papers.scripts import companion
from evomod.plots.studies import plot_columns, rows_of

STUDY = "study_sweeps.toml"
FULL = (
    "800 runs of 25,000 generations, about 16 hours of one core, "
    "of which this needs 250; PA and P&CC are those of study.toml"
)
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}

SHOWN = ("pcc-connections", "pcc-nodes", "pcc-random-coordinates", "pa-or", "pcc-or")
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}


def draw(study):
    """Every replicate's best network of the last generation, medians with 95 % intervals."""
    static = companion(study, Path(__file__), "study.toml")
    groups: dict[str, Any] = {}
    for found, names in ((static, ("pa", "pcc")), (study, SHOWN)):
        if found is not None:
            groups |= {found.labels[name]: rows_of(found.summary, treatment=name) for name in names}
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
