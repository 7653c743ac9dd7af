"""Which goal is rewarded in which generation."""

from __future__ import annotations

from evomod.config import TaskSection
from evomod.task import Task, goal_table


def chosen_goal(section: TaskSection, task: Task) -> str:
    """The goal that the config names, else the task's first. Raises `EvomodError` if unknown."""
    goal = section.goal or next(iter(task.goals))
    goal_table(task, goal)
    return goal
