"""Does selection for adaptability make networks modular, if the goal never switches (the essay's reason why switching does)?

Declared before the runs. A pilot of single runs (seeds 9001 and 9002, 1,500 generations) chose the weight and the number of mutants
by whether the rewarded goal was still learned.
"""

from evomod.papers.claim import check_made
from evomod.papers.claims import Larger
from evomod.plots.studies import rows_of
from evomod.scripts.causes import derived
from evomod.verdicts import DELTA

STUDY = "study_adaptability.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=300", "evolution.population=100"]}

SWITCHED = "networks of goals that switched adapt sooner to a goal of the same parts"
NULLS = {"q_z": "z of Q, degree-preserving null", "q_z_layered": "z of Q, null within layers"}


def measured(column):
    """A column of the best networks that have a connection."""
    return lambda study, treatment: derived.measured(study, column, treatment)


def generations(study, treatment):
    """Until copies reach 0.95 at a goal of the same parts (neither) that nobody was selected for."""
    if study.study.replicates <= QUICK["replicates"]:
        derived.adaptation(study, 1)
    check_made(study, "adaptation.csv", study.study.name)
    rows = rows_of(derived.adaptation(study), treatment=treatment, goal="neither")
    return derived.to_reach(study, rows)


COLUMNS = {name: measured(name) for name in ("q_score", "connections", *NULLS)} | {
    "generations": generations
}
ADAPTABLE, UNRELATED = "adaptability", "adaptability-unrelated"


def claims_of(selection, *, family, figure, related, selected):
    """The claims of a study of selection for adaptability, in words for it; families begin with a word of their own."""

    def larger(text, column, sides, question):
        """A claim of two treatments, the larger first."""
        return Larger(
            text, column=column, a=sides[0], b=sides[1], family=question, smallest=DELTA, figure=figure, status="ours",
        )  # fmt: skip

    return [
        larger(
            f"{selection} makes networks more modular: higher Q than without", "q_score", (ADAPTABLE, derived.CONTROL),
            f"primary of {family}",
        ),
        *(
            larger(
                f"{selection} makes networks more modular than their connections explain ({label})", column,
                (ADAPTABLE, derived.CONTROL), f"{family} beyond sparseness",
            )
            for column, label in NULLS.items()
        ),
        larger(f"{related}: higher Q than with an unrelated one", "q_score", (ADAPTABLE, UNRELATED), f"{family} to what"),
        larger(
            f"{selection} makes networks sparser", "connections", (derived.CONTROL, ADAPTABLE), f"{family} and size",
        ),
        larger(
            f"goal switching makes networks more modular than {selection} does", "q_score", ("goal-switching", ADAPTABLE),
            f"{family} and switching",
        ),
        larger(
            f"{selected} adapt sooner to a goal of the same parts", "generations", (derived.CONTROL, ADAPTABLE),
            f"{family} reached",
        ),
        larger(
            SWITCHED if family == ADAPTABLE else f"{SWITCHED}, again", "generations", (derived.CONTROL, "goal-switching"),
            f"{family} reached",
        ),
    ]  # fmt: skip


CLAIMS = claims_of(
    "selection for adaptability",
    family=ADAPTABLE,
    figure="causes-adaptability",
    related="it is adaptability to a related goal that does",
    selected="networks selected for adaptability",
)
