"""Activity patterns of ten genes that share all, half or none of their activity (Espinosa-Soto & Wagner 2010)."""

from evomod.task import Attractor, Task, composition

PATTERNS = {  # Bernatskiy & Bongard 2015, authors' code
    "first": (0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
    "half-shared": (1, 0, 1, 0, 1, 1, 0, 1, 0, 1),
    "other-half-shared": (0, 1, 0, 1, 0, 0, 1, 0, 1, 0),
    "nothing-shared": (1, 0, 1, 0, 1, 0, 1, 0, 1, 0),
}


def state(pattern):
    """The same state whatever the start."""
    return composition(("always",), lambda always: tuple(always if on else ~always for on in pattern))


TASK = Task(
    name="specialisation",
    inputs=tuple(f"g{k}" for k in range(10)),
    subgoals={"always": lambda genes: genes.g0 | ~genes.g0},
    goals={name: state(pattern) for name, pattern in PATTERNS.items()},
    encoding="gene-network",
    fitness=Attractor(perturbation=0.15),  # every gene of a start differs with this chance
)
