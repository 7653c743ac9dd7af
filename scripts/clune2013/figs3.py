"""A retina without parts (any four pixels): Q and performance beside the retina with two halves."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evomod.papers.scripts import companion
from evomod.plots.studies import medians_in_words, plot_columns, plot_medians, rows_of
from evomod.statistics import median_band

STUDY = "study_sweeps.toml"
FULL = (
    "800 runs of 25,000 generations, about 16 hours of one core, "
    "of which this needs 100; PA and P&CC are those of study.toml"
)
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}

SHOWN = ("pa-any-four", "pcc-any-four")
SEED = 1
"""Of the bootstrap behind the intervals of Q."""
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance of the best"}


def draw(study):
    """Medians over generations, and every replicate of the last one.

    Networks whose Q is 0 have no, or hardly any, connections; there is nothing to part, so they are left out of Q.
    """
    static = companion(study, Path(__file__), "study.toml")
    figure = Figure(figsize=(7.2, 5.2), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(2.8, 2.4))
    top, bottom = parts
    labels = {name: study.labels[name] for name in SHOWN}
    for axes, (column, name) in zip(top.subplots(1, 2), COLUMNS.items(), strict=True):
        curves = curves_of_q(study) if column == "q_score" else study.curves
        plot_medians(axes, curves, column, labels)
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, study.curves["generation"].max())
        axes.set_ylabel(name)
    top.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    n = study.curves["n"][np.isin(study.curves["treatment"], SHOWN)]
    top.suptitle(
        f"{medians_in_words(n.tolist())}; networks of Q = 0 (no, or hardly any, connections) are left out of Q",
        fontsize=8,
    )
    groups: dict[str, Any] = {}
    for found, names in ((static, ("pa", "pcc")), (study, SHOWN)):
        if found is not None:
            groups |= {
                found.labels[name]: parted(rows_of(found.summary, treatment=name)) for name in names
            }
    plot_columns(bottom, groups, COLUMNS)
    return figure


def parted(rows):
    """Rows in which a Q of 0 is no number."""
    q = rows["q_score"].astype(float)
    return rows | {"q_score": np.where(q == 0.0, np.nan, q)}


def curves_of_q(study):
    """Medians of Q over generations like those of ``curves.csv``, without networks whose Q is 0."""
    parts = []
    for name in SHOWN:
        rows = parted(rows_of(study.courses, treatment=name))
        generations, point = np.unique(rows["generation"], return_inverse=True)
        runs, run = np.unique(rows["replicate"], return_inverse=True)
        values = np.full((generations.size, runs.size), np.nan)
        values[point, run] = rows["q_score"]
        band = median_band(values, np.random.default_rng(SEED))
        parts.append(
            {
                "treatment": np.full(generations.size, name),
                "generation": generations,
                "n": band.n,
                "q_score": band.median,
                "q_score_low": band.low,
                "q_score_high": band.high,
            }
        )
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
