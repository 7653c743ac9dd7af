"""Five independent XORs side by side, one output each (Clune et al. 2013, supplement)."""

from evomod.task import Task

TASK = Task(
    name="five-xor",
    inputs=("a0", "a1", "b0", "b1", "c0", "c1", "d0", "d1", "e0", "e1"),
    subgoals={
        "a": lambda x: x.a0 ^ x.a1,
        "b": lambda x: x.b0 ^ x.b1,
        "c": lambda x: x.c0 ^ x.c1,
        "d": lambda x: x.d0 ^ x.d1,
        "e": lambda x: x.e0 ^ x.e1,
    },
    goals={"five-xor": lambda a, b, c, d, e: (a, b, c, d, e)},
    layers=(10, 10, 5),
)
