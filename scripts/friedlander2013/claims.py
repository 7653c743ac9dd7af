"""What Friedlander, Mayo, Tlusty & Alon (2013) claim of sum-rule and product-rule mutations: directions, from the abstract.

Stated before the runs; a pilot of two seeds a group (1001 and 1002, which the study does not have) chose the settings.
"""

import numpy as np

from evomod.papers.claims import Alike, Larger
from evomod.scripts.friedlander2013 import linear
from evomod.verdicts import DELTA

TABLE, COMMAND = linear.TABLE, linear.COMMAND
DECLARED = 30
"""Runs of a rule and a goal."""


def column(name):
    """Numbers of a group, such as "product/modular"."""

    def values(path, group):
        return np.array([row[name] for row in linear.group(linear.read(path), group)])

    return values


COLUMNS = {name: column(name) for name in ("sparseness", "q", "q_z", "between")}


def runs_of(path, group):
    """Runs of a group, and how many were declared."""
    return len(linear.group(linear.read(path), group)), DECLARED


PRODUCT, SUM = "product/modular", "sum/modular"
CLAIMS = [
    Larger(
        f"the product rule makes networks sparser than the sum rule ({goal} goal)", column="sparseness",
        a=f"product/{goal}", b=f"sum/{goal}", family="sparseness", smallest=DELTA, figure="friedlander2013-linear",
    )
    for goal in linear.GOALS
] + [
    Larger(
        "with a modular goal the product rule makes networks more modular (Q) than the sum rule", column="q",
        a=PRODUCT, b=SUM, family="modularity", smallest=DELTA, figure="friedlander2013-linear",
    ),
    Larger(
        "with a modular goal the product rule gives a higher z of Q than the sum rule (shuffled elements)", column="q_z",
        a=PRODUCT, b=SUM, family="modularity", smallest=DELTA, figure="friedlander2013-linear",
    ),
    Larger(
        "with a modular goal fewer elements join its halves under the product rule than under the sum rule",
        column="between", a=PRODUCT, b=SUM, is_less=True, family="modularity", smallest=DELTA,
        figure="friedlander2013-linear",
    ),
    Larger(
        "under the product rule a modular goal makes networks more modular (Q) than a full one", column="q",
        a=PRODUCT, b="product/full", family="modularity", smallest=DELTA, figure="friedlander2013-linear",
    ),
    Alike(
        "under the sum rule a modular goal makes networks no more modular (Q) than a full one", column="q",
        a=SUM, b="sum/full", family="sum rule", smallest=DELTA, figure="friedlander2013-linear",
    ),
]  # fmt: skip
