"""Do causes of modularity make networks adapt sooner because of modularity: what is left of it when Q has been pushed down?

Of networks of 28 to 32 connections that solve their goal. Declared before the runs. That goal switching and pruning generalise had
been seen in other studies (`claims_unseen`), and that modular networks adapt sooner (`claims`).
"""

from typing import Any

import numpy as np

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, Mediated
from evomod.scripts.benefits import blocked
from evomod.scripts.benefits.derived import CAP
from evomod.verdicts import DELTA

STUDY = blocked.STUDY
QUICK = blocked.QUICK
FIGURE = "benefits-blocked"

OCTAVE = 0.5
"""The smallest indirect effect on generations that is of interest, in octaves: our choice."""


def ended(column):
    """A column of lines of descent; the group names treatment and direction."""

    def values(study, group):
        check_made(study, "blocked.csv", FIGURE, QUICK)
        treatment, _, direction = group.partition("@")
        return blocked.of_lines(study, column, treatment, direction)

    return values


def earliness(study, group):
    """Octaves by which copies adapt to the related goal before the cap."""
    return np.log2(CAP + 1.0) - np.log2(ended(blocked.RELATED)(study, group) + 1.0)


def runs_of(study, group):
    """Of a treatment, whatever is asked of it."""
    return len(study.column("seed", group.partition("@")[0])), 50


COLUMNS = {"q": ended("q"), "generations": ended(blocked.RELATED), "earliness": earliness}
WORDS = {"control": "none", "goal-switching": "goal switching", "pruning": "pruning"}
LABELS = {
    f"{name}@{direction}": f"{words}{pushed}"
    for name, words in WORDS.items()
    for direction, pushed in blocked.DIRECTIONS.items()
}
ABOUT: dict[str, Any] = {"status": "ours", "figure": FIGURE}
CAUSES = ("goal-switching", "pruning")


def larger(text, column, sides, family):
    """A claim of two kinds of lines, the larger first."""
    return Larger(text, column=column, a=sides[0], b=sides[1], family=family, smallest=DELTA, **ABOUT)


CLAIMS = [
    *(
        larger(
            f"with Q pushed down networks of {WORDS[name]} are less modular (Q) than those without a cause", "q",
            ("control@none", f"{name}@down"), "blocking works",
        )
        for name in CAUSES
    ),
    *(
        larger(
            f"copies of networks of {WORDS[name]} adapt sooner to left AND NOT right, 28 to 32 connections", "generations",
            ("control@none", f"{name}@none"), "causes and adaptation",
        )
        for name in CAUSES
    ),
    *(
        larger(
            f"with Q pushed down copies of networks of {WORDS[name]} still adapt sooner than those without a cause", "generations",
            ("control@none", f"{name}@down"), "causes and adaptation, blocked",
        )
        for name in CAUSES
    ),
    *(
        Mediated(
            f"{WORDS[name]}: the part through higher Q makes copies adapt sooner to left AND NOT right (indirect effect)", column="earliness",
            through="q", a=f"{name}@none", b="control@none", family="adaptation through Q, held", smallest=OCTAVE, **ABOUT,
        )
        for name in CAUSES
    ),
]  # fmt: skip
