"""What Hüsken, Igel & Toussaint (2002) claim: modular problems make networks modular, more so if they are to learn quickly.

Directions, from the abstract; networks are the best of the last generation. The paper measures modularity by inputs and
outputs that neurons share, here it is Q and z of Q. Whether speed was selected, and whether the number of connections
explains the rest, are questions of ours. Declared before any run of the study.
"""

from evomod.papers.claim import NotRunError
from evomod.papers.claims import Above, Larger
from evomod.plots.studies import rows_of
from evomod.scripts.husken2002 import derived
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=4", "evolution.population=20"]}
FIGURE = "husken2002-fig1"


def error(column):
    """Less the error after learning from weights that selection never saw."""

    def values(study, treatment):
        if study.study.replicates > QUICK["replicates"] and not (study.folder / "learning.csv").exists():
            raise NotRunError(f"not made: evomod figure {FIGURE} --study {study.folder}")
        return -rows_of(derived.learning(study), treatment=treatment)[column].astype(float)

    return values


COLUMNS = {f"error_{steps}": error(f"error_{steps}") for steps in derived.STEPS}
MEASURES = {
    "q_score": "a higher Q",
    "q_z": "a higher Q relative to graphs of the same degrees (z)",
}
CLAIMS = [
    *(
        Larger(
            f"selection for learning speed gives {words} than selection for accuracy", column=column, a="speed", b="accuracy",
            family=f"learning speed, {column}", smallest=DELTA, figure=FIGURE,
        )
        for column, words in MEASURES.items()
    ),
    Above(
        "networks that learn a modular problem are more modular than random networks of the same degrees by layer (z)", column="q_z_layered",
        a="accuracy", bound=0.0, family="modular problem", smallest=1.0, figure=FIGURE,
    ),
    *(
        Larger(
            f"held at 30 to 40 connections, selection for learning speed gives {words} than {than}", column=column, a="speed-held",
            b=other, family=f"learning speed, held connections, {column}", smallest=DELTA, status="ours", figure=FIGURE,
        )
        for column, words in MEASURES.items()
        for other, than in (("accuracy-held", "selection for accuracy"), ("inborn-held", "no learning"))
    ),
    *(
        Larger(
            f"the selection works, {words}: {what} is lower after {steps} steps from other weights", column=f"error_{steps}", a=a, b=b,
            family="learning, works", smallest=DELTA, status="ours", figure=FIGURE,
        )
        for end, words in (("", "free"), ("-held", "held"))
        for steps, a, b, what in (
            (10, f"speed{end}", f"inborn{end}", "the error of networks selected for speed, beside no learning,"),
            (10, f"speed{end}", f"accuracy{end}", "the error of networks selected for speed, beside accuracy,"),
            (40, f"accuracy{end}", f"inborn{end}", "the error of networks selected for accuracy, beside no learning,"),
        )
    ),
]  # fmt: skip
