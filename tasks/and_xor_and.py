"""A hierarchy: AND of each pair, XOR of each pair of these, AND of both (Mengistu et al. 2016)."""

from evomod.task import Task

TASK = Task(
    name="and-xor-and",
    inputs=("a", "b", "c", "d", "e", "f", "g", "h"),
    subgoals={
        "ab": lambda i: i.a & i.b,
        "cd": lambda i: i.c & i.d,
        "ef": lambda i: i.e & i.f,
        "gh": lambda i: i.g & i.h,
        "left": lambda i: (i.a & i.b) ^ (i.c & i.d),
        "right": lambda i: (i.e & i.f) ^ (i.g & i.h),
    },
    goals={"and-xor-and": lambda left, right: left & right},
    layers=(8, 4, 4, 2, 1),
)
