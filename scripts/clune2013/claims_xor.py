"""What Clune, Mouret & Lipson (2013) claim of tasks made of XORs (supplement).

Recalled, not re-read, and less surely than the main results: "nearly every" and "almost never" are words.
"""

from evomod import measures
from evomod.papers.claims import larger, more_often
from evomod.task import Task, load_task

PAPER, N = "clune2013", 50
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
CLAIMS = [
    text
    for name in NAMES.values()
    for text in (
        f"P&CC keeps the parts of {name} apart more often (nearly always to almost never, recalled)",
        f"P&CC has the higher Q on {name} (recalled)",
    )
]


def separation(network, treatment):
    """How far the modules keep the parts of the treatment's task apart.

    Parts are the pairs of five XORs, or the halves of the two hierarchical ones; modules are those of
    `modularity`, for two parts those of the first split.
    """
    found = measures.decomposition(network, TASKS[treatment.partition("-")[2]])
    return found.first_split or found.partition


def separated(study, treatment):
    """Networks in which no module has inputs of two parts and every part lies in one module; and n."""
    found = [separation(network, treatment) for network in study.networks.get(treatment, [])]
    return sum(one.success for one in found), len(found)


def claims(study):
    """Separation and Q, each task."""
    found, texts = [], iter(CLAIMS)
    for task in TASKS:
        pair, labels = (f"pcc-{task}", f"pa-{task}"), ("P&CC", "PA")
        counts = [separated(study, treatment) for treatment in pair]
        found.append(more_often(PAPER, next(texts), *counts, labels, N))
        q = [study.column("q_score", treatment) for treatment in pair]
        found.append(larger(PAPER, next(texts), *q, labels, N))
    return found
