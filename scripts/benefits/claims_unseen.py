"""Whether the causes of modularity do better on what selection never showed, and whether they do so through modularity.

The essay on causes of modularity says that dropout, L1 and L2 generalise because they increase modularity. All was
declared before the runs; that goal switching and a cost of connections generalise had been seen in `study_heldout.toml`.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, Mediated
from evomod.scripts.benefits import heldout
from evomod.verdicts import DELTA

STUDY = "study_unseen.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=300", "evolution.population=100"]}

CAUSES = {
    "goal-switching": "goal switching",
    "connection-cost": "a cost of connections",
    "l1": "L1",
    "l2": "L2",
    "pruning": "pruning",
    "dropout-10": "dropout of 0.1",
}
POINTS = 0.02
"""The smallest indirect effect of interest: two points of a hundred of what was never shown; our choice."""


def measured(name):
    """A column of ``heldout.csv``."""

    def values(study, treatment):
        check_made(study, "heldout.csv", "benefits-unseen", QUICK)
        return heldout.column(study, name, treatment)

    return values


COLUMNS = {name: measured(name) for name in ("q", "unseen")}
ABOUT: dict[str, Any] = {"b": "control", "status": "ours", "figure": "benefits-unseen"}

CLAIMS = [
    *(
        Larger(
            f"with {words} networks are right more often on patterns never shown", column="unseen", a=name,
            family="patterns never shown", smallest=DELTA, **ABOUT,
        )
        for name, words in CAUSES.items()
    ),
    *(
        Mediated(
            f"{words}: the part through higher Q is right more often on patterns never shown (indirect effect)", column="unseen",
            through="q", a=name, family="through Q", smallest=POINTS, **ABOUT,
        )
        for name, words in CAUSES.items()
    ),
]  # fmt: skip
