"""What Filan et al. (2021) found on Fashion-MNIST: n-cuts, and on which side of their shuffles networks lie.

The numbers are means of five networks, from the tables in the authors' repository, which give no spread of the
n-cuts: theirs are taken to spread like ours, so that the standard error of their mean is ours · sqrt(our number / 5).
Untrained networks are 100 births of a standard deviation of 0.032. How the n-cuts of clusterable births spread, and of
how many births 6.799 is the mean, is not known: five are taken.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import beyond, mean_of, published_mean
from evomod.papers.scripts import load_script

TABLES = load_script(Path(__file__).with_name("table.py"))
TABLE, COMMAND = TABLES.TABLE, TABLES.COMMAND
PAPER, N = "filan2021", 5
DATA = "fashion-mnist"
PUBLISHED = {  # way, is pruned: n-cut, mean z beside shuffles
    ("control", 0): (9.885, -5.4),
    ("dropout", 0): (9.698, -10.7),
    ("l1", 0): (8.407, 11.5),
    ("l2-authors-code", 0): (9.468, 4.3),
    ("control", 1): (8.687, -10.4),
    ("dropout", 1): (8.110, -24.7),
    ("l1", 1): (9.943, 23.8),
    ("l2-authors-code", 1): (8.524, -3.9),
}
UNTRAINED = {  # way: n-cut, its standard error, births
    "untrained": (10.295, 0.032 / 100**0.5, 100),
    "clusterable-untrained": (6.799, None, N),
}
NAMES = {
    "control": "control",
    "dropout": "dropout",
    "l1": "L1",
    "clusterable-untrained": "clusterable birth, untrained",
    "untrained": "untrained",
    "l2-authors-code": "L2 with L1 in the first layer",
}


def texts(way, is_pruned):
    """The two claims of a way of training."""
    n_cut, z = PUBLISHED[way, is_pruned]
    name = f"{NAMES[way]}, {'pruned' if is_pruned else 'not pruned'}"
    side = "more" if z < 0.0 else "less"
    return f"{name}: n-cut {n_cut:g}", f"{name}: {side} clusterable than its shuffles (mean z {z:+g})"


def untrained(way):
    """The claim on networks as they are born."""
    return f"{NAMES[way]}: n-cut {UNTRAINED[way][0]:g}"


CLAIMS = [*map(untrained, UNTRAINED), *(text for way in PUBLISHED for text in texts(*way))]


def claims(path):
    """Every claim, from `table.py`'s table."""
    groups = TABLES.groups_of(TABLES.read(path))
    found = [
        published_mean(PAPER, untrained(way), column(groups, "n_cut", way, 0), *theirs)
        for way, theirs in UNTRAINED.items()
    ]
    for (way, is_pruned), (n_cut, z) in PUBLISHED.items():
        values, beside = texts(way, is_pruned)
        cuts = column(groups, "n_cut", way, is_pruned)
        found.append(published_mean(PAPER, values, cuts, n_cut, None, N))
        ours = mean_of(column(groups, "z", way, is_pruned))
        found.append(beyond(PAPER, beside, ours, 0.0, N, below=z < 0.0))
    return found


def column(groups, name, way, is_pruned):
    """Numbers of a way of training."""
    return np.array([row[name] for row in groups.get((DATA, is_pruned, way), [])])
