"""What Clune, Mouret & Lipson (2013) claim of evolvability (Fig. 3a), from the networks of generation 25,000.

The paper's numbers are recalled, not re-read, and less surely than its main results. Here a value is a network, the
median of its five adaptations, where the paper's p values suggest that all of them were pooled.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, MoreOften, Published
from evomod.scripts.clune2013 import fig3a as first
from evomod.scripts.clune2013 import fig3a_final as figure
from evomod.verdicts import BAND, DELTA, SHARE

STUDY = "study_final.toml"
QUICK = {"replicates": 5, "settings": ["evolution.population=300", "evolution.generations=1500"]}

ALPHABETS = {"": "weights -2 -1 1 2", "-binary": "weights 2 -1 1 2"}
DIRECTIONS = {  # published medians of PA and P&CC with their intervals, recalled
    "and": ("AND to OR", (65, (62, 69)), (3, (2, 5))),
    "or": ("OR to AND", (222.5, (175, 290)), (12, (7, 21))),
}


def adaptation(study, treatment):
    """Generations to adapt ``[network]``, by the figure; a small study's networks are adapted here."""
    if study.study.replicates <= QUICK["replicates"]:
        first.prepare(study)
    check_made(study, "adaptation.csv", "clune2013-fig3a_final")
    return first.medians(study)[treatment]


def is_soon(study, treatment):
    """Whether a network adapts within `SOON` generations."""
    return (adaptation(study, treatment) <= figure.SOON).astype(float)


COLUMNS = {"adaptation": adaptation, "is_soon": is_soon}


def group(kind, goal, suffix):
    """The treatment whose networks evolved for a goal."""
    return f"{kind}-or{suffix}" if goal == "or" else f"study.toml:{kind}{suffix}"


def of_direction(goal, suffix):
    """The claims of a direction and an alphabet."""
    name, *published = DIRECTIONS[goal]
    end = f"{name}, {ALPHABETS[suffix]}"
    about: dict[str, Any] = {"figure": "clune2013-fig3a_final"}
    pa, pcc = (group(kind, goal, suffix) for kind in ("pa", "pcc"))
    return [
        Larger(
            f"P&CC adapts in fewer generations, {end}", column="adaptation", a=pcc, b=pa, is_less=True,
            family="adaptation", smallest=DELTA, **about,
        ),
        MoreOften(
            f"more of P&CC adapt within 5 generations, {end}", column="is_soon", a=pcc, b=pa,
            family="adaptation within 5 generations", smallest=SHARE, status="ours", **about,
        ),
        *(
            Published(
                f"median generations of {label} are {value:g} [{low:g}, {high:g}] (recalled), {end}",
                column="adaptation", a=treatment, value=value, ends=(low, high), family="adaptation, published",
                smallest=BAND, was=(f"median generations of {label} {low:g} to {high:g} (recalled), {end}",), **about,
            )
            for label, treatment, (value, (low, high)) in zip(("PA", "P&CC"), (pa, pcc), published, strict=True)
        ),
    ]  # fmt: skip


CLAIMS = [claim for suffix in ALPHABETS for goal in DIRECTIONS for claim in of_direction(goal, suffix)]
