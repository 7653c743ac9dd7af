"""What Achterberg et al. (2023) claim of recurrent networks that pay for length and communicability, against L1.

As in the paper only networks that can do the task are compared. Taking the cost apart, comparing networks of equal sums of |w|, and the
graphs of the same degrees and of the same lengths are ours. Declared after a pilot with other births and trials (45 networks a way), of
which accuracy, strength and sums of |w| were looked at to choose strengths whose sums overlap, and Q of single networks on the way;
and before any network of this table. That weights fall with length and that neurons communicate less is what the cost asks for: those
claims check that it works.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Above, Larger, LargerInPairs, Rises
from evomod.scripts.achterberg2023 import recurrent
from evomod.verdicts import DELTA

TABLE, COMMAND = recurrent.TABLE, recurrent.COMMAND
SD = 0.5
"""Of a z: the smallest distance from graphs of the same lengths that is of interest."""


def able(path, way):
    """Rows of the networks of a way that can do the task, by seed."""
    return recurrent.accurate(recurrent.groups_of(recurrent.read(path)).get(way, []))


def column(name):
    """Numbers of the networks of a way that can do the task; of "both~l1" those of "both" that have a network of "l1" of the same sum of
    |w|, in the order of "l1~both"."""

    def values(path, group):
        way, _, other = group.partition("~")
        if not other:
            return np.array([row[name] for row in able(path, way)])
        first, second = sorted((way, other))
        pairs = recurrent.matched(able(path, first), able(path, second))
        return np.array([pair[way == second][name] for pair in pairs])

    return values


COLUMNS = {name: column(name) for name in ("strength", *recurrent.NUMBERS)}


def runs_of(path, group):
    """Networks of a way, also those that cannot do the task, and how many were declared."""
    return len(
        recurrent.groups_of(recurrent.read(path)).get(group.partition("~")[0], [])
    ), recurrent.NETWORKS


PAIRS = (
    ("both", "l1"),
    ("length", "l1"),
    ("communicability", "l1"),
    ("both", "length"),
    ("both", "communicability"),
)
WORDS = {
    "l1": "L1", "length": "length", "communicability": "communicability", "both": "length and communicability",
}  # fmt: skip
LABELS = recurrent.WAYS | {
    f"{a}~{b}": recurrent.WAYS[a] for pair in PAIRS for a, b in (pair, pair[::-1])
}
ABOUT: dict[str, Any] = {"figure": "achterberg2023-recurrent", "smallest": DELTA}
OURS = ABOUT | {"status": "ours"}


def larger(text, column, a, b, family, **more):
    """A claim of two ways of training."""
    return Larger(text, column=column, a=a, b=b, family=family, **ABOUT | more)


CLAIMS = [
    larger("with length and communicability networks have a higher Q than with L1", "q", "both", "l1", "paper"),
    larger("with length and communicability they are more small-world than with L1", "small_world", "both", "l1", "paper"),
    larger("Q of all |w|: higher with length and communicability than with L1", "q_weighted", "both", "l1", "all weights"),
    larger(
        "the cost works: |w| falls with length more than with L1", "length_correlation", "both", "l1", "works", is_less=True,
    ),
    larger("the cost works: neurons communicate less than with L1", "communicability", "both", "l1", "works", is_less=True),
    larger("L1 raises Q above that of nothing", "q", "l1", "none", "L1", status="ours"),
    *(
        LargerInPairs(
            f"at equal sums of |w| {WORDS[a]} gives a higher Q than {WORDS[b]}", column="q", a=f"{a}~{b}", b=f"{b}~{a}",
            family="taken apart", **OURS,
        )
        for a, b in PAIRS
    ),
    *(
        LargerInPairs(
            f"at equal sums of |w| {WORDS[a]} gives a higher z of Q (same degrees) than {WORDS[b]}", column="q_z", a=f"{a}~{b}",
            b=f"{b}~{a}", family="beyond degrees", **OURS,
        )
        for a, b in PAIRS
    ),
    *(
        Above(
            f"{WORDS[way]}: Q is higher than that of graphs whose connections are as long (z)", column="q_z_length", a=way, bound=0.0,
            family="beyond lengths", **OURS | {"smallest": SD},
        )
        for way in ("length", "both")
    ),
    *(
        Rises(f"Q rises with the strength of {words}", x="strength", y="q", a=way, family="strength", **OURS)
        for way, words in WORDS.items()
    ),
]  # fmt: skip
