"""What the essay on causes of modularity claims of each cause, of its benefits, and of what follows when it ends.

The essay ("Things that cause modularity in neural networks", after Filan et al. 2021, Kashtan & Alon 2005 and
Clune et al. 2013) gives no numbers; a claim is tested by its direction, raw and relative to nulls. The two nulls are one
question, so one family; raw Q is another. How much of what a cause does to adaptation goes through Q was asked while the study
ran again, before any of its results was seen.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, LargerInPairs, Mediated, Rises
from evomod.papers.scripts import definition_of
from evomod.plots.studies import masked, rows_of
from evomod.scripts.causes import derived
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=200"]}

CAUSES = {
    "connection-cost": "a cost of connections",
    "l1": "L1",
    "l2": "L2",
    "pruning": "pruning",
    "dropout-10": "dropout at 0.1",
    "goal-switching": "switching between related goals",
}
SOONER = {
    goal: (
        f"within treatments, the higher Q, the sooner copies adapt to {what}; goals never switched",
        f"the higher Q beside its treatment's other runs, the sooner copies adapt to {what}; goals never switched",
    )
    for goal, what in (
        ("neither", "a related goal"),
        ("left-and-mirrored", "a partly related goal"),
    )
}
"""Words, and those of version 0.1."""
NULLS = {
    "q_z": ("z of Q, degree-preserving null", "z of Q above that without"),
    "q_z_layered": ("z of Q, null within layers", "z of Q within layers above that without"),
}
MOMENTS = {"at-once": 0, "later": -1}
PARTLY = "left-and-mirrored"
OCTAVE = 0.5
"""The smallest indirect effect on generations that is of interest, in octaves: our choice."""


def measured(column):
    """A column of the best networks that have a connection."""
    return lambda study, treatment: derived.measured(study, column, treatment)


def small_ones_made(study):
    """A small study's networks are evolved on here."""
    if study.study.replicates <= QUICK["replicates"]:
        derived.adaptation(study, 1)
        derived.decay(study, 1)


def q_after(study, group):
    """Q at once or long after the pressure ended, of every run that has both."""
    small_ones_made(study)
    check_made(study, "decay.csv", "causes-mechanism")
    name, _, moment = group.rpartition("@")
    return derived.before_and_after(study, "q", name)[MOMENTS[moment]]


def adapted(goal, which):
    """Ranks within treatments, of runs that solve the trained goal and have a Q: of Q, or of generations to adapt.

    By ranks within treatments, for treatments differ in other things; without those that switch goals, for who is
    rewarded for left OR right has half learned its negation.
    """

    def values(study, _):
        small_ones_made(study)
        check_made(study, "adaptation.csv", "causes-generalisation")
        rows = rows_of(derived.adaptation(study), goal=goal)
        is_in = q_of(study, rows, f"fitness:{derived.TRAINED}") == 1.0
        is_in &= ["switching" not in name for name in rows["treatment"].tolist()]
        rows = masked(rows, is_in)
        found = q_of(study, rows) if which == "q" else derived.to_reach(study, rows)
        return derived.ranks_within(found, rows["treatment"])

    return values


def q_of(study, rows, column="q_score"):
    """Q (or another column of the summary) of the networks of rows; NaN without a connection, so without modules."""
    summary = study.summary
    q = np.where(summary["connections"] > 0, summary[column].astype(float), np.nan)
    runs = zip(summary["treatment"].tolist(), summary["replicate"].tolist(), strict=True)
    known = dict(zip(runs, q.tolist(), strict=True))
    keys = zip(rows["treatment"].tolist(), rows["replicate"].tolist(), strict=True)
    return np.array([known[key] for key in keys])


def q_of_solved(study, treatment):
    """Q ``[run]`` of networks that solve the trained goal."""
    is_solved = study.column(f"fitness:{derived.TRAINED}", treatment) == 1.0
    return np.where(is_solved, study.column("q_score", treatment).astype(float), np.nan)


def earliness(study, treatment):
    """Octaves ``[run]`` by which copies of a network reach 0.95 at the partly related goal before the cap, in the runs' order."""
    small_ones_made(study)
    check_made(study, "adaptation.csv", "causes-generalisation")
    rows = rows_of(derived.adaptation(study), treatment=treatment, goal=PARTLY)
    octaves = np.log2(derived.cap(study) + 1.0) - np.log2(derived.to_reach(study, rows) + 1.0)
    known = dict(zip(rows["replicate"].tolist(), octaves.tolist(), strict=True))
    return np.array([known.get(k, np.nan) for k in study.column("replicate", treatment).tolist()])


def runs_of(study, group):
    """Of a treatment at a moment."""
    if "@" not in group:
        return None
    declared = definition_of(Path(__file__), STUDY).replicates
    return len(study.column("seed", group.rpartition("@")[0])), declared


COLUMNS = {
    **{column: measured(column) for column in ("q_score", *NULLS)},
    "q_after": q_after,
    "q_of_solved": q_of_solved,
    "earliness": earliness,
    **{f"{which}:{goal}": adapted(goal, which) for goal in SOONER for which in ("q", "time")},
}
LABELS = {f"{name}@{moment}": moment.replace("-", " ") for name in CAUSES for moment in MOMENTS}


def of_cause(name, label):
    """The claims of a cause."""
    return [
        Larger(
            f"{label} makes networks more modular: higher Q than without pressure", column="q_score", a=name,
            b=derived.CONTROL, family="Q", smallest=DELTA, figure="causes",
            was=(f"{label} makes networks more modular: Q above that without pressure",),
        ),
        *(
            Larger(
                f"{label} makes networks more modular than their connections explain: {now}", column=column, a=name,
                b=derived.CONTROL, family="beyond sparseness", smallest=DELTA, figure="causes",
                was=(f"{label} makes networks more modular than their connections explain: {then}",),
            )
            for column, (now, then) in NULLS.items()
        ),
        LargerInPairs(
            f"modularity from {label} decays when it ends: Q lower later than at once", column="q_after",
            a=f"{name}@at-once", b=f"{name}@later", family="decay", smallest=DELTA, figure="causes-mechanism",
        ),
    ]  # fmt: skip


CLAIMS = [
    *(claim for name, label in CAUSES.items() for claim in of_cause(name, label)),
    *(
        Rises(
            text, x=f"q:{goal}", y=f"time:{goal}", a=derived.CONTROL, falls=True, family="benefits", smallest=DELTA,
            was=(then,), figure="causes-generalisation",
        )
        for goal, (text, then) in SOONER.items()
    ),
    *(
        Mediated(
            f"{CAUSES[name]}: the part through higher Q makes copies adapt sooner to a partly related goal (indirect effect)", column="earliness",
            through="q_of_solved", a=name, b=derived.CONTROL, family="adaptation through Q", smallest=OCTAVE, status="ours",
            figure="causes-generalisation",
        )
        for name in ("connection-cost", "goal-switching")
    ),
    Larger(
        "networks of 14 hidden neurons have more connections with dropout of 0.1 than without", column="connections",
        a="dropout-10", b=derived.CONTROL, family="connections of dropout", smallest=DELTA, status="exploratory", figure="causes",
    ),
]  # fmt: skip
DELETED = {
    "the higher Q, the fitter on a related goal that was never trained": (
        "all 256 patterns are trained on: what solves the trained goal answers every other as the two tables agree"
    ),
}
