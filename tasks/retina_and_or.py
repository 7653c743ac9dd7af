"""The retina with an output for left AND right and one for left OR right: goals that can be rewarded at once."""

from evomod.task import Task


def has_object(outer, inner):
    """Three or more pixels on, or one or two of them and only in the outer column (Kashtan & Alon 2005, Fig. 5a)."""
    on = sum(outer) + sum(inner)
    return (on >= 3) | ((on >= 1) & (sum(inner) == 0))


TASK = Task(
    name="retina-and-or",
    inputs=("l0", "l1", "l2", "l3", "r0", "r1", "r2", "r3"),  # each half row by row
    subgoals={
        "left": lambda eye: has_object(outer=(eye.l0, eye.l2), inner=(eye.l1, eye.l3)),
        "right": lambda eye: has_object(outer=(eye.r1, eye.r3), inner=(eye.r0, eye.r2)),
    },
    goals={  # None: an output that the goal does not reward
        "left-and-right": lambda left, right: (left & right, None),
        "left-or-right": lambda left, right: (None, left | right),
        "both": lambda left, right: (left & right, left | right),
    },
    layers=(8, 8, 4, 2, 2),
)
