"""The retina with an answer for each side: silence costs as much as it can, for no constant answer is right."""

from evomod.task import Task


def has_object(outer, inner):
    """Three or more pixels on, or one or two of them and only in the outer column (Kashtan & Alon 2005, Fig. 5a)."""
    on = sum(outer) + sum(inner)
    return (on >= 3) | ((on >= 1) & (sum(inner) == 0))


TASK = Task(
    name="retina-sides",
    inputs=("l0", "l1", "l2", "l3", "r0", "r1", "r2", "r3"),  # each half row by row
    subgoals={
        "left": lambda eye: has_object(outer=(eye.l0, eye.l2), inner=(eye.l1, eye.l3)),
        "right": lambda eye: has_object(outer=(eye.r1, eye.r3), inner=(eye.r0, eye.r2)),
    },
    goals={"sides": lambda left, right: (left, right)},
    layers=(8, 8, 4, 2, 2),
)
