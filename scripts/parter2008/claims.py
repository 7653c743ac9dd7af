"""What Parter, Kashtan & Alon (2008) claim of a neighbouring goal without modules (NBVG): switching alone does not do it.

Directions, from the main text; networks are the best of the last generation. How soon copies of them solve other goals is
measured from the first circuit that solves the goal that all arms share (`novel`), where the paper lets whole populations go
on. Declared before the first run.
"""

import numpy as np

from evomod.papers.claim import check_made
from evomod.papers.claims import Alike, Larger, Sooner
from evomod.plots.studies import rows_of
from evomod.scripts.parter2008 import novel
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = novel.QUICK
FIGURE = "parter2008-novel"


def measured(column):
    """A column of circuits that have a connection."""

    def values(study, treatment):
        found = study.column(column, treatment).astype(float)
        return np.where(study.column("connections", treatment) > 0, found, np.nan)

    return values


def adapted(column):
    """A column of ``novel.csv``; of circuits whose copies came back to the goal that all share."""

    def values(study, treatment):
        check_made(study, "novel.csv", FIGURE, QUICK)
        return rows_of(novel.novel(study), treatment=treatment)[column].astype(float)

    return values


COLUMNS = {"q_m": measured("q_m")} | {name: adapted(name) for name in novel.PANELS if name != "q_m"}


def sooner(text, column, a, b, family):
    """That copies of circuits of ``a`` solve a goal sooner than those of ``b``."""
    return Sooner(
        text, column=column, a=a, b=b, cap=novel.CAP, family=family, smallest=DELTA, figure=FIGURE
    )


OTHERS = {"fg": "a fixed goal", "nbvg": "NBVG"}
CLAIMS = [
    Larger(
        "goals that share subgoals (two goals) make circuits more modular (Q_m) than NBVG", column="q_m", a="mvg-pair",
        b="nbvg", family="modularity", smallest=DELTA, figure=FIGURE,
    ),
    Larger(
        "goals that share subgoals (four goals) make circuits more modular (Q_m) than NBVG", column="q_m", a="mvg",
        b="nbvg", family="modularity", smallest=DELTA, figure=FIGURE,
    ),
    Larger(
        "NBVG makes circuits less modular (Q_m) than a fixed goal", column="q_m", a="fg", b="nbvg", family="modularity",
        smallest=DELTA, figure=FIGURE,
    ),
    sooner("MVG of two goals is sooner at its other goal than a fixed goal", "xor-or-xor", "mvg-pair", "fg", "goals seen before"),
    sooner("NBVG is sooner at its other goal than a fixed goal", "non-modular-neighbour", "nbvg", "fg", "goals seen before"),
    Alike(
        "NBVG is back at its goal as soon as MVG of two goals", column="home", a="nbvg", b="mvg-pair", family="back",
        smallest=DELTA, figure=FIGURE,
    ),
    *(
        sooner(f"MVG of four goals is sooner at a new combination ({goal}) than {than}", goal, "mvg", other, "new combinations")
        for goal in novel.GOALS[2:]
        for other, than in OTHERS.items()
    ),
    Alike(
        "random goals are reached as late with MVG of four goals as with a fixed goal", column="random", a="mvg", b="fg",
        family="random goals", smallest=DELTA, figure=FIGURE,
    ),
    *(
        Larger(
            f"more goals of the family lie one mutation away with MVG of four goals than with {than}", column="near", a="mvg",
            b=other, family="one mutation away", smallest=DELTA, figure=FIGURE,
        )
        for other, than in OTHERS.items()
    ),
]  # fmt: skip
