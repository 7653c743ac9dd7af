"""Activity patterns of ten genes that are reached again from perturbed starts (Bernatskiy & Bongard 2015)."""

from evomod.task import Attractor, Task, composition

# Authors' code: the first is the only one of their fixed task; the others are added one after another.
PATTERNS = {
    "alternating": (0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
    "left-flipped": (1, 0, 1, 0, 1, 1, 0, 1, 0, 1),
    "right-flipped": (0, 1, 0, 1, 0, 0, 1, 0, 1, 0),
    "both-flipped": (1, 0, 1, 0, 1, 0, 1, 0, 1, 0),
}


def state(pattern):
    """The same state whatever the start."""
    return composition(("always",), lambda always: tuple(always if on else ~always for on in pattern))


TASK = Task(
    name="attractor",
    inputs=tuple(f"g{k}" for k in range(10)),
    subgoals={"always": lambda genes: genes.g0 | ~genes.g0},
    goals={name: state(pattern) for name, pattern in PATTERNS.items()},
    encoding="gene-network",
    fitness=Attractor(),  # the ten starts that differ in one gene
)
