"""What Parter, Kashtan & Alon (2008) claim of a neighbouring goal without modules (NBVG): switching alone does not do it.

Directions, from the main text; networks are the best of the last generation.
"""

import numpy as np

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=500"]}


def measured(column):
    """A column of circuits that have a connection."""

    def values(study, treatment):
        found = study.column(column, treatment).astype(float)
        return np.where(study.column("connections", treatment) > 0, found, np.nan)

    return values


COLUMNS = {"q_m": measured("q_m")}
CLAIMS = [
    Larger(
        "goals that share subgoals (two goals) make circuits more modular (Q_m) than NBVG", column="q_m", a="mvg-pair",
        b="nbvg", family="modularity", smallest=DELTA,
    ),
    Larger(
        "goals that share subgoals (four goals) make circuits more modular (Q_m) than NBVG", column="q_m", a="mvg",
        b="nbvg", family="modularity", smallest=DELTA,
    ),
    Larger(
        "NBVG makes circuits less modular (Q_m) than a fixed goal", column="q_m", a="fg", b="nbvg", family="modularity",
        smallest=DELTA,
    ),
]  # fmt: skip
