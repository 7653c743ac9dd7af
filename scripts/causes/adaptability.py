"""Selection for adaptability beside goal switching: how modular, how sparse, how soon copies adapt, how well the goal is solved."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_dots, rows_of, runs_in_words, signs_of_dots
from evomod.scripts.causes import derived

STUDY = "study_adaptability.toml"
FULL = "200 runs of 3000 generations, about an hour of one core"
QUICK = {"replicates": 2, "settings": ["evolution.generations=200", "evolution.population=100"]}

PANELS = {
    "q_score": "Q",
    "q_z_layered": "z beside rewired within layers",
    "connections": "connections",
    "neither": "generations to a related goal (neither)",
    "top-and-bottom": "to one with other halves",
    f"fitness:{derived.TRAINED}": "fitness",
}


def prepare(study, jobs=None):
    """Copies of every best network evolve on other goals: ``adaptation.csv``."""
    derived.adaptation(study, jobs)


def draw(study):
    """A panel a measure; every dot is a run's best network."""
    adapted = derived.adaptation(study)
    here = [name for name in study.treatments if (study.summary["treatment"] == name).any()]
    figure = Figure(figsize=(9.6, 4.4), layout="constrained")
    for axes, (column, label) in zip(figure.subplots(2, 3, sharey=True).ravel(), PANELS.items(), strict=True):  # fmt: skip
        if column in derived.OTHERS:
            groups = [derived.to_reach(study, rows_of(adapted, treatment=name, goal=column)) for name in here]  # fmt: skip
        else:
            groups = [derived.measured(study, column, name) for name in here]
        plot_dots(axes, groups, [study.labels[name] for name in here])
        axes.set_xlabel(label, fontsize=8)
    runs = [rows_of(study.summary, treatment=name)["treatment"] for name in here]
    signs = signs_of_dots([len(group) for group in runs])
    figure.legend(handles=signs, loc="outside upper center", ncols=len(signs), title=runs_in_words(runs))
    return figure
