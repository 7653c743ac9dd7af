"""What the essay says of networks trained by gradient, once more on other data: a few pictures of Fashion-MNIST.

Declared when the results on digits were known (`claims_trained.py`) and before any network here but of seed 9001, of which only the
time was looked at. Directions are the essay's, as there. Of each intervention one claim is primary: blocks beside as much wiring at
random, and the term for clusters beside that against.
"""

from typing import Any

from evomod.papers.claims import LargerInPairs, Mediated, Rises
from evomod.scripts.benefits import fashion, trained
from evomod.scripts.benefits.claims_trained import POINTS
from evomod.studies.experiments import in_pairs
from evomod.verdicts import DELTA

TABLE, COMMAND = fashion.TABLE, fashion.COMMAND
CAUSES = {
    "dropout-0.2": "dropout of 0.2", "dropout-0.5": "dropout of 0.5", "l1-1e-04": "L1 of 1e-4", "l2-1e-03": "L2 of 1e-3",
    "prune-0.5": "pruning of half of the weights",
}  # fmt: skip


def column(name):
    """Numbers of a way of training, by seed."""

    def values(path, way):
        return in_pairs(fashion.groups_of(fashion.read(path)), name, way)

    return values


COLUMNS = {name: column(name) for name in trained.NUMBERS}


def runs_of(path, way):
    """Networks of a way of training, and how many were declared."""
    return len(fashion.groups_of(fashion.read(path)).get(way, [])), fashion.NETWORKS


LABELS = {
    "control": "nothing",
    "clusterability-up": "term for clusters",
    "clusterability-down": "term against clusters",
    "blocks": "blocks",
    "random-wiring": "random wiring",
    **CAUSES,
}
ABOUT: dict[str, Any] = {"status": "ours", "figure": "benefits-fashion"}


def larger(text, column, a, b, family):
    """A claim of networks in pairs: the same pictures and birth."""
    return LargerInPairs(f"clothes: {text}", column=column, a=a, b=b, family=f"clothes, {family}", smallest=DELTA, **ABOUT)  # fmt: skip


CLAIMS = [
    larger(
        "wiring in blocks is more clusterable than as much wiring at random", "clusterability", "blocks", "random-wiring", "intervention",
    ),
    larger(
        "wiring in blocks gets more new pictures right than as much wiring at random", "test_accuracy", "blocks", "random-wiring",
        "primary",
    ),
    larger(
        "a term for clusters makes networks more clusterable than one against", "clusterability", "clusterability-up", "clusterability-down",
        "term",
    ),
    larger(
        "a term for clusters gets more new pictures right than one against", "test_accuracy", "clusterability-up", "clusterability-down",
        "primary of the term",
    ),
    *(larger(f"{words} gets more new pictures right", "test_accuracy", way, "control", "new") for way, words in CAUSES.items()),
    *(
        larger(f"{words} makes more clusterable relative to shuffles (z)", "clusterability", way, "control", "clusterable")
        for way, words in CAUSES.items()
    ),
    *(
        Mediated(
            f"clothes: {words}: the part through clusterability gets more new pictures right (indirect effect)",
            column="test_accuracy", through="clusterability", a=way, b="control", family="clothes, through clusterability",
            smallest=POINTS, **ABOUT,
        )
        for way, words in CAUSES.items()
    ),
    Rises(
        "clothes: of networks trained with nothing else the more clusterable get more new pictures right", x="clusterability",
        y="test_accuracy", a="control", family="clothes, within", smallest=DELTA, **ABOUT,
    ),
]  # fmt: skip
