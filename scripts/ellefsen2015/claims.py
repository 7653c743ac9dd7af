"""What Ellefsen, Mouret & Clune (2015) claim of a cost of connections: directions, from the abstract and the captions of figures 4, 7 and 9.

Stated before the runs; a pilot of one seed a way (9001, which the table does not have) chose the settings.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Larger, Rises
from evomod.scripts.ellefsen2015 import seasons
from evomod.studies.experiments import column_of
from evomod.verdicts import DELTA

TABLE, COMMAND = seasons.TABLE, seasons.COMMAND
DECLARED = seasons.RUNS
BOTH = "both"


def numbers(name):
    """A column of a way, or of both ways one after another."""

    def values(path, group):
        groups = seasons.groups_of(seasons.read(path))
        ways = seasons.WAYS if group == BOTH else (group,)
        return np.concatenate([column_of(groups, name, way) for way in ways])

    return values


COLUMNS = {name: numbers(name) for name in seasons.COLUMNS[4:]}


def runs_of(path, group):
    """Runs of a way, and how many were declared."""
    groups = seasons.groups_of(seasons.read(path))
    ways = seasons.WAYS if group == BOTH else (group,)
    return sum(len(groups.get(way, [])) for way in ways), DECLARED * len(ways)


COST, NONE = "P&CC", "PA"
ABOUT: dict[str, Any] = {"figure": "ellefsen2015-seasons"}


def larger(text, column, family, **more):
    """A claim of both ways."""
    return Larger(text, column=column, a=COST, b=NONE, family=family, smallest=DELTA, **ABOUT, **more)


CLAIMS = [
    larger("networks that pay for connections are right more often", "fitness", "performance"),
    larger("networks that pay for connections are more modular (Q)", "q", "modularity"),
    larger(
        "networks that pay for connections are more modular relative to degree-preserving randomisations (z)", "q_z",
        "modularity, null", status="ours",
    ),
    Rises(
        "the fewer connections, the more often right, both ways together", x="connections", y="fitness", a=BOTH, falls=True,
        family="correlations", smallest=DELTA, **ABOUT,
    ),
    Rises(
        "the higher Q, the more often right, both ways together", x="q", y="fitness", a=BOTH, family="correlations",
        smallest=DELTA, **ABOUT,
    ),
    *(
        Rises(
            f"the higher Q, the more often right, among {way}", x="q", y="fitness", a=way, family="correlations within ways",
            smallest=DELTA, status="ours", **ABOUT,
        )
        for way in seasons.WAYS
    ),
    larger("at the end of a season networks that pay know more of its foods", "known", "learning and forgetting"),
    larger(
        "networks that pay know all foods of both seasons more often", "perfect", "learning and forgetting"
    ),
    larger(
        "networks that pay forget less of what they knew by the end of the next season", "forgotten",
        "learning and forgetting", is_less=True,
    ),
    larger("networks that pay retain more foods over the next season", "retained", "learning and forgetting"),
]  # fmt: skip
