"""What Clune, Mouret & Lipson (2013) claim of tasks made of XORs (supplement).

Recalled, not re-read, and less surely than the main results: "nearly every" and "almost never" are words.
"""

import numpy as np

from evomod import measures
from evomod.papers.claims import Larger, MoreOften
from evomod.task import Task, load_task
from evomod.verdicts import DELTA, SHARE

STUDY = "study_xor.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500"]}

SIDES = Task(
    name="hierarchical-xor-sides",
    inputs=load_task("hierarchical-xor").inputs,
    subgoals={
        "left": lambda x: x.a ^ x.b ^ x.c ^ x.d,
        "right": lambda x: x.e ^ x.f ^ x.g ^ x.h,
    },
    goals={"both": lambda left, right: (left, right)},
)
"""The two halves of the hierarchical task as its parts."""
TASKS = {"five-xor": load_task("five-xor"), "hierarchical-xor": SIDES}
NAMES = {"five-xor": "five XORs", "hierarchical-xor": "two hierarchical XORs"}


def separation(network, treatment):
    """How far the modules keep the parts of the treatment's task apart.

    Parts are the pairs of five XORs, or the halves of the two hierarchical ones; modules are those of
    `modularity`, for two parts those of the first split.
    """
    found = measures.decomposition(network, TASKS[treatment.partition("-")[2]])
    return found.first_split or found.partition


def apart(study, treatment):
    """Whether no module of a network has inputs of two parts and every part lies in one module."""
    networks = study.networks.get(treatment, [])
    return np.array([separation(network, treatment).success for network in networks], float)


COLUMNS = {"apart": apart}
CLAIMS = [
    claim
    for task, name in NAMES.items()
    for claim in (
        MoreOften(
            f"P&CC keeps the parts of {name} apart more often (nearly always to almost never, recalled)",
            column="apart", a=f"pcc-{task}", b=f"pa-{task}", family="parts apart", smallest=SHARE,
            figure="clune2013-figs5",
        ),
        Larger(
            f"P&CC has the higher Q on {name} (recalled)", column="q_score", a=f"pcc-{task}", b=f"pa-{task}",
            family="Q", smallest=DELTA, figure="clune2013-figs5",
        ),
    )
]  # fmt: skip
