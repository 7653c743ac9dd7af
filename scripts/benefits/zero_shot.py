"""Half of the patterns are never shown: accuracy on these, of networks and of read-outs of their hidden neurons."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.studies import plot_dots, rows_of, runs_in_words
from evomod.scripts.benefits import heldout

STUDY = "study_heldout.toml"
FULL = "300 runs of 5000 generations, about 30 minutes of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=100"]}

PANELS = {
    "q": "Q",
    "seen": "right, patterns shown",
    "unseen": "right, patterns never shown",
    **{
        f"read:{goal}": "read-out, " + words.replace(" (", "\n(") for goal, words in heldout.READ.items()
    },
}


def prepare(study, jobs=None):
    """Answer what was never shown: ``heldout.csv``."""
    heldout.heldout(study)


def draw(study):
    """One panel per measure, one row per treatment; every dot is a run's best network."""
    table = heldout.heldout(study)
    here = [name for name in study.treatments if (table["treatment"] == name).any()]
    figure = Figure(figsize=(9.6, 5.2), layout="constrained")
    cells = figure.subplots(2, 4).ravel()
    for k, (axes, (column, label)) in enumerate(zip(cells, PANELS.items(), strict=False)):
        groups = [rows_of(table, treatment=name)[column].astype(float) for name in here]
        groups = [group[~np.isnan(group)] for group in groups]
        plot_dots(axes, groups, [study.labels[name] for name in here])
        if k % 4 > 0:
            axes.tick_params(labelleft=False)
        axes.set_title(label, fontsize=8)
        if column != "q":
            axes.axvline(0.75, color="0.6", lw=0.8, zorder=0)
    for axes in cells[len(PANELS) :]:
        axes.set_axis_off()
    runs = [rows_of(table, treatment=name)["treatment"] for name in here]
    figure.suptitle(
        f"half of the patterns never shown; dots: best networks, {runs_in_words(runs)}; line: what a constant answer gets",
        fontsize=8,
    )
    return figure
