"""Two hierarchical XORs, (a XOR b) XOR (c XOR d) on each side (Clune et al. 2013, supplement)."""

from evomod.task import Task

TASK = Task(
    name="hierarchical-xor",
    inputs=("a", "b", "c", "d", "e", "f", "g", "h"),
    subgoals={
        "ab": lambda x: x.a ^ x.b,
        "cd": lambda x: x.c ^ x.d,
        "ef": lambda x: x.e ^ x.f,
        "gh": lambda x: x.g ^ x.h,
    },
    goals={"hierarchical-xor": lambda ab, cd, ef, gh: (ab ^ cd, ef ^ gh)},
    layers=(8, 8, 4, 4, 2),
)
