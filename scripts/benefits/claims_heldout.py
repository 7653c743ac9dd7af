"""Whether modular networks do better on what selection never showed them, by intervention and by correlation.

The essay on causes of modularity says that modular networks do better on related goals despite never training on them.
All was declared before the runs.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, Rises
from evomod.scripts.benefits import heldout
from evomod.verdicts import DELTA

STUDY = "study_heldout.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=500", "evolution.population=200"]}

FIGURE, RELATED = "benefits-zero_shot", "left-or-right"


def made(study):
    """Raises `NotRunError` where the table of a whole study has not been made."""
    check_made(study, "heldout.csv", FIGURE, QUICK)


def measured(name):
    """A column of the table."""

    def values(study, treatment):
        made(study)
        return heldout.column(study, name, treatment)

    return values


def ranked(name):
    """Ranks of a column within the treatments in which Q is not pushed."""

    def values(study, _):
        made(study)
        return heldout.within(study, name)

    return values


COLUMNS = {
    **{name: measured(name) for name in ("q", "unseen", *(f"read:{goal}" for goal in heldout.READ))},
    **{f"rank:{name}": ranked(name) for name in ("q", "unseen", f"read:{RELATED}")},
}
ABOUT: dict[str, Any] = {"smallest": DELTA, "status": "ours", "figure": FIGURE}

CLAIMS = [
    Larger(
        "the intervention works: Q is higher where it is pushed up than down, half of the patterns shown", column="q",
        a="q-up", b="q-down", family="intervention", **ABOUT,
    ),
    Larger(
        "networks pushed to high Q are right more often on patterns never shown than those pushed to low Q",
        column="unseen", a="q-up", b="q-down", family="primary", **ABOUT,
    ),
    Larger(
        "networks pushed to high Q are right more often on patterns never shown than those not pushed", column="unseen",
        a="q-up", b="q-free", family="either way", **ABOUT,
    ),
    Larger(
        "networks not pushed are right more often on patterns never shown than those pushed to low Q", column="unseen",
        a="q-free", b="q-down", family="either way", **ABOUT,
    ),
    *(
        Larger(
            f"read-outs of networks pushed to high Q do better than of low Q: {words}", column=f"read:{goal}", a="q-up",
            b="q-down", family="read-outs", **ABOUT,
        )
        for goal, words in heldout.READ.items()
    ),
    Rises(
        "within treatments, the higher Q, the more often right on patterns never shown", x="rank:q", y="rank:unseen",
        a="control", family="correlations", **ABOUT,
    ),
    Rises(
        "within treatments, the higher Q, the better a read-out for a related goal", x="rank:q", y=f"rank:read:{RELATED}",
        a="control", family="correlations", **ABOUT,
    ),
]  # fmt: skip
