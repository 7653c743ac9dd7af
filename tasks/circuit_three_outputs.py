"""Three XOR modules, three outputs that join them in pairs (Kashtan & Alon 2005, Fig. 4)."""

from evomod.task import Task

TASK = Task(
    name="circuit-three-outputs",
    inputs=("x", "y", "z", "w", "q", "r"),
    subgoals={
        "a": lambda i: i.x ^ i.y,
        "b": lambda i: i.z ^ i.w,
        "c": lambda i: i.q ^ i.r,
    },
    goals={
        "g1": lambda a, b, c: (a | b, a & c, b & c),
        "g2": lambda a, b, c: (a & b, a | c, b & c),
        "g3": lambda a, b, c: (a & b, a & c, b | c),
        "g4": lambda a, b, c: (a & b, a & c, b & c),
    },
    encoding="circuit",
)
