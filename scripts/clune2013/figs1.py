"""How often the connection cost counts: Q and performance against its probability."""

from pathlib import Path

from matplotlib.figure import Figure

from evomod.papers.claim_texts import interval_of
from evomod.papers.scripts import companion
from evomod.plots.runs import COLOURS
from evomod.plots.studies import medians_in_words, plot_interval

STUDY = "study_sweeps.toml"
FULL = (
    "800 runs of 25,000 generations, about 16 hours of one core, "
    "of which this needs 250; 0 and 0.25 are those of study.toml"
)
QUICK = {"replicates": 2, "settings": ["evolution.generations=300", "evolution.population=300"]}

SWEEP = ("pcc-10", "pcc-50", "pcc-75", "pcc-95", "pcc-100")
COLUMNS = {"q_score": "Q of the best", "best_fitness": "performance of the best"}


def by_probability(study, column):
    """``{probability: values[replicate]}``; 0 (PA) and 0.25 only where study.toml has been run."""
    found = {}
    static = companion(study, Path(__file__), "study.toml")
    if static is not None:
        found = {0.0: static.column(column, "pa"), 0.25: static.column(column, "pcc")}
    for treatment in study.study.treatments:
        if treatment.name in SWEEP:
            cost = treatment.config.pressures.connection_cost
            found[cost.probability] = study.column(column, treatment.name)
    return dict(sorted(found.items()))


def draw(study):
    """Medians with 95 % intervals, last generation, every replicate a faint dot."""
    figure = Figure(figsize=(6.6, 3.2), layout="constrained")
    for axes, (column, name) in zip(figure.subplots(1, 2), COLUMNS.items(), strict=True):
        groups = by_probability(study, column)
        axes.plot(list(groups), [interval_of(v).median for v in groups.values()], color=COLOURS[0])
        for probability, values in groups.items():
            axes.plot([probability] * len(values), values, ".", color=COLOURS[0], ms=3, alpha=0.35)
            plot_interval(axes, probability, values, COLOURS[0])
        axes.set_xlabel("share of comparisons in which the cost counts")
        axes.set_ylabel(name)
        axes.set_xlim(-0.05, 1.05)
    words = medians_in_words([len(values) for values in groups.values()])
    figure.suptitle(f"{words}; small dots: runs", fontsize=8)
    return figure
