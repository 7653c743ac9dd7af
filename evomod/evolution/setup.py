"""From a config to all that stays the same during a run: task, encoding, operators."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config, conflicts
from evomod.encodings import MODULES, Encoding
from evomod.encodings.wiring import chosen_layers
from evomod.errors import EvomodError
from evomod.evolution.operators import OPERATORS, make_toolbox
from evomod.evolution.schedules import chosen_goal, chosen_schedule
from evomod.kernels.vectors import LANES
from evomod.population import Goal, goal_bits
from evomod.pressures import dropout
from evomod.pressures.base import Acting
from evomod.pressures.collection import Pressures
from evomod.selections.base import Selection
from evomod.selections.collection import origin_of, resolved, selection_of
from evomod.task import Task, load_task, rewards_modularity


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that stays the same during a run."""

    config: Config
    """Resolved: goal, schedule and layers filled in."""
    task: Task
    encoding: Encoding
    module: ModuleType
    """Of `evomod.encodings`: what can be done with the encoding."""
    goals: tuple[Goal, ...]
    """All goals of the task."""
    probabilities: NDArray[np.float64]
    """``[objective]``: with which each takes part in a comparison."""
    toolbox: Toolbox
    tie_rule: str
    """Of the encoding: whether an output that says nothing is wrong ("strict") or says no."""
    selection: Selection
    penalty: tuple[float, int]
    """What every gate or neuron above a number takes off the fitness, and that number."""
    measured: tuple[Acting, ...] = ()
    """Pressures that are measured once an individual."""
    objectives: tuple[Acting, ...] = ()
    """Pressures that are further objectives, in their order."""
    penalties: tuple[Acting, ...] = ()
    """Pressures that are taken off the fitness."""
    constraints: tuple[Acting, ...] = ()
    stock: Mapping[str, Any] = field(default_factory=dict)
    """The toolbox's operators as they were made, by name."""

    @property
    def told_of_selection(self) -> str:
        """What an error calls the method of selection."""
        origin = origin_of(self.config.selection)
        what = "'breed' in the toolbox" if origin is None else str(origin.file or origin.entry_point)
        return f"selection '{self.selection.name}' ({what})"


def resolve(config: Config, task: Task | None = None) -> tuple[Config, Task, Encoding]:
    """The config with what it leaves open filled in, the task, and the encoding for it.

    Raises `EvomodError` where config and task do not fit each other.
    """
    task = task or load_task(config.task.name)
    config = with_users_objects(config)
    _check_memory(config, task)
    encoding: Encoding = MODULES[config.network.encoding].build(config.network, task)
    return _resolved(config, task, encoding), task, encoding


def prepare(config: ConfigLike, task: Task | None = None) -> Setup:
    """Load the task, build the encoding, fill in what the config leaves open.

    Raises `EvomodError` where config and task do not fit each other, or the memory.
    """
    config, task, encoding = resolve(as_config(config), task)
    module = MODULES[config.network.encoding]
    acting, selection = config.pressures.acting, selection_of(config.selection)
    assert selection is not None
    if selection.sees == "outputs" and rewards_modularity(config.task.goal or ""):
        raise EvomodError(
            f"task.goal '{config.task.goal}' rewards Q, and selection.method '{config.selection.method}' sees which "
            "outputs are right only; set another method."
        )
    numbers = tuple(a for a in acting if a.pressure.measure is not None)
    objectives = tuple(a for a in numbers if a.is_objective)
    probabilities = np.array([1.0, *(a.probability for a in objectives)])
    toolbox = make_toolbox(config, encoding, probabilities)
    return Setup(
        config=config,
        task=task,
        encoding=encoding,
        module=module,
        goals=tuple(goal_bits(task, name) for name in task.goals),
        probabilities=probabilities,
        toolbox=toolbox,
        selection=selection,
        tie_rule=getattr(config.network, "tie_rule", "strict"),
        penalty=(
            getattr(config.network, "penalty", 0.0),
            getattr(config.network, "penalty_above", 0),
        ),
        measured=tuple(a for a in numbers if not a.pressure.is_of_pool),
        objectives=objectives,
        penalties=tuple(a for a in numbers if a.pressure.place == "objective" and a.penalty is not None),
        constraints=tuple(a for a in numbers if a.pressure.place == "constraint"),
        stock={name: getattr(toolbox, name) for name in OPERATORS},
    )


def with_users_objects(config: Config) -> Config:
    """The config with users' files read. Raises `EvomodError` where one cannot be used, or does not fit."""
    pressures, selection = config.pressures.resolved(), resolved(config.selection)
    if pressures is config.pressures and selection is config.selection:
        return config
    config = config.model_copy(update={"pressures": pressures, "selection": selection})
    problems = conflicts(config)
    if problems:
        raise EvomodError("the config is not valid:\n  " + "\n  ".join(problems))
    return config


def _check_memory(config: Config, task: Task) -> None:
    """Refuse a run that needs more memory than there is, before anything is allocated."""
    needed, there = _bytes_needed(config, task), _bytes_there()
    total = sum(needed.values())
    if there is None or total <= there:
        return
    largest = max(needed, key=lambda part: needed[part])
    raise EvomodError(
        f"this run would need about {_gigabytes(total)} of memory, and {_gigabytes(there)} are there. "
        f"{largest.capitalize()} {_gigabytes(needed[largest])} of it; {ADVICE[largest]}."
    )


ADVICE = {
    "the places of connections take": "set network.layers to fewer nodes",
    "the genomes take": "reduce evolution.population or network.layers",
    "what all individuals answer takes": "reduce evolution.population or network.layers, or take a task of fewer "
    "inputs, each of which doubles the patterns",
}
"""What to do about each part of `_bytes_needed`."""


def _bytes_needed(config: Config, task: Task) -> dict[str, int]:
    """What a run allocates, in bytes: its largest arrays."""
    network, mu, n_outputs = config.network, config.evolution.population, task.n_outputs
    n_words = -(-task.n_patterns // 64)
    layers: tuple[int, ...] = (len(task.inputs), getattr(network, "gates", 0))
    if hasattr(network, "layers"):
        layers = chosen_layers(network.layers, task)
    n_nodes, n_edges = sum(layers), sum(before * after for before, after in pairwise(layers))
    n_neurons = n_nodes - layers[0]
    gene_bytes, slot = {
        "layered": (n_edges + n_neurons, 16 * n_neurons * max(4, n_words)),
        "layered-real": (8 * (n_edges + n_neurons), n_outputs * task.n_patterns),
        "threshold": (7 * n_neurons, 8 * (n_nodes + 1) * n_words),
    }.get(network.encoding, (3 * n_neurons + n_outputs, 8 * (2 * n_outputs + 1)))
    answers = 5 if config.pressures.get("dropout") is None else 5 + 4 * dropout.BLOCK
    has_cost = config.pressures.get("connection-cost") is not None
    eliminated = 8 * LANES * sum(layers[1:-1]) ** 2 if has_cost else 0
    return {
        "the places of connections take": EDGE_BYTES * n_edges + 8 * n_nodes**2 + eliminated,
        "the genomes take": POOLS * mu * gene_bytes,
        "what all individuals answer takes": 2 * mu * slot + answers * mu * 16 * n_outputs * n_words,
    }


EDGE_BYTES = 150
"""An edge as a pair of Python's integers, while a wiring is made."""
POOLS = 5
"""Parents, offspring, both, survivors, and copies of the parents: as many arrays of genomes at once."""


def _bytes_there() -> int | None:
    """The machine's memory, or what the process may have of it; None where the system does not tell."""
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    limit = Path("/sys/fs/cgroup/memory.max")
    allowed = limit.read_text().strip() if limit.is_file() else ""
    return min(there, int(allowed)) if allowed.isdigit() else there


def _gigabytes(n: int) -> str:
    return f"{n / 1e9:,.{0 if n >= 1e10 else 1}f} GB"


def _resolved(config: Config, task: Task, encoding: Encoding) -> Config:
    """The config with goal, schedule and layers filled in."""
    named = config.schedule.goals[0] if config.schedule.goals else config.task.goal
    if config.task.goal not in (None, named):
        raise EvomodError(
            f"task.goal is '{config.task.goal}' and schedule.goals begins with '{named}'; leave one out."
        )
    schedule = chosen_schedule(config.schedule, named, task)
    goal = schedule.goals[0] if schedule.goals else chosen_goal(config.task, task)
    if config.evolution.stop == "all-solved" and not schedule.goals:
        raise EvomodError(
            f"evolution.stop 'all-solved' wants named goals; schedule.kind '{schedule.kind}' has none here."
        )
    if (config.task.patterns or 0) > task.n_patterns:
        raise EvomodError(
            f"task.patterns is {config.task.patterns}; task '{task.name}' has {task.n_patterns} patterns."
        )
    changes: dict[str, Any] = {"schedule": schedule}
    changes["task"] = config.task.model_copy(update={"goal": goal})
    changes["pressures"] = _fitted(config, encoding, MODULES[config.network.encoding])
    if hasattr(config.network, "layers"):
        layers = {"layers": encoding.wiring.layers}
        changes["network"] = config.network.model_copy(update=layers)
    return config.model_copy(update=changes)


def _fitted(config: Config, encoding: Encoding, module: ModuleType) -> Pressures:
    """The pressures with what they leave open until the encoding is known."""
    changes = {
        acting.name.replace("-", "_"): acting.pressure.fit(acting.section, encoding, module)
        for acting in config.pressures.acting
        if acting.pressure.fit is not None and acting.is_built_in
    }
    return config.pressures.model_copy(update=changes)
