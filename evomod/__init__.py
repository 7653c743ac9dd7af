"""Evolve small networks, put them under pressure, and see whether they become modular.

>>> import evomod
>>> config = evomod.Config(task="retina", evolution={"population": 20, "generations": 2})
>>> [generation.goal for generation in evomod.evolve(config, seed=1)]
['left-and-right', 'left-and-right', 'left-and-right']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what `_HOMES` says, for type checkers
    from evomod.config import Config as Config
    from evomod.config import load_config as load_config
    from evomod.errors import EvomodError as EvomodError
    from evomod.errors import Interrupted as Interrupted
    from evomod.evolution import Generation as Generation
    from evomod.evolution import evolve as evolve
    from evomod.measures import Neighbourhood as Neighbourhood
    from evomod.measures import Partition as Partition
    from evomod.measures import modularity as modularity
    from evomod.measures import neighbourhood as neighbourhood
    from evomod.measures import q_max as q_max
    from evomod.network import Network as Network
    from evomod.network import load_network as load_network
    from evomod.population import Population as Population
    from evomod.preparation import Setup as Setup
    from evomod.preparation import prepare as prepare
    from evomod.pressures.base import Pressure as Pressure
    from evomod.pressures.base import View as View
    from evomod.runs import Run as Run
    from evomod.runs import load_run as load_run
    from evomod.runs import resume as resume
    from evomod.runs import run as run
    from evomod.selection import Survivors as Survivors
    from evomod.selections.base import Candidates as Candidates
    from evomod.selections.base import Selection as Selection
    from evomod.study import Study as Study
    from evomod.study import load_definition as load_definition
    from evomod.study_run import run_study as run_study
    from evomod.study_tables import StudyFolder as StudyFolder
    from evomod.study_tables import load_study as load_study
    from evomod.task import Task as Task
    from evomod.task import find_tasks as find_tasks
    from evomod.task import load_task as load_task
    from evomod.training_config import TrainingConfig as TrainingConfig
    from evomod.training_run import Training as Training
    from evomod.training_run import adapt as adapt
    from evomod.training_run import load_training_run as load_training_run
    from evomod.training_run import run_training as run_training
    from evomod.transfers import Adaptation as Adaptation
    from evomod.transfers import generations_to_solve as generations_to_solve
    from evomod.transfers import transfer as transfer

_HOMES = {
    "Adaptation": "transfers",
    "Candidates": "selections.base",
    "Config": "config",
    "EvomodError": "errors",
    "Generation": "evolution",
    "Interrupted": "errors",
    "Neighbourhood": "measures",
    "Network": "network",
    "Partition": "measures",
    "Population": "population",
    "Pressure": "pressures.base",
    "Run": "runs",
    "Selection": "selections.base",
    "Setup": "preparation",
    "Study": "study",
    "StudyFolder": "study_tables",
    "Survivors": "selection",
    "Task": "task",
    "Training": "training_run",
    "TrainingConfig": "training_config",
    "View": "pressures.base",
    "adapt": "training_run",
    "evolve": "evolution",
    "find_tasks": "task",
    "generations_to_solve": "transfers",
    "load_config": "config",
    "load_definition": "study",
    "load_network": "network",
    "load_run": "runs",
    "load_study": "study_tables",
    "load_task": "task",
    "load_training_run": "training_run",
    "modularity": "measures",
    "neighbourhood": "measures",
    "prepare": "preparation",
    "q_max": "measures",
    "resume": "runs",
    "run": "runs",
    "run_study": "study_run",
    "run_training": "training_run",
    "transfer": "transfers",
}
"""Every public name, and the module that it comes from."""

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Import on first use: `evomod --help` must not pay for numba (PEP 562)."""
    if name == "__version__":
        from evomod.provenance import installed_version

        return installed_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'evomod' has no attribute '{name}'")
    value = getattr(import_module(f"evomod.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, those that are not imported yet included."""
    return sorted({*globals(), *__all__})
