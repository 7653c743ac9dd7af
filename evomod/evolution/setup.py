"""From a config to all that stays the same during a run: task, encoding, operators."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.config import Config, ConfigLike, as_config, conflicts
from evomod.encodings import Encoding
from evomod.encodings.collection import ENCODINGS, built
from evomod.encodings.collection import resolved as resolved_network
from evomod.errors import EvomodError
from evomod.evolution.operators import OPERATORS, make_toolbox
from evomod.evolution.schedules import chosen_goal, chosen_schedule, modularity_goal
from evomod.kernels.vectors import LANES
from evomod.population import Bits, Operators, Rules, goal_bits
from evomod.pressures import dropout
from evomod.pressures.base import Acting
from evomod.pressures.collection import Pressures
from evomod.sections import NetworkSection
from evomod.selections.base import Selection
from evomod.selections.collection import METHODS
from evomod.selections.columns import known as measurable
from evomod.task import Task, load_task


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that stays the same during a run."""

    config: Config
    """Resolved: goal, schedule and layers filled in."""
    task: Task
    encoding: Encoding
    goals: tuple[Bits, ...]
    """All goals of the task."""
    probabilities: NDArray[np.float64]
    """``[objective]``: with which each takes part in a comparison."""
    toolbox: Operators
    rules: Rules
    """What goals need to know: the encoding's tie rule, and Q."""
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
    judges: tuple[Acting, ...] = ()
    """Pressures that change the fitness that selection sees."""
    changes: tuple[Acting, ...] = ()
    """Pressures that change survivors."""
    stock: Mapping[str, Any] = field(default_factory=dict)
    """The toolbox's operators as they were made, by name."""

    @property
    def tie_rule(self) -> str:
        """Of the encoding: whether an output that says nothing is wrong ("strict") or says no."""
        return self.rules.tie_rule

    @property
    def told_of_selection(self) -> str:
        """What an error calls the method of selection."""
        origin = METHODS.origin_of(self.config.selection)
        what = "'breed' in the toolbox" if origin is None else str(origin.file or origin.entry_point)
        return f"selection '{self.selection.name}' ({what})"


def resolve(config: Config, task: Task | None = None) -> tuple[Config, Task, Encoding]:
    """The config with what it leaves open filled in, the task, and the encoding for it.

    Raises `EvomodError` where config and task do not fit each other.
    """
    task = task or load_task(config.task.name)
    config = with_users_objects(config)
    _check_memory(config, task)
    encoding = built(config.network, task, config.variation)
    return _resolved(config, task, encoding), task, encoding


def prepare(config: ConfigLike, task: Task | None = None) -> Setup:
    """Load the task, build the encoding, fill in what the config leaves open.

    Parameters
    ----------
    config
        A config, a task's name or file, a TOML's path, or a config's data.
    task
        Of the config. None: it is loaded by the name that the config has.

    Returns
    -------
    Setup
        All that stays the same during a run; its ``toolbox`` holds the operators.

    Raises
    ------
    EvomodError
        Where config and task do not fit each other, or the run needs more memory than there is.
    """
    config, task, encoding = resolve(as_config(config), task)
    acting, selection = config.pressures.acting, METHODS.of(config.selection)
    assert selection is not None
    if selection.sees == "outputs" and modularity_goal(config.task.goal or "") is not None:
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
        goals=tuple(goal_bits(task, name) for name in task.goals),
        probabilities=probabilities,
        toolbox=toolbox,
        selection=selection,
        rules=Rules(getattr(config.network, "tie_rule", "strict"), toolbox),
        penalty=(
            getattr(config.network, "penalty", 0.0),
            getattr(config.network, "penalty_above", 0),
        ),
        measured=_measured(config, numbers, selection.columns(config.selection)),
        objectives=objectives,
        penalties=tuple(a for a in numbers if a.pressure.place == "objective" and a.penalty is not None),
        constraints=tuple(a for a in numbers if a.pressure.place == "constraint"),
        judges=tuple(a for a in acting if a.pressure.judge and a.pressure.acts(a.section)),
        changes=tuple(a for a in acting if a.pressure.change and a.pressure.acts(a.section)),
        stock={name: getattr(toolbox, name, None) for name in OPERATORS},
    )


def _measured(
    config: Config, numbers: tuple[Acting, ...], columns: tuple[str, ...]
) -> tuple[Acting, ...]:
    """What is measured once an individual: for pressures, and for the method of selection."""
    found = {acting.name: acting for acting in numbers if not acting.pressure.is_of_pool}
    known = measurable(config.pressures)
    return tuple((found | {name: known[name] for name in columns if name not in found}).values())


def with_users_objects(config: Config) -> Config:
    """The config with users' files read. Raises `EvomodError` where one cannot be used, or does not fit."""
    network, variation = resolved_network(config.network, config.variation)
    found = {
        "pressures": config.pressures.resolved(),
        "selection": METHODS.resolved(config.selection),
        "network": network,
        "variation": variation,
    }
    if all(section is getattr(config, name) for name, section in found.items()):
        return config
    if network is not config.network:
        found |= _left_open(config, network)
    config = config.model_copy(update=found)
    problems = conflicts(config)
    if problems:
        raise EvomodError("the config is not valid:\n  " + "\n  ".join(problems))
    return config


def _left_open(config: Config, network: NetworkSection) -> dict[str, Any]:
    """Sections with the values of a user's encoding where the config, which could not know them, leaves them open."""
    kind = ENCODINGS.of(network)
    assert kind is not None
    changes = {}
    for name in ("evolution", "tracking"):
        section = getattr(config, name)
        known = {
            k: v for k, v in kind.defaults.get(name, {}).items() if k not in section.model_fields_set
        }
        if known:
            changes[name] = type(section)(**(section.model_dump(exclude_unset=True) | known))
    return changes


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
    kind, mu = ENCODINGS.of(config.network), config.evolution.population
    if kind is None or kind.size is None:
        return {}
    size, n_words = kind.size(config.network, task), -(-task.n_patterns // 64)
    answers = 5 if config.pressures.get("dropout") is None else 5 + 4 * dropout.BLOCK
    has_cost = config.pressures.get("connection-cost") is not None
    eliminated = 8 * LANES * size.n_hidden**2 if has_cost else 0
    return {
        "the places of connections take": EDGE_BYTES * size.n_edges + 8 * size.n_nodes**2 + eliminated,
        "the genomes take": POOLS * mu * size.gene_bytes,
        "what all individuals answer takes": 2 * mu * size.slot_bytes
        + answers * mu * 16 * task.n_outputs * n_words,
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
    counting = ["task.patterns"] if config.task.patterns else []
    counting += [f"pressures.{name}" for name in ("dropout", "learning") if config.pressures.get(name)]
    if task.fitness is not None and counting:
        raise EvomodError(
            f"{counting[0]} requires fitness that counts right outputs; task '{task.name}' has a formula. Leave it out."
        )
    if (config.task.patterns or 0) > task.n_patterns:
        raise EvomodError(
            f"task.patterns is {config.task.patterns}; task '{task.name}' has {task.n_patterns} patterns."
        )
    changes: dict[str, Any] = {"schedule": schedule}
    changes["task"] = config.task.model_copy(update={"goal": goal})
    changes["pressures"] = _fitted(config.model_copy(update=changes), encoding, task)
    if hasattr(config.network, "layers"):
        layers = {"layers": encoding.wiring.layers}
        changes["network"] = config.network.model_copy(update=layers)
    return config.model_copy(update=changes)


def _fitted(config: Config, encoding: Encoding, task: Task) -> Pressures:
    """The pressures with what they leave open until the encoding is known."""
    changes = {
        acting.name.replace("-", "_"): acting.pressure.fit(acting.section, encoding, config, task)
        for acting in config.pressures.acting
        if acting.pressure.fit is not None and acting.is_built_in
    }
    return config.pressures.model_copy(update=changes)
