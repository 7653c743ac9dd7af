"""What Mengistu et al. (2016) claim of AND-XOR-AND; directions only, their numbers are not known.

Known from captions: hierarchy, Q, sub-problems solved, and how soon. Performance of the last generation is our
question, and so is hierarchy relative to random networks of the same degrees. Sub-problems are those that a single neuron
computes; the authors' program also tries pairs, so it finds more.
"""

from typing import Any

import numpy as np

from evomod.papers.claims import Larger, Sooner
from evomod.scripts.mengistu2016 import fig2 as figure
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {
    "replicates": 5,
    "settings": ["evolution.generations=500", "evolution.population=500"],
}
TREATMENTS = {"pcc-25": "P&CC (p = 0.25)", "pcc-100": "P&CC (p = 1)"}
CAP = 25_000


def subproblems(study, treatment):
    """Share of the six sub-problems that neurons of each run's best network compute."""
    return np.array([figure.subgoals_told(network) for network in study.networks.get(treatment, [])])


def times(study, treatment):
    """Generations of every run until it was solved; one that was not counts as `CAP`."""
    solved = study.column("generations_to_solve", treatment).astype(float)
    return np.where(np.isnan(solved), CAP, solved)


COLUMNS = {"subproblems": subproblems, "times": times, "hierarchy_z": figure.hierarchy_z}
ABOUT: dict[str, Any] = {"b": "pa", "figure": "mengistu2016-fig2"}


def of_treatment(name, label):
    """The claims of one probability with which the cost counts."""
    return [
        Larger(
            f"{label} is more hierarchical than PA", column="hierarchy", a=name, family="hierarchy", smallest=DELTA,
            **ABOUT,
        ),
        Larger(
            f"{label} is more hierarchical than PA relative to degree-preserving randomisations (z)",
            column="hierarchy_z", a=name, family="hierarchy beyond degrees", smallest=DELTA, status="ours", **ABOUT,
        ),
        Larger(
            f"{label} is more modular (higher Q) than PA", column="q_score", a=name, family="Q", smallest=DELTA, **ABOUT
        ),
        Larger(
            f"{label} is more modular than PA relative to degree-preserving randomisations (z)", column="q_z", a=name,
            family="Q beyond degrees", smallest=DELTA, status="ours", **ABOUT,
        ),
        Larger(
            f"{label} is more fit than PA", column="best_fitness", a=name, family="performance", smallest=DELTA,
            status="ours", **ABOUT,
        ),
        Larger(
            f"{label} computes more sub-problems than PA", column="subproblems", a=name, family="sub-problems",
            smallest=DELTA, was=(f"{label} tells more sub-problems than PA",), **ABOUT,
        ),
        Sooner(
            f"{label} reaches a solution in fewer generations than PA", column="times", a=name, cap=CAP,
            family="times", smallest=DELTA, **ABOUT,
        ),
    ]  # fmt: skip


CLAIMS = [claim for name, label in TREATMENTS.items() for claim in of_treatment(name, label)]
