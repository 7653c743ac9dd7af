"""What Lange, Rolnick & Kording (2022) claim of dropout, L1 and L2: functional modularity rises with them, most with dropout.

Declared before any network but those of seed 9001, of which only time and accuracy were looked at. The abstract gives directions;
"dramatically" and "modest" are made a comparison of the strengths at which each cause has its largest effect among those tried that
keep nine digits in ten right: which strengths these are follows from the table. Exploratory, asked when all was known: the same of
what Q exceeds that of permuted responses by, of which the paper says nothing.
"""

from typing import Any

import numpy as np

from evomod.measures import SIMILARITIES
from evomod.papers.claims import Above, Larger, Trend
from evomod.scripts.lange2022 import strengths
from evomod.studies.experiments import column_of
from evomod.verdicts import DELTA

TABLE, COMMAND = strengths.TABLE, strengths.COMMAND
DECLARED = 5
"""Networks of a strength, as in the authors' program."""
NOTHING = strengths.NOTHING.replace(":", "/")
ACCURATE = 0.9
AGREEING, AMI = 0.5, 0.1
"""Partitions of an adjusted mutual information below it disagree more than they agree; and the smallest difference of interest."""


def column(name):
    """Numbers of a way, "dropout/0.1", or of the strength of a cause that is best at this, "best/dropout"."""

    def values(path, group):
        groups = strengths.groups_of(strengths.read(path))
        kind = group.removeprefix("best/")
        if kind == group:
            return column_of(groups, name, group.replace("/", ":"))
        found = [
            column_of(groups, name, one)
            for one in groups
            if one.startswith(f"{kind}:")
            and np.median(column_of(groups, "test_accuracy", one)) >= ACCURATE
        ]
        return max(found, key=np.nanmedian) if found else np.zeros(0)

    return values


COLUMNS = {name: column(name) for name in strengths.NUMBERS}


def runs_of(path, way):
    """Networks of a way, and how many were declared."""
    return len(COLUMNS["test_accuracy"](path, way)), DECLARED


BEST = {f"best/{kind}": f"{words} where it has the largest effect with nine in ten right" for kind, words in strengths.WORDS.items()}  # fmt: skip
LABELS = {NOTHING: "nothing"} | BEST
LABELS |= {
    f"{kind}/{value:g}": f"{strengths.WORDS[kind]} {value:g}"
    for kind, values in strengths.STRENGTHS.items()
    for value in values
}
ABOUT: dict[str, Any] = {"figure": "lange2022-strengths"}


STRONGEST = {"dropout": 0.5, "l1": 1e-3, "l2": 3.17e-3}
"""Up to these nine digits in ten are right."""
BEYOND: dict[str, Any] = {
    "column": "excess_upstream",
    "smallest": DELTA,
    "status": "exploratory",
    **ABOUT,
}


def doses(kind, most=np.inf):
    """Strengths of a cause by way, with none of it."""
    found = {f"{kind}/{value:g}": value for value in strengths.STRENGTHS[kind] if value <= most}
    return {NOTHING: 0.0} | found


CLAIMS = [
    *(
        Trend(
            f"functional modularity (Q, {similarity}) rises with {words}", column=f"q_{similarity}", doses=doses(kind),
            family=f"functional Q, {similarity}", smallest=DELTA, **ABOUT,
        )
        for similarity in SIMILARITIES
        for kind, words in strengths.WORDS.items()
    ),
    *(
        Larger(
            f"dropout raises functional modularity (Q, upstream) more than {words}", column="q_upstream", a="best/dropout",
            b=f"best/{kind}", family="most with dropout", smallest=DELTA, **ABOUT,
        )
        for kind, words in strengths.WORDS.items()
        if kind != "dropout"
    ),
    *(
        Trend(
            f"functional modularity beyond permuted responses (excess, upstream) rises with {words}, nine in ten right",
            doses=doses(kind, STRONGEST[kind]), family="excess, upstream", **BEYOND,
        )
        for kind, words in strengths.WORDS.items()
    ),
    *(
        Larger(
            f"functional modularity beyond permuted responses (excess, upstream) is higher with dropout of {rate} than with nothing",
            a=f"dropout/{rate}", b=NOTHING, family="excess, dropout", **BEYOND,
        )
        for rate in (0.1, 0.2, 0.3, 0.4, 0.5)
    ),
    *(
        Larger(
            f"dropout raises functional modularity beyond permuted responses (excess, upstream) more than {words}",
            a="best/dropout", b=f"best/{kind}", family="excess, most with dropout", **BEYOND,
        )
        for kind, words in strengths.WORDS.items()
        if kind != "dropout"
    ),
    Above(
        "clusters by upstream and by downstream responses disagree: AMI below one half", column="agreement", a=NOTHING,
        bound=AGREEING, below=True, family="up and down", smallest=AMI, **ABOUT,
    ),
]  # fmt: skip
