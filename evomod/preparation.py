"""From a config to all that stays the same during a run: task, encoding, operators."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from deap.base import Toolbox
from numpy.typing import NDArray

from evomod.config import Config
from evomod.encodings import MODULES, Encoding, Threshold
from evomod.encodings.wiring import chosen_layers
from evomod.errors import EvomodError
from evomod.goals import chosen_goal, chosen_schedule
from evomod.kernels.vectors import LANES
from evomod.operators import make_toolbox
from evomod.population import Goal, goal_bits
from evomod.pressures import connection_range, dropout, weights
from evomod.sections import PressuresSection
from evomod.task import Task, load_task

NORMS = {"l1": weights.l1, "l2": weights.l2, "connection-range": connection_range.number}
"""What is measured of the strengths of an individual's connections, by the pressure's name."""


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
    penalty: tuple[float, int]
    """What every gate or neuron above a number takes off the fitness, and that number."""
    norms: tuple[str, ...] = ()
    """Which of `NORMS` are pressures."""


def prepare(config: Config, task: Task | None = None) -> Setup:
    """Load the task, build the encoding, fill in what the config leaves open.

    Raises `EvomodError` where config and task do not fit each other, or the memory.
    """
    task = task or load_task(config.task.name)
    module = MODULES[config.network.encoding]
    _check_memory(config, task)
    encoding = module.build(config.network, task)
    config = _resolved(config, task, encoding)
    _check_range(config, encoding)
    probabilities = np.array([1.0, *config.pressures.objectives.values()])
    return Setup(
        config=config,
        task=task,
        encoding=encoding,
        module=module,
        goals=tuple(goal_bits(task, name) for name in task.goals),
        probabilities=probabilities,
        toolbox=make_toolbox(config, encoding, probabilities),
        tie_rule=getattr(config.network, "tie_rule", "strict"),
        penalty=(
            getattr(config.network, "penalty", 0.0),
            getattr(config.network, "penalty_above", 0),
        ),
        norms=tuple(name for name in NORMS if section_of(config, name) is not None),
    )


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
    answers = 5 if config.pressures.dropout is None else 5 + 4 * dropout.BLOCK
    eliminated = 0 if config.pressures.connection_cost is None else 8 * LANES * sum(layers[1:-1]) ** 2
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


def _check_range(config: Config, encoding: Encoding) -> None:
    """Refuse a range of connections that no network of the encoding comes into."""
    section, places = config.pressures.connection_range, np.diff(encoding.wiring.first)
    if section is None:
        return
    if isinstance(encoding, Threshold):
        places = np.minimum(
            places, encoding.places[:, 1]
        )  # of the layer before, as many as a neuron takes
    if section.fewest > places.sum():
        raise EvomodError(
            f"pressures.connection-range: fewest is {section.fewest}; networks of layers "
            f"{list(encoding.wiring.layers)} have {places.sum()} connections at most."
        )


def section_of(config: Config, pressure: str) -> Any:
    """A pressure's part of the config, None if it is no pressure of the run."""
    return getattr(config.pressures, pressure.replace("-", "_"))


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
    changes["pressures"] = _resolved_dropout(config, encoding)
    if hasattr(config.network, "layers"):
        layers = {"layers": encoding.wiring.layers}
        changes["network"] = config.network.model_copy(update=layers)
    return config.model_copy(update=changes)


def _resolved_dropout(config: Config, encoding: Encoding) -> PressuresSection:
    """The pressures with all silent sets in place of draws where these are no more."""
    pressures, section = config.pressures, config.pressures.dropout
    if section is None:
        return pressures
    n_hidden = MODULES[config.network.encoding].n_hidden(encoding)
    if n_hidden == 0:
        raise EvomodError(
            "pressures.dropout: these networks have no hidden neuron that could be silent."
        )
    if section.exact and n_hidden > dropout.MOST_EXACT:
        raise EvomodError(
            f"pressures.dropout: exact tries all silent sets of at most {dropout.MOST_EXACT} hidden neurons or "
            f"gates; these networks have {n_hidden}. Leave it out and set draws."
        )
    exact = section.exact or 2**n_hidden <= section.draws
    return pressures.model_copy(update={"dropout": section.model_copy(update={"exact": exact})})
