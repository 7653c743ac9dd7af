"""Which colour and mark a group has in pictures and reports: a treatment that is known by its name keeps its own everywhere."""

from __future__ import annotations

from collections.abc import Sequence

KNOWN = {
    "none": 0, "control": 0, "performance alone": 0, "PA": 0, "FG": 0,
    "connection cost": 1, "P&CC": 1, "L1": 2, "dropout 0.1": 3, "L2": 4, "goal switching": 5, "MVG": 5, "pruning": 6,
}  # fmt: skip
"""Colour by label; the papers' controls are blue, a cost of connections orange, goals that switch vermilion."""


def looks_of(labels: Sequence[str]) -> list[int]:
    """The number of each group's look, see `studies.look_of`: of known labels always the same, of others the next free.

    >>> looks_of(["PA", "P&CC", "MVG"]), looks_of(["mine", "MVG", "PA", "PA"])
    ([0, 1, 5], [1, 5, 0, 2])
    """
    taken: set[int] = set()
    found: dict[int, int] = {}
    for k, label in enumerate(labels):
        number = KNOWN.get(label.partition(", n = ")[0])
        if number is not None and number not in taken:
            taken.add(number)
            found[k] = number
    free = (number for number in range(len(labels) + len(KNOWN)) if number not in taken)
    return [found[k] if k in found else next(free) for k in range(len(labels))]
