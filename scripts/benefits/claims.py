"""What the essay on causes of modularity says that it is good for, tested by interventions on Q itself.

The essay ("Things that cause modularity in neural networks") gives no numbers: modular networks adapt sooner to related
goals, make faster progress towards their own, and a modular solution that is not yet perfect loses its modularity
because connections that break it raise fitness. One claim is primary; the others stand in families of their own. All
was declared before the runs but what PAPER.md says was changed after they had begun, before any table of theirs was seen.
"""

from typing import Any

import numpy as np

from evomod.papers.claim import check_made
from evomod.papers.claims import LargerInPairs, Rises
from evomod.plots.studies import rows_of
from evomod.scripts.benefits import derived
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {
    "replicates": 4,
    "settings": ["evolution.generations=8000", "evolution.population=300"],
}

SCALE = {"neither": "a related goal", "left-and-mirrored": "a partly related goal", "both-mirrored": "an unrelated goal",
         "top-and-bottom": "an unrelated goal with halves"}  # fmt: skip
"""Goals that were never rewarded, by how much of the trained one they share."""
NEVER = 25_000.0
"""Stands for the time of a run that was never perfect: the longest that any run had."""
RELATED, UNRELATED = "neither", "top-and-bottom"
KINDS = {"held": "28 to 32 connections", "free": "any number of connections"}


def made(study, name, make):
    """A further table, where it has been made; a small study's is made here."""
    check_made(study, f"{name}.csv", "benefits-intervention", QUICK)
    return make(study)


def ended(column, goal=None):
    """A column of lines of descent; the group names the direction."""

    def values(study, group):
        made(study, "lines", derived.lines)
        return derived.of_lines(study, column, group.partition("@")[2], goal)

    return values


def gain(study, group):
    """By how much sooner, in octaves of generations, a line that was pushed up adapts than its twin; the group names the goal."""
    goal = group.partition("@")[2]
    down, up = (ended("nearly", goal)(study, f"held@{direction}") for direction in ("down", "up"))
    return np.log2(down + 1.0) - np.log2(up + 1.0)


def early(which):
    """Q of the best when fitness first reached 0.9, or generations until it was perfect; those never perfect are last."""

    def values(study, treatment):
        table = rows_of(made(study, "early", derived.early), treatment=treatment)
        reached, left = ~np.isnan(table["generation"].astype(float)), table["left"].astype(float)
        found = np.where(np.isnan(left), NEVER, left) if which == "left" else table[which].astype(float)
        return np.where(reached, found, np.nan)

    return values


def changed(study, group):
    """Mean change of Q by mutations of a kind."""
    treatment, _, kind = group.partition("@")
    table = rows_of(made(study, "mutants", derived.around), treatment=treatment)
    return table[f"dq_{kind}"].astype(float)


def runs_of(study, group):
    """Of a treatment, whatever is asked of it."""
    name = group.partition("@")[0]
    return len(study.column("seed", name)), 100


COLUMNS = {
    "q": ended("q"),
    "changed": changed,
    "gain": gain,
    **{f"nearly:{goal}": ended("nearly", goal) for goal in SCALE},
    **{f"early:{which}": early(which) for which in ("q", "left")},
}
LABELS = {
    **{f"held@{direction}": words for direction, words in derived.DIRECTIONS.items()},
    **{f"held@{goal}": words for goal, words in SCALE.items()},
    **{
        f"{kind}@{which}": f"{which} mutations"
        for kind in KINDS
        for which in ("useful", "neutral", "harmful")
    },
}
ABOUT: dict[str, Any] = {"smallest": DELTA, "status": "ours", "figure": "benefits-intervention"}


WHERE = {"up": "where Q was pushed up", "none": "where it was not pushed", "down": "down"}


def sooner(goal, slow, fast):
    """That one line of descent adapts in fewer generations than its twin."""
    return LargerInPairs(
        f"copies adapt to {SCALE[goal]} sooner {WHERE[fast]} than {WHERE[slow]}",
        column=f"nearly:{goal}", a=f"held@{slow}", b=f"held@{fast}",
        family="primary" if (goal, slow, fast) == (RELATED, "down", "up")
        else "other goals" if slow == "down" and fast == "up"
        else "either way", **ABOUT,
    )  # fmt: skip


CLAIMS = [
    LargerInPairs(
        "the intervention works: Q is higher where it was pushed up than where it was pushed down", column="q",
        a="held@up", b="held@down", family="intervention", **ABOUT,
    ),
    sooner(RELATED, "down", "up"),
    *(sooner(goal, "down", "up") for goal in SCALE if goal != RELATED),
    sooner(RELATED, "none", "up"),
    sooner(RELATED, "down", "none"),
    LargerInPairs(
        "pushing Q up instead of down saves more on a related goal than on an unrelated one with halves",
        column="gain", a=f"held@{RELATED}", b=f"held@{UNRELATED}", family="related above unrelated", **ABOUT,
    ),
    *(
        Rises(
            f"the higher Q at fitness 0.9, the fewer generations until perfect, {words}", x="early:q", y="early:left", a=kind,
            falls=True, family="own goal", **ABOUT,
        )
        for kind, words in KINDS.items()
    ),
    *(
        LargerInPairs(
            f"of modular imperfect networks, mutations that raise fitness lower Q more than neutral ones, {words}",
            column="changed", a=f"{kind}@neutral", b=f"{kind}@useful", family="imperfect networks", **ABOUT,
        )
        for kind, words in KINDS.items()
    ),
    *(
        LargerInPairs(
            f"of modular imperfect networks, mutations that raise fitness lower Q more than those that lower it, {words}",
            column="changed", a=f"{kind}@harmful", b=f"{kind}@useful", family="imperfect networks, harmful mutations", **ABOUT,
        )
        for kind, words in KINDS.items()
    ),
]  # fmt: skip
