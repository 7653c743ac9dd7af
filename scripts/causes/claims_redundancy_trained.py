"""What the essay says of dropout by its rate, in trained networks of four subgoals: specialised, then redundant, then alike.

Declared before any of these networks but of seed 9001, of which only the time and the accuracy on the digits trained on were looked
at. The essay: without dropout modules are specialised, with some they overlap, with much they can stand in for each other; redundant
systems must be modular; what is modular is specialised. Exploratory, asked when all was known: the trends of the rates up to 0.5, for
with more networks learn less and less.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import LargerInPairs, Rises, Trend
from evomod.scripts.causes import redundancy_trained as trained
from evomod.verdicts import DELTA

TABLE, COMMAND = trained.TABLE, trained.COMMAND
DECLARED = 20
DOSES = {str(rate): rate for rate in trained.RATES}
MODERATE = {name: rate for name, rate in DOSES.items() if rate <= 0.5}
WITHIN = "all rates"
"""Networks of all rates, by their ranks within a rate."""


def column(name):
    """Numbers of the networks of a rate, by seed."""

    def values(path, group):
        groups = trained.by_rate(trained.read(path))
        if group == WITHIN:
            return np.concatenate([ranks([row[name] for row in rows]) for rows in groups.values()])
        return np.array([row[name] for row in groups.get(float(group), [])])

    return values


def ranks(numbers):
    """From -0.5 to 0.5; ties share, and NaN stays."""
    values = np.array(numbers)
    below = (values[:, None] > values).sum(axis=1) + 0.5 * (values[:, None] == values).sum(axis=1)
    return np.where(np.isnan(values), np.nan, below / max(values.size, 1) - 0.5)


COLUMNS = {name: column(name) for name in trained.NUMBERS}


def runs_of(path, group):
    """Networks of a rate, or of all of them, and how many were declared."""
    number = DECLARED * (len(trained.RATES) if group == WITHIN else 1)
    return len(COLUMNS["z"](path, group)), number


LABELS = {name: f"dropout {name}" for name in DOSES} | {WITHIN: "within rates"}
ABOUT: dict[str, Any] = {"smallest": DELTA, "status": "ours", "figure": "causes-redundancy_trained"}

CLAIMS = [
    Trend(
        "modules are less specialised with more dropout", column="specialisation", doses=DOSES, falls=True,
        family="what modules do, by rate", **ABOUT,
    ),
    Trend(
        "more modules carry a subgoal with more dropout", column="carriers", doses=DOSES, family="what modules do, by rate", **ABOUT,
    ),
    Trend(
        "modules stand in for each other more with more dropout", column="redundancy", doses=DOSES,
        family="what modules do, by rate", **ABOUT,
    ),
    Trend(
        "networks are more clusterable relative to shuffles with more dropout", column="clusterability", doses=DOSES,
        family="modularity by rate", **ABOUT,
    ),
    *(
        Trend(
            f"{text}, up to 0.5", column=column, doses=MODERATE, falls=column == "specialisation", family="rates up to 0.5",
            **(ABOUT | {"status": "exploratory"}),
        )
        for column, text in {
            "specialisation": "modules are less specialised with more dropout",
            "redundancy": "modules stand in for each other more with more dropout",
            "clusterability": "networks are more clusterable relative to shuffles with more dropout",
        }.items()
    ),
    LargerInPairs(
        "modules are more specialised without dropout than with 0.3", column="specialisation", a="0.0", b="0.3",
        family="none, some, much", **ABOUT,
    ),
    LargerInPairs(
        "modules are more specialised with dropout of 0.3 than of 0.7", column="specialisation", a="0.3", b="0.7",
        family="none, some, much", **ABOUT,
    ),
    LargerInPairs(
        "modules stand in for each other more with dropout of 0.3 than without", column="redundancy", a="0.3", b="0.0",
        family="none, some, much", **ABOUT,
    ),
    Rises(
        "networks whose modules stand in for each other are more clusterable, at one rate", x="redundancy", y="clusterability",
        a=WITHIN, family="redundant and modular", **ABOUT,
    ),
    Rises(
        "more clusterable networks have more specialised modules, at one rate", x="clusterability", y="specialisation", a=WITHIN,
        family="specialised and modular", **ABOUT,
    ),
]  # fmt: skip
