"""What the essay on causes of modularity claims of each cause, of its benefits, and of what follows when it ends.

The essay ("Things that cause modularity in neural networks", after Filan et al. 2021, Kashtan & Alon 2005 and
Clune et al. 2013) gives no numbers; a claim is tested by its direction, raw and beside rewired networks.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import larger, larger_in_pairs, not_run, rises_with
from evomod.papers.scripts import load_script
from evomod.plots.studies import masked, rows_of
from evomod.statistics import holm, rank_sum, signed_rank

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
    goal: f"the higher Q beside its treatment's other runs, the sooner copies adapt to {what}; goals never switched"
    for goal, what in (
        ("neither", "a related goal"),
        ("left-and-mirrored", "a partly related goal"),
    )
}
UNSEEN = "the higher Q, the fitter on a related goal that was never trained"
CANNOT_BE_ASKED = "all 256 patterns are trained on: what solves the trained goal answers every other as the two tables agree"


COLUMNS = ("q_score", "q_z", "q_z_layered")


def texts(cause):
    """The four claims of a cause."""
    return (
        f"{cause} makes networks more modular: Q above that without pressure",
        f"{cause} makes networks more modular than their connections explain: z of Q above that without",
        f"{cause} makes networks more modular than their connections explain: z of Q within layers above that without",
        f"modularity from {cause} decays when it ends: Q lower later than at once",
    )


CLAIMS = [*(t for cause in CAUSES.values() for t in texts(cause)), *SOONER.values(), UNSEEN]


def claims(study):
    """Every cause, then the benefits over all runs; a small study's networks are evolved on here."""
    if study.study.replicates <= QUICK["replicates"]:
        derived.adaptation(study, 1)
        derived.decay(study, 1)
    families = [raised(study, column) for column in COLUMNS]
    told = zip(*families, lasting(study), strict=True)
    return [claim for of_cause in told for claim in of_cause] + benefits(study)


def enough(study):
    """Networks that decide: as many as were planned, and if so many runs are done, those of them that have a Q."""
    done = min(int((study.summary["treatment"] == name).sum()) for name in (derived.CONTROL, *CAUSES))
    return 1 if done >= N else N


def raised(study, column):
    """A claim a cause: the measure is above the control's; p by Holm over the causes."""
    groups = {name: derived.measured(study, column, name) for name in (*CAUSES, derived.CONTROL)}
    control = groups[derived.CONTROL]
    known = [name for name in CAUSES if groups[name].size and control.size]
    adjusted = dict(zip(known, holm([rank_sum(groups[k], control).p for k in known]), strict=True))
    return [
        larger(
            PAPER, texts(cause)[COLUMNS.index(column)], groups[name], control,
            (study.labels[name], study.labels[derived.CONTROL]), enough(study), corrected=adjusted.get(name),
        )
        for name, cause in CAUSES.items()
    ]  # fmt: skip


def lasting(study):
    """A claim a cause: Q is lower when the pressure has been lifted for long; p by Holm over the causes."""
    if not (study.folder / "decay.csv").exists():
        why = f"pressures not lifted: evomod figure causes-mechanism --study {study.folder}"
        return [not_run(PAPER, texts(cause)[-1], why) for cause in CAUSES.values()]
    labels = ("at once", f"{derived.later(study)[-1]} generations later")
    moments = {name: derived.before_and_after(study, "q", name) for name in CAUSES}
    adjusted = holm([signed_rank(*pair).p for pair in moments.values()])
    return [
        larger_in_pairs(PAPER, texts(cause)[-1], *moments[name], labels, enough(study), corrected=p)
        for (name, cause), p in zip(CAUSES.items(), adjusted, strict=True)
    ]


def benefits(study):
    """Of runs that solve the trained goal and have a Q: does Q go with what it is said to be good for?

    By ranks within treatments, for treatments differ in other things; without those that switch goals, for who is
    rewarded for left OR right has half learned its negation.
    """
    if not (study.folder / "adaptation.csv").exists():
        why = f"not adapted: evomod figure causes-generalisation --study {study.folder}"
        found = [not_run(PAPER, text, why) for text in SOONER.values()]
        return [*found, not_run(PAPER, UNSEEN, CANNOT_BE_ASKED)]
    table, found = derived.adaptation(study), []
    for goal, text in SOONER.items():
        rows = rows_of(table, goal=goal)
        is_in = q_of(study, rows, f"fitness:{derived.TRAINED}") == 1.0
        is_in &= ["switching" not in name for name in rows["treatment"].tolist()]
        rows = masked(rows, is_in)
        pair = (q_of(study, rows), derived.to_reach(study, rows))
        ranks = [derived.ranks_within(values, rows["treatment"]) for values in pair]
        found.append(rises_with(PAPER, text, *ranks, N, falls=True))
    return [*found, not_run(PAPER, UNSEEN, CANNOT_BE_ASKED)]


def q_of(study, rows, column="q_score"):
    """Q (or another column of the summary) of the networks of rows; NaN without a connection, so without modules."""
    summary = study.summary
    q = np.where(summary["connections"] > 0, summary[column].astype(float), np.nan)
    runs = zip(summary["treatment"].tolist(), summary["replicate"].tolist(), strict=True)
    known = dict(zip(runs, q.tolist(), strict=True))
    keys = zip(rows["treatment"].tolist(), rows["replicate"].tolist(), strict=True)
    return np.array([known[key] for key in keys])
