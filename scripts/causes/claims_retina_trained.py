"""Every cause that training can have, on the retina (the trained part of the common experiment): does it raise Q, and z of Q?

Declared before any network but one of each way, of seed 9001, at which all was looked at. Networks of one seed have the same birth.
"""

from typing import Any

from evomod.papers.claims import LargerInPairs
from evomod.scripts.causes import retina_trained
from evomod.studies.experiments import in_pairs
from evomod.verdicts import DELTA

TABLE, COMMAND = retina_trained.TABLE, retina_trained.COMMAND


def column(name):
    """Numbers of a way of training, by seed."""
    return lambda path, way: in_pairs(retina_trained.groups_of(retina_trained.read(path)), name, way)


COLUMNS = {name: column(name) for name in retina_trained.NUMBERS}


def runs_of(path, way):
    """Networks of a way of training, and how many were declared."""
    groups = retina_trained.groups_of(retina_trained.read(path))
    return len(groups.get(way, [])), retina_trained.NETWORKS


LABELS = {
    "control": "nothing", "dropout": "dropout", "l1": "L1", "l2": "L2", "pruning": "pruning", "clusterability": "the clusterability term",
    "length": "L1 × length", "swaps": "L1 × length with swaps",
}  # fmt: skip
MEASURES = {"q_score": "raises Q", "q_z": "raises Q relative to graphs of the same degrees (z)"}
ABOUT: dict[str, Any] = {"status": "ours", "figure": "causes-retina_trained", "smallest": DELTA}

CLAIMS = [
    LargerInPairs(
        f"retina, trained: {words} {told}", column=column, a=way, b="control", family=f"retina trained, {column}", **ABOUT,
    )
    for column, told in MEASURES.items()
    for way, words in LABELS.items()
    if way != "control"
]  # fmt: skip
