"""Does selection for adaptability make networks modular if it looks five mutations ahead?

Declared before the runs, when what one mutation ahead does was known (`claims_adaptability`): sparser networks, with a higher
raw Q. So what is primary here is Q less that of random networks with the same degrees within layers, which neither sparseness
raises nor size.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger, MoreOften
from evomod.plots.studies import rows_of
from evomod.scripts.causes import claims_adaptability, climbs, derived
from evomod.verdicts import DELTA, SHARE

STUDY = climbs.STUDY
QUICK = claims_adaptability.QUICK

AHEAD, UNRELATED, SWITCHING = "adaptability", "adaptability-unrelated", "goal-switching"
EXCESS = "q_excess_layered"
SELECTION = "selection five mutations ahead"
NULLS = {"q_z": "degree-preserving null", "q_z_layered": "null within layers"}


def generations(study, treatment):
    """Until copies reach 0.95 at left AND NOT right, which nobody was selected for."""
    if study.study.replicates <= QUICK["replicates"]:
        climbs.adaptation(study, 1)
    check_made(study, "adaptation.csv", "causes-climbs")
    rows = rows_of(climbs.adaptation(study), treatment=treatment, goal="left-not-right")
    return derived.to_reach(study, rows)


def is_perfect(study, treatment):
    """Whether the trained goal is solved."""
    return (study.column(f"fitness:{derived.TRAINED}", treatment) == 1.0).astype(float)


COLUMNS = {
    **{name: claims_adaptability.measured(name) for name in ("q_score", "connections", EXCESS, *NULLS)},
    "generations": generations,
    "is_perfect": is_perfect,
}
ABOUT: dict[str, Any] = {"figure": "causes-climbs", "status": "ours"}


def larger(text, column, sides, family):
    """A claim of two treatments, the larger first."""
    return Larger(text, column=column, a=sides[0], b=sides[1], family=family, smallest=DELTA, **ABOUT)


CLAIMS = [
    larger(
        f"{SELECTION} makes networks more modular: Q less that of random networks within layers", EXCESS, (AHEAD, derived.CONTROL),
        "primary of looking ahead",
    ),
    *(
        larger(
            f"{SELECTION} makes networks more modular than their connections explain (z of Q, {null})", column,
            (AHEAD, derived.CONTROL), "looking ahead, z",
        )
        for column, null in NULLS.items()
    ),
    larger(f"{SELECTION} raises Q, which sparseness does too", "q_score", (AHEAD, derived.CONTROL), "looking ahead, Q"),
    larger(f"{SELECTION} makes networks sparser", "connections", (derived.CONTROL, AHEAD), "looking ahead, size"),
    larger(
        "looking ahead to a related goal makes networks more modular (Q less random) than to an unrelated one", EXCESS,
        (AHEAD, UNRELATED), "looking ahead to what",
    ),
    larger(
        f"goal switching makes networks more modular (Q less random) than {SELECTION} does", EXCESS, (SWITCHING, AHEAD),
        "looking ahead and switching",
    ),
    MoreOften(
        f"more networks are perfect without {SELECTION} than with it", column="is_perfect", a=derived.CONTROL, b=AHEAD,
        family="looking ahead, own goal", smallest=SHARE, **ABOUT,
    ),
    *(
        larger(
            f"networks of {what} adapt sooner to left AND NOT right", "generations", (derived.CONTROL, treatment),
            "looking ahead, adaptation",
        )
        for treatment, what in ((AHEAD, SELECTION), (SWITCHING, "goals that switched"))
    ),
]  # fmt: skip
