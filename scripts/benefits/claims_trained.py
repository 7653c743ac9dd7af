"""What the essay says of networks trained by gradient: causes of modularity generalise because they make modular.

Declared before any of these networks but of seed 9001, of which only the time and the accuracy on the digits trained on were looked
at; those of a term for or against clusters after all others, and before any such network but of seed 9001, at which everything was
looked at to choose the causes to hold down. Of each intervention one claim is primary: blocks beside as much wiring at random, and
the term for clusters beside that against. The essay does not say whether pruning acts during or after training, nor at which width
networks are modular: there the directions are our choice.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Above, LargerInPairs, Mediated, Rises, Trend
from evomod.scripts.benefits import trained
from evomod.verdicts import DELTA

TABLE, COMMAND = trained.TABLE, trained.COMMAND
DECLARED = 100

CAUSES = {
    "dropout-0.2": "dropout of 0.2",
    "l1-1e-04": "L1 of 1e-4",
    "l2-1e-03": "L2 of 1e-3",
    "prune-0.5": "pruning of half of the weights",
}
"""At one strength each, the middle of those tried."""
RATES = {"control": 0.0, **{f"dropout-{rate}": rate for rate in (0.1, 0.2, 0.35, 0.5)}}
HELD = ("dropout-0.2", "dropout-0.5")
"""Whose clusterability is held down: that of the claims, and that which makes the most clusterable networks."""
WITHOUT = dict.fromkeys(HELD, "control") | {f"{name}-held-down": "clusterability-down" for name in HELD}
POINTS = 0.005
"""The smallest indirect effect of interest: half a point of a hundred of new digits; our choice."""
Z = 1.0


def column(name):
    """Numbers of a way of training, by seed."""

    def values(path, way):
        return np.array([row[name] for row in trained.groups_of(trained.read(path)).get(way, [])])

    return values


def gain(path, way):
    """New digits right beyond the same without dropout, network by network: the same digits and birth."""
    groups = trained.groups_of(trained.read(path))
    with_it, without = (
        {row["seed"]: row["test_accuracy"] for row in groups.get(name, [])}
        for name in (way, WITHOUT[way])
    )
    return np.array([value - without[seed] for seed, value in with_it.items() if seed in without])


COLUMNS = {**{name: column(name) for name in trained.NUMBERS}, "gain": gain}


def runs_of(path, way):
    """Networks of a way of training, and how many were declared."""
    return len(COLUMNS["z"](path, way)), trained.declared(way, DECLARED)


LABELS = {
    "control": "nothing",
    "clusterability-up": "term for clusters",
    "clusterability-down": "term against clusters",
    "dropout-0.5": "dropout of 0.5",
    **{f"{name}-held-down": f"{name.replace('-', ' of ')} and term against" for name in HELD},
    "blocks": "blocks",
    "random-wiring": "random wiring",
    "clusterable-birth": "clusterable birth",
    "pruned-after": "pruned at the end",
    "pruned-after-trained-on": "pruned half-way",
    "pruned-at-birth": "pruned at birth",
    "prune-0.9": "pruned while training",
    **CAUSES,
    **{f"width-{width}": f"width {width}" for width in trained.WIDTHS},
    **{f"untrained-{width}": f"width {width}, untrained" for width in trained.WIDTHS},
}
ABOUT: dict[str, Any] = {"status": "ours", "figure": "benefits-trained"}


def larger(text, column, a, b, family):
    """A claim of networks in pairs: the same digits and birth."""
    return LargerInPairs(text, column=column, a=a, b=b, family=family, smallest=DELTA, **ABOUT)


def held(name):
    """Claims of a rate of dropout whose clusterability is held down."""
    words, way = name.replace("-", " of "), f"{name}-held-down"
    return [
        larger(
            f"held down, {words} makes networks less clusterable than nothing does", "clusterability", "control", way,
            "term",
        ),
        larger(
            f"with clusterability held down, {words} still gets more new digits right", "test_accuracy", way,
            "clusterability-down", "held down",
        ),
        larger(
            f"what {words} gains on new digits is less with clusterability held down", "gain", name, way, "held down",
        ),
    ]  # fmt: skip


CLAIMS = [
    larger(
        "the intervention works: wiring in blocks is more clusterable than as much wiring at random", "clusterability", "blocks",
        "random-wiring", "intervention",
    ),
    larger(
        "modularity alone generalises: wiring in blocks gets more new digits right than as much wiring at random", "test_accuracy",
        "blocks", "random-wiring", "primary",
    ),
    larger(
        "a term for clusters makes networks more clusterable than nothing does", "clusterability", "clusterability-up", "control",
        "term",
    ),
    larger(
        "a term against clusters makes networks less clusterable than nothing does", "clusterability", "control",
        "clusterability-down", "term",
    ),
    larger(
        "modularity alone generalises: a term for clusters gets more new digits right than one against", "test_accuracy",
        "clusterability-up", "clusterability-down", "primary of the term",
    ),
    *(claim for name in HELD for claim in held(name)),
    larger(
        "a clusterable birth is more clusterable when trained", "clusterability", "clusterable-birth", "control", "birth",
    ),
    larger(
        "a clusterable birth gets more new digits right", "test_accuracy", "clusterable-birth", "control", "birth",
    ),
    *(
        larger(f"{words} gets more new digits right", "test_accuracy", way, "control", "new digits")
        for way, words in CAUSES.items()
    ),
    *(
        larger(f"{words} makes more clusterable relative to shuffles (z)", "clusterability", way, "control", "clusterable")
        for way, words in CAUSES.items()
    ),
    *(
        Mediated(
            f"{words}: the part through clusterability gets more new digits right (indirect effect)", column="test_accuracy",
            through="clusterability", a=way, b="control", family="through clusterability", smallest=POINTS, **ABOUT,
        )
        for way, words in CAUSES.items()
    ),
    Rises(
        "of networks trained with nothing else the more clusterable get more new digits right", x="clusterability",
        y="test_accuracy", a="control", family="within", smallest=DELTA, **ABOUT,
    ),
    Trend(
        "clusterability rises with the rate of dropout", column="clusterability", doses=RATES, family="dropout by rate",
        smallest=DELTA, **ABOUT,
    ),
    Trend(
        "weights are smaller with more dropout (sum of |w| falls)", column="sum_of_weights", doses=RATES, falls=True,
        family="dropout by rate", smallest=DELTA, **ABOUT,
    ),
    larger(
        "pruned while it trains a network is more clusterable than pruned at the end", "clusterability", "prune-0.9", "pruned-after",
        "pruning",
    ),
    larger(
        "pruned half-way and trained on it is more clusterable than pruned at the end", "clusterability", "pruned-after-trained-on",
        "pruned-after", "pruning",
    ),
    larger(
        "pruned while it trains it is more clusterable than wired at random at birth", "clusterability", "prune-0.9",
        "pruned-at-birth", "pruning",
    ),
    larger(
        "pruned while it trains it gets more new digits right than pruned half-way and trained on", "test_accuracy", "prune-0.9",
        "pruned-after-trained-on", "pruning",
    ),
    *(
        Above(
            f"without any trick a network of two hidden layers of {width} is more clusterable than its shuffles", column="z",
            a=f"width-{width}", bound=0.0, below=True, family="width", smallest=Z, **ABOUT,
        )
        for width in trained.WIDTHS
    ),
    Trend(
        "the n-cut is further below its shuffles the wider the network", column="excess",
        doses={f"width-{width}": float(width) for width in trained.WIDTHS}, family="by width", smallest=DELTA, **ABOUT,
    ),
]  # fmt: skip
