"""Retina without modules: exactly four of eight pixels are on (Clune et al. 2013, supplement)."""

from evomod.task import Task

TASK = Task(
    name="retina-any-four",
    inputs=("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"),
    subgoals={
        "four": lambda eye: sum(getattr(eye, f"p{i}").astype(int) for i in range(8)) == 4,
    },
    goals={"any-four": lambda four: four},
    layers=(8, 8, 4, 2, 1),
)
