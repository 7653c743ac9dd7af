"""Every cause on three tasks (the common experiment): does it raise Q, and Q relative to graphs of the same degrees?

Declared before any run. `docs/matrix.md` has the same effects beside those of all other studies.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "all.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=200", "evolution.population=100"]}

CONTROLS = {
    "retina-control": {
        "retina-goal-switching": "goal switching", "retina-connection-cost": "a connection cost", "retina-sparse-start": "a sparse start",
        "retina-adaptability": "selection for adaptability", "retina-hierarchy": "selection for hierarchy", "retina-q-up": "selection for Q",
        "retina-l1": "L1", "retina-l2": "L2",
        "retina-pruning": "pruning", "retina-dropout": "dropout",
    },
    "real-control": {"real-learning": "selection for learning"},
    "xor-control": {
        "xor-connection-cost": "a connection cost", "xor-hierarchy": "selection for hierarchy", "xor-q-up": "selection for Q", "xor-l1": "L1",
        "xor-l2": "L2", "xor-pruning": "pruning", "xor-dropout": "dropout",
    },
    "xor-no-floor": {"xor-sparse-start": "a sparse start"},
    "circuit-control": {
        "circuit-goal-switching": "goal switching", "circuit-adaptability": "selection for adaptability", "circuit-dropout": "dropout",
    },
    "circuit-pareto-control": {"circuit-connection-cost": "a cost of gates", "circuit-hierarchy": "selection for hierarchy", "circuit-q-up": "selection for Q"},
}  # fmt: skip
"""Causes by their treatment, of every control."""
TASKS = {
    "retina-control": "retina", "real-control": "retina with real weights", "xor-control": "five XORs", "xor-no-floor": "five XORs", "circuit-control": "circuits",
    "circuit-pareto-control": "circuits of two objectives",
}  # fmt: skip
MEASURES = {
    "q_score": "raises Q",
    "q_z": "raises Q relative to graphs of the same degrees (z)",
}

CLAIMS = [
    Larger(
        f"{TASKS[control]}: {cause} {words}", column=column, a=treatment, b=control,
        family=f"{control}, {column}", smallest=DELTA, figure="causes-matrix",
    )
    for column, words in MEASURES.items()
    for control, causes in CONTROLS.items()
    for treatment, cause in causes.items()
]  # fmt: skip
