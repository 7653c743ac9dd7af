"""Causes of modularity on patterns that selection never showed: Q, accuracy, and what of it goes through Q."""

from matplotlib.figure import Figure

from evomod import effects
from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_dots, rows_of, runs_in_words
from evomod.scripts.benefits import heldout

STUDY = "study_unseen.toml"
FULL = "350 runs of 5000 generations, about 35 minutes of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=300", "evolution.population=100"]}

PANELS = {"q": "Q", "seen": "right, patterns shown", "unseen": "right, patterns never shown"}
CONTROL = "control"


def prepare(study, jobs=None):
    """Answer what was never shown: ``heldout.csv``."""
    heldout.heldout(study)


def draw(study):
    """Three measures, every dot a run's best network; right, the gain over no pressure and the part of it through Q."""
    table = heldout.heldout(study)
    here = [name for name in study.treatments if (table["treatment"] == name).any()]
    labels = [study.labels[name] for name in here]
    figure = Figure(figsize=(10.0, 3.4), layout="constrained")
    *panels, last = figure.subplots(1, 4, width_ratios=(1.0, 1.0, 1.0, 1.2))
    for k, (axes, (column, label)) in enumerate(zip(panels, PANELS.items(), strict=True)):
        plot_dots(axes, [heldout.column(study, column, name) for name in here], labels)
        axes.set_title(label, fontsize=8)
        if k > 0:
            axes.tick_params(labelleft=False)
            axes.axvline(0.75, color="0.6", lw=0.8, zorder=0)
    _gains(last, study, here)
    last.set_ylim(panels[0].get_ylim())
    runs = [rows_of(table, treatment=name)["treatment"] for name in here]
    figure.suptitle(
        f"half of the patterns never shown; dots: best networks, {runs_in_words(runs)}; line: what a constant answer gets",
        fontsize=8,
    )
    return figure


def _gains(axes, study, here):
    """Means with 95 % intervals, one row per treatment as in the panels beside."""
    control = tuple(heldout.column(study, column, CONTROL) for column in ("q", "unseen"))
    places = {name: k for k, name in enumerate(here)}
    for name in (name for name in here if name != CONTROL):
        side = tuple(heldout.column(study, column, name) for column in ("q", "unseen"))
        paths = effects.mediation(side, control)
        for effect, shift, mark, colour in (
            (paths.indirect, -0.15, "o", COLOURS[0]),
            (paths.direct, 0.15, "s", COLOURS[5]),
        ):
            if effect.is_known:
                axes.plot([effect.low, effect.high], [places[name] + shift] * 2, color=colour, lw=1.5)
                axes.plot(effect.value, places[name] + shift, mark, color=colour, ms=4)
    axes.axvline(0.0, color="0.6", lw=0.8, zorder=0)
    axes.plot([], [], "o-", color=COLOURS[0], ms=4, label="through Q")
    axes.plot([], [], "s-", color=COLOURS[5], ms=4, label="otherwise")
    axes.legend(loc="upper right", fontsize=7)
    axes.tick_params(labelleft=False)
    axes.set_title("gain over none, patterns never shown", fontsize=8)
