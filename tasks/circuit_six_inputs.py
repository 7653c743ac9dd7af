"""Six inputs: (M1 . M2) . (M2 . M3), each M an XOR or EQ of two inputs, each . an AND or OR (Kashtan et al. 2007)."""

from itertools import product

from evomod.task import Task, composition

JOIN = {"and": lambda a, b: a & b, "or": lambda a, b: a | b}
PAIRS = {"xy": ("x", "y"), "zw": ("z", "w"), "pq": ("p", "q")}


def module(kind, pair):
    """XOR or EQ of a pair of inputs."""
    one, other = PAIRS[pair]
    if kind == "xor":
        return lambda i: getattr(i, one) ^ getattr(i, other)
    return lambda i: ~(getattr(i, one) ^ getattr(i, other))


def goal(first, between, last):
    """(M1 first M2) between (M2 last M3)."""
    return lambda m1, m2, m3: JOIN[between](JOIN[first](m1, m2), JOIN[last](m2, m3))


TASK = Task(
    name="circuit-six-inputs",
    inputs=("x", "y", "z", "w", "p", "q"),
    subgoals={f"{kind}_{pair}": module(kind, pair) for kind in ("xor", "eq") for pair in PAIRS},
    goals={
        f"{'-'.join(kinds)}_{'-'.join(joins)}": composition(
            [f"{kind}_{pair}" for kind, pair in zip(kinds, PAIRS)], goal(*joins)
        )
        for kinds in product(("xor", "eq"), repeat=3)
        for joins in product(("and", "or"), repeat=3)
    },
    encoding="circuit",
)
