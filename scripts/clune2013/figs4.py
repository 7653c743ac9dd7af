"""Controls without a connection cost: deletion, diversity, Q or a random walk as the second objective."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from evomod.files.tables import read_table
from evomod.papers.scripts import companion
from evomod.plots.studies import plot_columns, rows_of

STUDY = "study_sweeps.toml"
FULL = (
    "800 runs of 25,000 generations, about 16 hours of one core, of which this needs 200; PA and P&CC are "
    "those of study.toml, Q and the random walk 150 runs of controls.py, about 3 hours"
)
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}

SHOWN = ("pa-deletion-1", "pa-deletion-2", "pa-deletion-3", "pa-diversity")
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance", "connections": "connections"}
LABELS = {"walk": "PA, random walk", "q": "PA, Q", "q-25": "PA, Q (p = 0.25)"}


def controls(study):
    """Rows of controls.py by label, from the study's folder or the one beside it; none if not run.

    Only runs as long as those of the study.
    """
    length = study.study.treatments[0].config.evolution.generations
    for folder in (study.folder, study.folder.parent / "clune2013-controls"):
        if (folder / "controls.csv").exists():
            table = rows_of(read_table(folder / "controls.csv"), generations=length)
            found = {label: rows_of(table, treatment=kind) for kind, label in LABELS.items()}
            return {label: rows for label, rows in found.items() if rows["treatment"].size}
    return {}


def draw(study):
    """Every replicate's best network of the last generation, medians with 95 % intervals."""
    static = companion(study, Path(__file__), "study.toml")
    groups: dict[str, Any] = {}
    for found, names in ((static, ("pa", "pcc")), (study, SHOWN)):
        if found is not None:
            groups |= {found.labels[name]: rows_of(found.summary, treatment=name) for name in names}
    groups |= controls(study)
    figure = Figure(figsize=(7.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
