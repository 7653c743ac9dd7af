"""What Ellefsen, Mouret & Clune (2015) claim of a cost of connections: directions, from the abstract and the captions of figures 4, 7 and 9.

Stated before the runs; a pilot of one seed a way (9001, which the table does not have) chose the settings.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Larger, Rises
from evomod.scripts.ellefsen2015 import seasons
from evomod.verdicts import DELTA

TABLE, COMMAND = seasons.TABLE, seasons.COMMAND
DECLARED = seasons.RUNS
BOTH = "both"


def declared_rows(path, group):
    """Rows of a way, or of both one after another: as long and as many as declared, one a seed."""
    groups = seasons.groups_of(seasons.read(path))
    whole = (seasons.GENERATIONS, seasons.POPULATION)
    found = {
        (way, row["seed"]): row
        for way in (seasons.WAYS if group == BOTH else (group,))
        for row in groups.get(way, [])
        if (row["generations"], row["population"]) == whole
    }
    return list(found.values())


def numbers(name):
    """A column of a way, or of both."""
    return lambda path, group: np.array([row[name] for row in declared_rows(path, group)])


COLUMNS = {name: numbers(name) for name in seasons.COLUMNS[4:]}


def runs_of(path, group):
    """Runs of a way, and how many were declared."""
    return len(declared_rows(path, group)), DECLARED * (len(seasons.WAYS) if group == BOTH else 1)


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
            text.format(way), x=x, y="fitness", a=way, falls=falls, family="correlations within ways", smallest=DELTA,
            status="ours", **ABOUT,
        )
        for way in seasons.WAYS
        for x, falls, text in (
            ("connections", True, "the fewer connections, the more often right, among {}"),
            ("q", False, "the higher Q, the more often right, among {}"),
        )
    ),
    larger("networks that pay know more seasons, all foods of one being right", "known", "learning and forgetting"),
    larger("networks that pay know both seasons more often", "perfect", "learning and forgetting"),
    larger(
        "of the seasons that they know networks that pay have forgotten less by the end of the next", "forgotten",
        "learning and forgetting", is_less=True,
    ),
    larger("networks that pay retain more seasons over the next", "retained", "learning and forgetting"),
]  # fmt: skip
