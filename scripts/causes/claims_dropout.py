"""What the essay says of dropout: modules specialised without it, redundant beside that with some, alike with much."""

from typing import Any

from evomod.papers.claims import Alike, Larger
from evomod.scripts.causes import derived
from evomod.verdicts import DELTA

STUDY = "study_dropout.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=400", "evolution.population=200"]}

NONE, SOME, MUCH = "rate-00", "rate-10", "rate-50"


def of_modules(name):
    """What modules do in the best networks of runs."""
    return lambda study, treatment: derived.values(derived.modules_do(study), name, treatment)


COLUMNS = {
    **{name: of_modules(name) for name in ("redundancy", "specialisation", "harm")},
    "q_z": lambda study, treatment: derived.measured(study, "q_z", treatment),
}
ABOUT: dict[str, Any] = {"smallest": DELTA, "figure": "causes-redundancy"}
CLAIMS = [
    Larger(
        "modules stand in for each other more with dropout of 0.1 than without", column="redundancy", a=SOME, b=NONE,
        family="what modules do", **ABOUT,
    ),
    Alike(
        "modules are as specialised with dropout of 0.1 as without", column="specialisation", a=SOME, b=NONE,
        family="what modules do", **ABOUT,
    ),
    Larger(
        "modules are less specialised with dropout of 0.5 than of 0.1", column="specialisation", a=MUCH, b=SOME,
        is_less=True, family="what modules do", **ABOUT,
    ),
    Larger(
        "a silent neuron costs less with dropout of 0.1 than without", column="harm", a=SOME, b=NONE, is_less=True,
        family="what modules do", **ABOUT,
    ),
    Larger(
        "dropout of 0.1 makes networks more modular relative to degree-preserving randomisations (z)", column="q_z",
        a=SOME, b=NONE, family="modularity",
        was=("dropout of 0.1 makes networks more modular beside rewired ones (z of Q)",), **ABOUT,
    ),
    Larger(
        "networks of 20 hidden neurons have more connections with dropout of 0.1 than without", column="connections",
        a=SOME, b=NONE, family="connections", status="exploratory", **ABOUT,
    ),
]  # fmt: skip
