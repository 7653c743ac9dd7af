"""What Kashtan, Noor & Alon (2007) claim where MVG replaces any one of the three operators, as they do, to 1,000,000.

Six goals of gate layers, of three XORs; goals are the unit. The order in which operators are replaced is "probabilistic" in the
paper: a fixed order and a random walk are two treatments. T counts generations until all goals of the schedule are solved.
"""

from functools import partial
from typing import Any

import numpy as np

from evomod.papers.claims import Custom
from evomod.scripts.kashtan2007 import claims as main
from evomod.scripts.kashtan2007 import speedup
from evomod.verdicts import DELTA

STUDY = "study_any.toml"
QUICK = {"replicates": 3, "settings": ["evolution.generations=1500", "evolution.population=500"]}

SCENARIOS = {"any": "any operator in turn", "walk": "any operator, random walk"}
S_AT_HORIZON = (76.0, 123.0)
"""What S = (T / T_0)^0.7 predicts where T is 500,000 to 1,000,000 generations, T_0 from S_max of 265 at 3e6."""


def to_middle(study, scenario):
    """Runs with the middle operator alone replaced, and in a scenario, a pair a goal."""
    middle, other = (speedup.times(study, "gates", name) for name in ("mvg", scenario))
    return [(middle[goal], other[goal]) for goal in middle if goal in other]


def of_scenario(name, label):
    """The claims of one way of replacing operators."""
    about: dict[str, Any] = {"smallest": DELTA, "figure": "kashtan2007-fig1"}
    return [
        Custom(
            f"gate layers, {label}: MVG solves the hardest goals sooner than a fixed goal",
            test=partial(
                main.over_goals, goals=partial(main.judged, model="gates", scenario=name), labels=("FG", "MVG")
            ),
            family="sooner than a fixed goal", **about,
        ),
        Custom(
            f"gate layers, {label}: goals are solved sooner than with the middle operator alone",
            test=partial(
                main.over_goals, goals=partial(to_middle, scenario=name), labels=("middle operator", label)
            ),
            family="sooner than the middle operator", status="ours", **about,
        ),
        Custom(
            f"gate layers, {label}: S of the hardest goals agrees with the paper's law at this horizon",
            test=partial(main.at_horizon, model="gates", scenario=name, predicted=S_AT_HORIZON), is_equality=True,
            family="size of S", smallest=float(np.sqrt(S_AT_HORIZON[1] / S_AT_HORIZON[0])) - 1.0,
            figure="kashtan2007-table1",
        ),
    ]  # fmt: skip


CLAIMS = [claim for name, label in SCENARIOS.items() for claim in of_scenario(name, label)]
