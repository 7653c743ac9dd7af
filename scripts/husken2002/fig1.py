"""Networks selected for what they learn in 10 steps, in 40, and without learning: Q, z of Q, connections and error."""

from matplotlib.figure import Figure

from evomod.plots.studies import plot_columns, rows_of
from evomod.scripts.husken2002 import claims, derived

STUDY = "study.toml"
FULL = "300 runs of 200 generations, about 15 minutes of one core"
QUICK = claims.QUICK
COLUMNS = {
    "q_score": "Q of the best",
    "q_z_layered": "z of Q, within layers",
    "connections": "connections",
    **{f"error_{steps}": f"error after {steps} steps" for steps in derived.STEPS},
}


def prepare(study, jobs=None):
    """What every best network learns: ``learning.csv``."""
    derived.learning(study, jobs)


def draw(study):
    """Every replicate's best network of the last generation, and what it learns from weights that selection never saw."""
    learned = derived.learning(study)
    groups = {}
    for name in study.treatments:
        summary, after = (rows_of(table, treatment=name) for table in (study.summary, learned))
        groups[study.labels[name]] = {
            column: (after if column.startswith("error") else summary)[column] for column in COLUMNS
        }
    figure = Figure(figsize=(10.2, 1.2 + 0.38 * len(groups)), layout="constrained")
    plot_columns(figure, groups, COLUMNS)
    return figure
