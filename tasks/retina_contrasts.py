"""The retina with pairs of goals that have as many ones and share the subgoals of left AND right, or none of them."""

from evomod.task import Task


def has_object(outer, inner):
    """Three or more pixels on, or one or two of them and only in the outer pair (Kashtan & Alon 2005, Fig. 5a)."""
    on = sum(outer) + sum(inner)
    return (on >= 3) | ((on >= 1) & (sum(inner) == 0))


TASK = Task(
    name="retina-contrasts",
    inputs=("l0", "l1", "l2", "l3", "r0", "r1", "r2", "r3"),  # each half row by row
    subgoals={
        "left": lambda eye: has_object(outer=(eye.l0, eye.l2), inner=(eye.l1, eye.l3)),
        "right": lambda eye: has_object(outer=(eye.r1, eye.r3), inner=(eye.r0, eye.r2)),
        "top": lambda eye: has_object(outer=(eye.l0, eye.l1), inner=(eye.r0, eye.r1)),
        "bottom": lambda eye: has_object(outer=(eye.r2, eye.r3), inner=(eye.l2, eye.l3)),
    },
    # Goals with OR have 192 ones of 256, all others 64. None is the negation of another. Left AND NOT right agrees with left AND
    # right, and with left OR right, on half of the patterns.
    goals={
        "left-and-right": lambda left, right: left & right,
        "left-or-right": lambda left, right: left | right,
        "left-not-right": lambda left, right: left & ~right,
        "top-and-bottom": lambda top, bottom: top & bottom,
        "top-or-bottom": lambda top, bottom: top | bottom,
    },
    layers=(8, 8, 4, 2, 1),
)
