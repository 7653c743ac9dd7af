"""The retina with goals of as many ones that share both, one or none of their subgoals with left AND right."""

from evomod.task import Task


def has_object(outer, inner):
    """Three or more pixels on, or one or two of them and only in the outer pair (Kashtan & Alon 2005, Fig. 5a)."""
    on = sum(outer) + sum(inner)
    return (on >= 3) | ((on >= 1) & (sum(inner) == 0))


TASK = Task(
    name="retina-relations",
    inputs=("l0", "l1", "l2", "l3", "r0", "r1", "r2", "r3"),  # each half row by row
    subgoals={
        "left": lambda eye: has_object(outer=(eye.l0, eye.l2), inner=(eye.l1, eye.l3)),
        "right": lambda eye: has_object(outer=(eye.r1, eye.r3), inner=(eye.r0, eye.r2)),
        "left_mirrored": lambda eye: has_object(outer=(eye.l1, eye.l3), inner=(eye.l0, eye.l2)),
        "right_mirrored": lambda eye: has_object(outer=(eye.r0, eye.r2), inner=(eye.r1, eye.r3)),
        "top": lambda eye: has_object(outer=(eye.l0, eye.l1), inner=(eye.r0, eye.r1)),
        "bottom": lambda eye: has_object(outer=(eye.r2, eye.r3), inner=(eye.l2, eye.l3)),
    },
    # All but OR have 64 ones of 256, and all with AND are each other with the pixels renamed: equally hard.
    goals={
        "left-and-right": lambda left, right: left & right,
        "left-or-right": lambda left, right: left | right,
        "neither": lambda left, right: ~(left | right),  # related: the same two subgoals
        "left-and-mirrored": lambda left, right_mirrored: left & right_mirrored,  # partly related
        "both-mirrored": lambda left_mirrored, right_mirrored: left_mirrored & right_mirrored,
        "top-and-bottom": lambda top, bottom: top & bottom,  # unrelated, and parts the pixels otherwise
    },
    layers=(8, 8, 4, 2, 1),
)
