"""What Filan et al. (2021) found: n-cuts, and on which side of their shuffles networks lie.

The numbers are means of five networks, from the tables in the authors' repository, which give no spread of the
n-cuts: theirs are taken to spread like ours. Untrained networks are 100 births of a standard deviation of 0.032. How the
n-cuts of clusterable births spread, and of how many births 6.799 is the mean, is not known: five are taken. Exploratory, asked when
all was known: whether networks lie further below their shuffles than the control does, which lies below as well.
"""

import numpy as np

from evomod.papers.claims import Above, Larger, PublishedMean
from evomod.scripts.filan2021 import table

TABLE, COMMAND = table.TABLE, table.COMMAND
DECLARED = 5
"""Networks of a way of training, as in the paper."""
N_CUT = 0.02
"""Of a ratio of n-cuts: ways of training differ by 2 to 20 %."""
Z, DELTA = 1.0, 0.33
"""Of a z: one standard deviation of the shuffles."""
DATA = {"fashion-mnist": "", "polynomials": "polynomials, "}
PUBLISHED = {  # data, way, is pruned: n-cut, mean z relative to shuffles
    ("fashion-mnist", "control", 0): (9.885, -5.4),
    ("fashion-mnist", "dropout", 0): (9.698, -10.7),
    ("fashion-mnist", "l1", 0): (8.407, 11.5),
    ("fashion-mnist", "l2-authors-code", 0): (9.468, 4.3),
    ("fashion-mnist", "control", 1): (8.687, -10.4),
    ("fashion-mnist", "dropout", 1): (8.110, -24.7),
    ("fashion-mnist", "l1", 1): (9.943, 23.8),
    ("fashion-mnist", "l2-authors-code", 1): (8.524, -3.9),
    ("polynomials", "control", 0): (9.810, -25.0),
    ("polynomials", "l1", 0): (9.209, -2.1),
    ("polynomials", "l2-authors-code", 0): (8.300, -130.0),
}
UNTRAINED = {  # way: n-cut, its standard error, births
    "untrained": (10.295, 0.032 / 100**0.5, 100),
    "clusterable-untrained": (6.799, None, DECLARED),
}
NAMES = {
    "control": "control",
    "dropout": "dropout",
    "l1": "L1",
    "clusterable-untrained": "clusterable birth, untrained",
    "untrained": "untrained",
    "l2-authors-code": "L2 with L1 in the first layer",
}


def column(name):
    """Numbers of a group: data, way and whether it is pruned."""

    def values(path, group):
        data, way, is_pruned = group.split("/")
        rows = table.groups_of(table.read(path)).get((data, int(is_pruned), way), [])
        return np.array([row[name] for row in rows])

    return values


COLUMNS = {name: column(name) for name in ("n_cut", "z")}


def runs_of(path, group):
    """Networks of a group, and how many were declared."""
    return len(COLUMNS["z"](path, group)), DECLARED


def of_way(data, way, is_pruned):
    """The two claims of a way of training."""
    n_cut, z = PUBLISHED[data, way, is_pruned]
    name, group = (
        f"{DATA[data]}{NAMES[way]}, {'pruned' if is_pruned else 'not pruned'}",
        f"{data}/{way}/{is_pruned}",
    )
    side = "more" if z < 0.0 else "less"
    return [
        PublishedMean(
            f"{name}: n-cut {n_cut:g}", column="n_cut", a=group, value=n_cut, error=None, n=5, as_ratio=True,
            family="n-cuts, published", smallest=N_CUT, figure="filan2021-table",
        ),
        Above(
            f"{name}: {side} clusterable than its shuffles (mean z {z:+g})", column="z", a=group, bound=0.0,
            below=z < 0.0, family=f"sides of the shuffles, {data}", smallest=Z, figure="filan2021-table",
        ),
    ]  # fmt: skip


BESIDE = {
    "dropout/0": "with dropout networks are",
    "control/1": "pruned networks are",
    "l1/0": "with L1 networks are",
    "l2-authors-code/0": "with L2, and L1 in the first layer, networks are",
}
"""Ways of training, not pruned, and pruning, beside the control that is not pruned."""
LABELS = {
    **{f"{data}/{way}/{k}": f"{NAMES[way]}{', pruned' * k}" for data, way, k in PUBLISHED},
    **{f"fashion-mnist/{way}/0": NAMES[way] for way in UNTRAINED},
}
CLAIMS = [
    *(
        PublishedMean(
            f"{NAMES[way]}: n-cut {n_cut:g}", column="n_cut", a=f"fashion-mnist/{way}/0", value=n_cut, error=error,
            n=n, as_ratio=True, family="n-cuts, published", smallest=N_CUT, figure="filan2021-table",
        )
        for way, (n_cut, error, n) in UNTRAINED.items()
    ),
    *(claim for key in PUBLISHED for claim in of_way(*key)),
    Larger(
        "a trained network has a lower n-cut than an untrained one", column="n_cut", a="fashion-mnist/control/0",
        b="fashion-mnist/untrained/0", is_less=True, family="trained or not", smallest=DELTA,
        figure="filan2021-table",
    ),
    *(
        Larger(
            f"{words} more clusterable relative to shuffles (z) than the control", column="z", a=f"fashion-mnist/{way}",
            b="fashion-mnist/control/0", is_less=True, family="beside the control", smallest=DELTA, status="exploratory",
            figure="filan2021-table",
        )
        for way, words in BESIDE.items()
    ),
]  # fmt: skip
