"""What Hüsken, Igel & Toussaint (2002) claim: modular problems make networks modular, more so if they are to learn quickly.

Directions, from the abstract; networks are the best of the last generation. Declared while the study ran, before any of its
results was seen. A short run had shown that free networks have nearly all connections in the end, where Q hardly can differ
and z is not defined, so the same questions are asked of 30 to 40 connections, and z of these alone.
"""

from evomod.papers.claim import check_made
from evomod.papers.claims import Above, Larger
from evomod.plots.studies import rows_of
from evomod.scripts.husken2002 import derived
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=4", "evolution.population=20"]}
FIGURE = "husken2002-fig1"
Z = 1.0
"""Smallest effect of interest, in standard deviations of the null: our choice."""


def error(column):
    """Error after learning from weights that selection never saw."""

    def values(study, treatment):
        check_made(study, "learning.csv", FIGURE, QUICK)
        return rows_of(derived.learning(study), treatment=treatment)[column].astype(float)

    return values


COLUMNS = {f"error_{steps}": error(f"error_{steps}") for steps in derived.STEPS}
CLAIMS = [
    Larger(
        "learning speed gives a higher Q than accuracy", column="q_score", a="speed", b="accuracy", family="learning speed, free",
        smallest=DELTA, figure=FIGURE,
    ),
    *(
        Larger(
            f"30 to 40 connections: learning speed gives a higher {words} than {than}", column=column, a="speed-held", b=other,
            family=f"learning speed, held connections, {column}", smallest=DELTA, status="claim" if other == "accuracy-held" else "ours",
            figure=FIGURE,
        )
        for column, words in (("q_score", "Q"), ("q_z_layered", "z of Q, within layers,"))
        for other, than in (("accuracy-held", "accuracy"), ("inborn-held", "no learning"))
    ),
    Above(
        "30 to 40 connections, 40 steps of learning: Q is above that of rewired networks (z, within layers)",
        column="q_z_layered", a="accuracy-held", bound=0.0, family="modular problem", smallest=Z, figure=FIGURE,
    ),
    *(
        Larger(
            f"selection works, {words}: after {steps} steps the error is lower with {what} than {than}", column=f"error_{steps}",
            a=f"{a}{end}", b=f"{b}{end}", family="learning, works", smallest=DELTA, is_less=True, status="ours", figure=FIGURE,
        )
        for end, words in (("", "free"), ("-held", "held"))
        for steps, a, b, what, than in (
            (10, "speed", "inborn", "speed", "without learning"),
            (10, "speed", "accuracy", "speed", "with accuracy"),
            (40, "accuracy", "inborn", "accuracy", "without learning"),
        )
    ),
]  # fmt: skip
