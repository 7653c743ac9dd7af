"""Evolve small networks, put them under pressure, and see whether they become modular.

>>> import evomod
>>> config = evomod.Config(task="retina", evolution={"population": 20, "generations": 2})
>>> [generation.goal for generation in evomod.evolve(config, seed=1)]
['left-and-right', 'left-and-right', 'left-and-right']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evomod.config import Config, load_config
    from evomod.errors import EvomodError, Interrupted
    from evomod.evolution import Generation, evolve
    from evomod.measures import Neighbourhood, Partition, modularity, neighbourhood, q_max
    from evomod.network import Network, load_network
    from evomod.population import Population
    from evomod.preparation import Setup, prepare
    from evomod.runs import Run, load_run, resume, run
    from evomod.study import Study, load_definition
    from evomod.study_run import run_study
    from evomod.study_tables import StudyFolder, load_study
    from evomod.task import Task, find_tasks, load_task
    from evomod.training_config import TrainingConfig
    from evomod.training_run import Training, adapt, load_training_run, run_training
    from evomod.transfers import Adaptation, generations_to_solve, transfer

_HOMES = {
    "Config": "config",
    "load_config": "config",
    "EvomodError": "errors",
    "Interrupted": "errors",
    "Generation": "evolution",
    "Setup": "preparation",
    "evolve": "evolution",
    "prepare": "preparation",
    "Neighbourhood": "measures",
    "Partition": "measures",
    "modularity": "measures",
    "neighbourhood": "measures",
    "q_max": "measures",
    "Network": "network",
    "load_network": "network",
    "Population": "population",
    "Run": "runs",
    "load_run": "runs",
    "resume": "runs",
    "run": "runs",
    "Study": "study",
    "load_definition": "study",
    "run_study": "study_run",
    "StudyFolder": "study_tables",
    "load_study": "study_tables",
    "Task": "task",
    "find_tasks": "task",
    "load_task": "task",
    "TrainingConfig": "training_config",
    "Training": "training_run",
    "adapt": "training_run",
    "load_training_run": "training_run",
    "run_training": "training_run",
    "Adaptation": "transfers",
    "generations_to_solve": "transfers",
    "transfer": "transfers",
}

__all__ = [
    "Adaptation",
    "Config",
    "EvomodError",
    "Generation",
    "Interrupted",
    "Neighbourhood",
    "Network",
    "Partition",
    "Population",
    "Run",
    "Setup",
    "Study",
    "StudyFolder",
    "Task",
    "Training",
    "TrainingConfig",
    "adapt",
    "evolve",
    "find_tasks",
    "generations_to_solve",
    "load_config",
    "load_definition",
    "load_network",
    "load_run",
    "load_study",
    "load_task",
    "load_training_run",
    "modularity",
    "neighbourhood",
    "prepare",
    "q_max",
    "resume",
    "run",
    "run_study",
    "run_training",
    "transfer",
]


def __getattr__(name: str) -> Any:
    """Import on first use: `evomod --help` must not pay for numba (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evomod' has no attribute '{name}'")
    value = getattr(import_module(f"evomod.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
