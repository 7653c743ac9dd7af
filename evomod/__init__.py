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
    from evomod.encodings.base import Encoding as Encoding
    from evomod.encodings.base import EncodingKind as EncodingKind
    from evomod.errors import EvomodError as EvomodError
    from evomod.errors import Interrupted as Interrupted
    from evomod.evolution.loop import Generation as Generation
    from evomod.evolution.loop import evolve as evolve
    from evomod.evolution.setup import Setup as Setup
    from evomod.evolution.setup import prepare as prepare
    from evomod.evolvability import Neighbourhood as Neighbourhood
    from evomod.evolvability import neighbourhood as neighbourhood
    from evomod.evolvability import q_max as q_max
    from evomod.evolvability.competition import Competition as Competition
    from evomod.evolvability.competition import compete as compete
    from evomod.evolvability.transfers import Adaptation as Adaptation
    from evomod.evolvability.transfers import generations_to_solve as generations_to_solve
    from evomod.evolvability.transfers import transfer as transfer
    from evomod.gradient.config import TrainingConfig as TrainingConfig
    from evomod.gradient.run import Training as Training
    from evomod.gradient.run import adapt as adapt
    from evomod.gradient.run import load_training_run as load_training_run
    from evomod.gradient.run import run_training as run_training
    from evomod.measures import Partition as Partition
    from evomod.measures import modularity as modularity
    from evomod.network import Network as Network
    from evomod.network import load_network as load_network
    from evomod.population import Population as Population
    from evomod.pressures.base import Pressure as Pressure
    from evomod.pressures.base import View as View
    from evomod.runs.run import Run as Run
    from evomod.runs.run import load_run as load_run
    from evomod.runs.run import resume as resume
    from evomod.runs.run import run as run
    from evomod.runs.tracking import log_row as log_row
    from evomod.selections.base import Candidates as Candidates
    from evomod.selections.base import Selection as Selection
    from evomod.selections.ranking import Survivors as Survivors
    from evomod.studies.definition import Study as Study
    from evomod.studies.definition import load_definition as load_definition
    from evomod.studies.run import run_study as run_study
    from evomod.studies.tables import StudyFolder as StudyFolder
    from evomod.studies.tables import load_study as load_study
    from evomod.task import Task as Task
    from evomod.task import find_tasks as find_tasks
    from evomod.task import load_task as load_task

_HOMES = {
    "Adaptation": "evolvability.transfers",
    "Candidates": "selections.base",
    "Competition": "evolvability.competition",
    "Config": "config",
    "Encoding": "encodings.base",
    "EncodingKind": "encodings.base",
    "EvomodError": "errors",
    "Generation": "evolution.loop",
    "Interrupted": "errors",
    "Neighbourhood": "evolvability",
    "Network": "network",
    "Partition": "measures",
    "Population": "population",
    "Pressure": "pressures.base",
    "Run": "runs.run",
    "Selection": "selections.base",
    "Setup": "evolution.setup",
    "Study": "studies.definition",
    "StudyFolder": "studies.tables",
    "Survivors": "selections.ranking",
    "Task": "task",
    "Training": "gradient.run",
    "TrainingConfig": "gradient.config",
    "View": "pressures.base",
    "adapt": "gradient.run",
    "compete": "evolvability.competition",
    "evolve": "evolution.loop",
    "find_tasks": "task",
    "generations_to_solve": "evolvability.transfers",
    "load_config": "config",
    "load_definition": "studies.definition",
    "load_network": "network",
    "load_run": "runs.run",
    "load_study": "studies.tables",
    "load_task": "task",
    "load_training_run": "gradient.run",
    "log_row": "runs.tracking",
    "modularity": "measures",
    "neighbourhood": "evolvability",
    "prepare": "evolution.setup",
    "q_max": "evolvability",
    "resume": "runs.run",
    "run": "runs.run",
    "run_study": "studies.run",
    "run_training": "gradient.run",
    "transfer": "evolvability.transfers",
}
"""Every public name, and the module that it comes from."""

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Import on first use: `evomod --help` must not pay for numba (PEP 562)."""
    if name == "__version__":
        from evomod.files.provenance import installed_version

        return installed_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'evomod' has no attribute '{name}'")
    value = getattr(import_module(f"evomod.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, those that are not imported yet included."""
    return sorted({*globals(), *__all__})
