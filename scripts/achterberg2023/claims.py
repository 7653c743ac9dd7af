"""What Achterberg et al. (2023) claim of recurrent networks that pay for length and communicability, against L1.

Declared before any network but those of seeds 9001 and 9002, of which accuracy and the sum of weights were looked at to find
where each way begins to fail (the paper's own rule), and Q of one network each of two ways. As in the paper only networks that
can do the task are compared; taking the cost apart into length and communicability, and the graphs of the same degrees and of the
same lengths, are ours.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Above, Larger, Rises
from evomod.scripts.achterberg2023 import recurrent
from evomod.verdicts import DELTA

TABLE, COMMAND = recurrent.TABLE, recurrent.COMMAND
SD = 0.5
"""Of a z: the smallest distance from graphs of the same lengths that is of interest."""


def column(name):
    """Numbers of the networks of a way that can do the task, by seed."""

    def values(path, way):
        return np.array([row[name] for row in recurrent.accurate(recurrent.groups_of(recurrent.read(path)).get(way, []))])  # fmt: skip

    return values


COLUMNS = {name: column(name) for name in ("strength", *recurrent.NUMBERS)}


def runs_of(path, way):
    """Networks of a way, also those that cannot do the task, and how many were declared."""
    return len(recurrent.groups_of(recurrent.read(path)).get(way, [])), recurrent.NETWORKS


LABELS = recurrent.WAYS
ABOUT: dict[str, Any] = {"figure": "achterberg2023-recurrent", "smallest": DELTA}


def larger(text, column, a, b, family, **more):
    """A claim of two ways of training."""
    return Larger(text, column=column, a=a, b=b, family=family, **ABOUT | more)


CLAIMS = [
    larger("with length and communicability networks have a higher Q than with L1", "q", "both", "l1", "paper"),
    larger("with length and communicability they are more small-world than with L1", "small_world", "both", "l1", "paper"),
    larger(
        "with length and communicability strong connections are short, with L1 they are not", "length_correlation", "both", "l1", "paper",
        is_less=True,
    ),
    larger(
        "with length and communicability neurons communicate less than with L1", "communicability", "both", "l1", "paper", is_less=True,
    ),
    larger("the same of all |w| and their Q: length and communicability above L1", "q_weighted", "both", "l1", "all weights"),
    larger("L1 raises Q above that of nothing", "q", "l1", "none", "taken apart"),
    larger("length raises Q above that of L1", "q", "length", "l1", "taken apart"),
    larger("communicability raises Q above that of L1", "q", "communicability", "l1", "taken apart"),
    larger("both raise Q above that of length alone", "q", "both", "length", "taken apart"),
    larger("both raise Q above that of communicability alone", "q", "both", "communicability", "taken apart"),
    *(
        larger(f"relative to graphs of the same degrees (z): {words}", "q_z", a, b, "beyond degrees")
        for words, a, b in (
            ("length and communicability above L1", "both", "l1"),
            ("length above L1", "length", "l1"),
            ("communicability above L1", "communicability", "l1"),
            ("both above length alone", "both", "length"),
        )
    ),
    *(
        Above(
            f"{words}: Q is higher than that of graphs whose connections are as long (z)", column="q_z_length", a=way, bound=0.0,
            family="beyond lengths", figure=ABOUT["figure"], smallest=SD,
        )
        for way, words in (("length", "length"), ("both", "length and communicability"))
    ),
    *(
        Rises(f"Q rises with the strength of {words}", x="strength", y="q", a=way, family="strength", **ABOUT)
        for way, words in recurrent.WAYS.items()
        if way != "none"
    ),
]  # fmt: skip
