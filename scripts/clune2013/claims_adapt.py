"""What Clune, Mouret & Lipson (2013) claim of evolvability (Fig. 3a), from the first perfect networks.

A variant: the paper's protocol starts from the networks of generation 25,000, which `claims_final.py` tests. The
numbers are recalled, less surely than the main results. A value is a network, the median of its adaptations.
"""

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger
from evomod.scripts.clune2013 import fig3a
from evomod.verdicts import DELTA

STUDY = "study_adapt.toml"
QUICK = {"replicates": 5, "settings": ["evolution.population=300", "evolution.generations=1500"]}

ALPHABETS = {"": "weights -2 -1 1 2", "-binary": "weights 2 -1 1 2"}
DIRECTIONS = {"and": ("AND to OR", (62, 69), (2, 5)), "or": ("OR to AND", (175, 290), (7, 21))}
"""Intervals of the median generations of PA and P&CC, recalled."""


def adaptation(study, treatment):
    """Generations to adapt ``[network]``; a small study's networks are adapted here, those of a large one by the figure."""
    if study.study.replicates <= QUICK["replicates"]:
        fig3a.prepare(study)
    check_made(study, "adaptation.csv", "clune2013-fig3a")
    return fig3a.medians(study)[treatment]


COLUMNS = {"adaptation": adaptation}
CLAIMS = [
    Larger(
        f"P&CC adapts in fewer generations from the first perfect network, {name}, {alphabet}",
        column="adaptation", a=f"pcc-{goal}{suffix}", b=f"pa-{goal}{suffix}", is_less=True,
        family="adaptation from the first perfect network", smallest=DELTA, status="ours",
        was=(f"P&CC adapts in fewer generations, {name}, {alphabet}",), figure="clune2013-fig3a",
    )
    for suffix, alphabet in ALPHABETS.items()
    for goal, (name, _, _) in DIRECTIONS.items()
]  # fmt: skip
