"""What the essay on causes of modularity claims of each cause, of its benefits, and of what follows when it ends.

The essay ("Things that cause modularity in neural networks", after Filan et al. 2021, Kashtan & Alon 2005 and
Clune et al. 2013) gives no numbers; a claim is tested by its direction, raw and beside rewired networks.
"""

from pathlib import Path

import numpy as np

from evomod.claims import larger, larger_in_pairs, not_run, rises_with
from evomod.papers import load_script
from evomod.plotting_studies import rows_of

PAPER, N = "causes", 30
STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=200"]}

derived = load_script(Path(__file__).with_name("derived.py"))
CAUSES = {
    "connection-cost": "a cost of connections",
    "l1": "L1",
    "l2": "L2",
    "pruning": "pruning",
    "dropout-10": "dropout at 0.1",
    "goal-switching": "switching between related goals",
}
SOONER = {
    goal: f"the higher Q, the sooner copies adapt to {what}"
    for goal, what in (
        ("neither", "a related goal"),
        ("left-and-mirrored", "a partly related goal"),
    )
}
UNSEEN = "the higher Q, the fitter on a related goal that was never trained"
CANNOT_BE_ASKED = "all 256 patterns are trained on: what solves the trained goal answers every other as the two tables agree"


def texts(cause):
    """The three claims of a cause."""
    return (
        f"{cause} makes networks more modular: Q above that without pressure",
        f"{cause} makes networks more modular than their connections explain: z of Q above that without",
        f"modularity from {cause} decays when it ends: Q lower later than at once",
    )


CLAIMS = [*(t for cause in CAUSES.values() for t in texts(cause)), *SOONER.values(), UNSEEN]


def claims(study):
    """Every cause, then the benefits over all runs; a small study's networks are evolved on here."""
    if study.study.replicates <= QUICK["replicates"]:
        derived.adaptation(study, 1)
        derived.decay(study, 1)
    found = []
    for name, cause in CAUSES.items():
        found += of_cause(study, name, *texts(cause))
    return found + benefits(study)


def of_cause(study, name, raw, beside, later):
    """The claims of one cause."""
    labels = (study.labels[name], study.labels[derived.CONTROL])
    found = []
    for column, text in (("q_score", raw), ("q_z", beside)):
        a, b = (derived.measured(study, column, t) for t in (name, derived.CONTROL))
        found.append(larger(PAPER, text, a, b, labels, N))
    if not (study.folder / "decay.csv").exists():
        why = f"pressures not lifted: evomod figure causes-mechanism --study {study.folder}"
        return [*found, not_run(PAPER, later, why)]
    end = derived.later(study)[-1]
    a, b = derived.before_and_after(study, "q", name)
    return [*found, larger_in_pairs(PAPER, later, a, b, ("at once", f"{end} generations later"), N)]


def benefits(study):
    """Over all runs that have a Q and solve the trained goal: does Q go with what it is said to be good for?"""
    if not (study.folder / "adaptation.csv").exists():
        why = f"not adapted: evomod figure causes-generalisation --study {study.folder}"
        found = [not_run(PAPER, text, why) for text in SOONER.values()]
        return [*found, not_run(PAPER, UNSEEN, CANNOT_BE_ASKED)]
    table, found = derived.adaptation(study), []
    for goal, text in SOONER.items():
        rows = rows_of(table, goal=goal)
        solves = q_of(study, rows, f"fitness:{derived.TRAINED}") == 1.0
        q, times = q_of(study, rows)[solves], derived.to_reach(study, rows)[solves]
        found.append(rises_with(PAPER, text, q, times, N, falls=True))
    return [*found, not_run(PAPER, UNSEEN, CANNOT_BE_ASKED)]


def q_of(study, rows, column="q_score"):
    """Q (or another column of the summary) of the networks of rows; NaN without a connection, so without modules."""
    summary = study.summary
    q = np.where(summary["connections"] > 0, summary[column].astype(float), np.nan)
    runs = zip(summary["treatment"].tolist(), summary["replicate"].tolist(), strict=True)
    known = dict(zip(runs, q.tolist(), strict=True))
    keys = zip(rows["treatment"].tolist(), rows["replicate"].tolist(), strict=True)
    return np.array([known[key] for key in keys])
