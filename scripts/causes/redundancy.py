"""The dropout curve: what modules do, how many there are and Q, from no dropout to almost only silence."""

from matplotlib.figure import Figure

from evomod.plots.runs import COLOURS
from evomod.plots.studies import plot_interval, rows_of, runs_in_words, signs_of_dots
from evomod.scripts.causes import derived

STUDY = "study_dropout.toml"
FULL = "450 runs of 3000 generations, about 1.2 hours of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

PANELS = {
    "best_fitness": ("fitness, nobody silent", "summary"),
    "redundancy": ("redundancy of modules", "modules"),
    "specialisation": ("specialisation of modules", "modules"),
    "copies": ("modules that do a subgoal alone", "modules"),
    "harm": ("fitness lost with a hidden neuron", "modules"),
    "modules": ("number of modules", "summary"),
    "q_score": ("Q", "Q"),
    "q_z": ("z of Q, degree-preserving null", "Q"),
}


def prepare(study, jobs=None):
    """Silence modules and neurons of every best network: ``modules.csv``."""
    derived.modules_do(study)


def draw(study):
    """One panel per measure, over the rate of dropout; every dot is a run's best network.

    A network without connections has no Q.
    """
    modules = derived.modules_do(study)
    here = [name for name in study.treatments if (study.summary["treatment"] == name).any()]
    figure = Figure(figsize=(9.4, 4.9), layout="constrained")
    cells = figure.subplots(2, len(PANELS) // 2, sharex=True)
    for axes, (column, (label, table)) in zip(cells.flat, PANELS.items(), strict=True):
        for x, name in enumerate(here):
            if table == "Q":
                values = derived.measured(study, column, name)
            else:
                values = derived.values(study.summary if table == "summary" else modules, column, name)
            axes.plot([x] * values.size, values, ".", color=COLOURS[0], ms=3, alpha=0.4)
            if values.size:
                plot_interval(axes, x, values, COLOURS[0])
        axes.set_title(label, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xticks(range(len(here)), [study.labels[name] for name in here], fontsize=7, rotation=60)
    figure.supxlabel("rate of dropout", fontsize=9)
    runs = [rows_of(study.summary, treatment=name)["treatment"] for name in here]
    signs = signs_of_dots([len(group) for group in runs])
    figure.legend(handles=signs, loc="outside upper center", ncols=len(signs), title=runs_in_words(runs))
    return figure
