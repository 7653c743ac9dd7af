"""Goal switching: another goal is rewarded now and then (modularly varying goals, Kashtan & Alon 2005).

Place in the loop: schedule. Before a generation is selected it decides on which goal fitness counts answers;
all else stays as it is, since answers are known before any goal is. Goals that share subgoals reward networks
that keep these apart. When a goal may change is told here, which one follows by `schedules.epochs`. A config
spells it as a pressure, or as the schedule "modular" that it is.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from evomod.pressures.base import Pressure
from evomod.sections import Probability, ScheduleSection, Section
from evomod.task import load_task

NAME = "goal-switching"


class GoalSwitchingSection(Section):
    """What the pressure shares with the schedule that it is."""

    period: int = Field(default=20, ge=1)
    """Generations of one epoch."""
    probability: Probability = 1.0
    """With which the goal changes at the end of an epoch."""


def epoch_of(number: int, period: int) -> int:
    """Number of the epoch in which a generation lies: with period 20 the goal changes in 21, 41, …

    Kashtan & Alon quote the period; the generation in which it begins is that of the code of Clune et al. 2013.

    >>> [epoch_of(number, 20) for number in (0, 1, 20, 21, 40, 41)]
    [0, 0, 0, 1, 1, 2]
    """
    return max(number - 1, 0) // period


def with_switching(data: dict[str, Any]) -> dict[str, Any]:
    """Config data in which the pressure "goal-switching" is written as the schedule that it is.

    Its goals are those of the schedule, else the rewarded goal and all that share subgoals with it.
    """
    pressures = data.get("pressures")
    if not isinstance(pressures, dict) or NAME not in pressures:
        return data
    data = data | {"pressures": {k: v for k, v in pressures.items() if k != NAME}}
    section, schedule, task = pressures[NAME], data.get("schedule", {}), data.get("task")
    if isinstance(schedule, ScheduleSection):
        schedule = schedule.model_dump(exclude_unset=True)
    if not isinstance(section, dict) or not isinstance(schedule, dict):
        raise ValueError(f"pressures.{NAME}: wanted a section, such as {{period = 20}}")
    if not set(section) <= set(GoalSwitchingSection.model_fields):
        raise ValueError(
            f"pressures.{NAME}: known keys are {', '.join(GoalSwitchingSection.model_fields)}; got "
            f"{', '.join(section)}"
        )
    if schedule.get("kind", "modular") not in ("fixed", "modular"):
        raise ValueError(
            f"pressures.{NAME} is the schedule 'modular'; schedule.kind is '{schedule['kind']}'"
        )
    for key in section.keys() & schedule.keys():
        if section[key] != schedule[key]:
            raise ValueError(
                f"pressures.{NAME}: {key} is {section[key]}, and schedule.{key} is "
                f"{schedule[key]}; give one of the two"
            )
    goals = schedule.get("goals") or _related_goals(task)
    data["schedule"] = schedule | {"kind": "modular", "goals": goals} | section
    return data


def _related_goals(section: Any) -> tuple[str, ...]:
    """The rewarded goal, else the first that is related to another, and all that share subgoals with it."""
    name = section.get("name") if isinstance(section, dict) else getattr(section, "name", None)
    goal = section.get("goal") if isinstance(section, dict) else getattr(section, "goal", None)
    if not isinstance(name, str):
        return ()
    task = load_task(name)
    goal = goal or next((goal for goal in task.goals if task.related(goal)), next(iter(task.goals)))
    goals = (goal, *task.related(goal))
    if len(goals) < 2:
        raise ValueError(
            f"pressures.{NAME}: no goal of task '{name}' shares subgoals with '{goal}'; name the "
            "goals with schedule.goals"
        )
    return goals


PRESSURE = Pressure("goal-switching", None, GoalSwitchingSection, "schedule", order=0)
