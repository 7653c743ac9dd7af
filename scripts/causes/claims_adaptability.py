"""Does selection for adaptability make networks modular, if the goal never switches (the essay's reason why switching does)?

Declared before the runs. A pilot of single runs (seeds 9001 and 9002, 1,500 generations) chose the weight and the number of mutants
by whether the rewarded goal was still learned.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger
from evomod.plots.studies import rows_of
from evomod.scripts.causes import derived
from evomod.verdicts import DELTA

STUDY = "study_adaptability.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=300", "evolution.population=100"]}

NULLS = {"q_z": "z of Q, degree-preserving null", "q_z_layered": "z of Q, null within layers"}


def measured(column):
    """A column of the best networks that have a connection."""
    return lambda study, treatment: derived.measured(study, column, treatment)


def generations(study, treatment):
    """Until copies reach 0.95 at a goal of the same parts (neither) that nobody was selected for."""
    if study.study.replicates <= QUICK["replicates"]:
        derived.adaptation(study, 1)
    check_made(study, "adaptation.csv", "causes-adaptability")
    rows = rows_of(derived.adaptation(study), treatment=treatment, goal="neither")
    return derived.to_reach(study, rows)


COLUMNS = {name: measured(name) for name in ("q_score", "connections", *NULLS)} | {
    "generations": generations
}
ABOUT: dict[str, Any] = {"smallest": DELTA, "figure": "causes-adaptability", "status": "ours"}


def larger(text, column, sides, family):
    """A claim of two treatments, the larger first."""
    return Larger(text, column=column, a=sides[0], b=sides[1], family=family, **ABOUT)


ADAPTABLE, UNRELATED = "adaptability", "adaptability-unrelated"
CLAIMS = [
    larger(
        "selection for adaptability makes networks more modular: higher Q than without", "q_score", (ADAPTABLE, derived.CONTROL),
        "primary of adaptability",
    ),
    *(
        larger(
            f"selection for adaptability makes networks more modular than their connections explain ({label})", column,
            (ADAPTABLE, derived.CONTROL), "adaptability beyond sparseness",
        )
        for column, label in NULLS.items()
    ),
    larger(
        "it is adaptability to a related goal that does: higher Q than with an unrelated one", "q_score", (ADAPTABLE, UNRELATED),
        "adaptability to what",
    ),
    larger(
        "selection for adaptability makes networks sparser", "connections", (derived.CONTROL, ADAPTABLE), "adaptability and size",
    ),
    larger(
        "goal switching makes networks more modular than selection for adaptability does", "q_score", ("goal-switching", ADAPTABLE),
        "adaptability and switching",
    ),
    larger(
        "networks selected for adaptability adapt sooner to a goal of the same parts", "generations", (derived.CONTROL, ADAPTABLE),
        "adaptability reached",
    ),
    larger(
        "networks of goals that switched adapt sooner to a goal of the same parts", "generations", (derived.CONTROL, "goal-switching"),
        "adaptability reached",
    ),
]  # fmt: skip
