"""Which colour and mark a group has in pictures and reports, a known treatment its own everywhere; and names that fit into them."""

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


def fitting(name: str, most: int) -> str:
    """A name of at most so many characters: what is too long lacks its middle, for names that begin alike often end otherwise.

    >>> fitting("left-and-right", 14), fitting("left-and-right-or-neither", 14)
    ('left-and-right', 'left-an…either')
    """
    end = (most - 1) // 2
    return name if len(name) <= most else f"{name[: most - 1 - end]}…{name[len(name) - end :]}"


def told_apart(names: Sequence[str], most: int) -> list[str]:
    """Different names, each `fitting`; those that would look alike are numbered.

    >>> told_apart(["a" * 9 + "b" + "c" * 9, "a" * 9 + "d" + "c" * 9, "e"], 9)
    ['aaaa…cccc (1)', 'aaaa…cccc (2)', 'e']
    """
    short = [fitting(name, most) for name in names]
    seen: dict[str, int] = {}
    found = []
    for name in short:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if short.count(name) == 1 else f"{name} ({seen[name]})")
    return found
