"""What the essay says of dropout: modules specialised without it, redundant beside that with some, alike with much."""

from pathlib import Path

from evomod.papers.claims import alike, larger
from evomod.papers.scripts import load_script

PAPER, N = "causes", 30
STUDY = "study_dropout.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=400", "evolution.population=200"]}

derived = load_script(Path(__file__).with_name("derived.py"))
NONE, SOME, MUCH = "rate-00", "rate-10", "rate-50"
CLAIMS = [
    "modules stand in for each other more with dropout of 0.1 than without",
    "modules are as specialised with dropout of 0.1 as without",
    "modules are less specialised with dropout of 0.5 than of 0.1",
    "a silent neuron costs less with dropout of 0.1 than without",
    "dropout of 0.1 makes networks more modular beside rewired ones (z of Q)",
]


def claims(study):
    """Of what modules do in the best networks of runs."""
    table = derived.modules_do(study)

    def values(column, name):
        return derived.values(table, column, name)

    z = [derived.measured(study, "q_z", name) for name in (SOME, NONE)]
    return [
        larger(
            PAPER, CLAIMS[0], values("redundancy", SOME), values("redundancy", NONE), ("0.1", "none"), N
        ),
        alike(
            PAPER, CLAIMS[1], values("specialisation", SOME), values("specialisation", NONE), ("0.1", "none"), N
        ),
        larger(
            PAPER, CLAIMS[2], values("specialisation", SOME), values("specialisation", MUCH), ("0.1", "0.5"), N
        ),
        larger(PAPER, CLAIMS[3], values("harm", NONE), values("harm", SOME), ("none", "0.1"), N),
        larger(PAPER, CLAIMS[4], *z, ("0.1", "none"), N),
    ]  # fmt: skip
