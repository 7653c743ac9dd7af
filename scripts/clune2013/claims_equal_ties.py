"""Is it the cost that makes P&CC more modular than PA, or that ties are broken otherwise? Both with ties at random.

Asked after the map of causes (docs/matrix.md) showed no effect of a cost relative to graphs of the same degrees where ties are equal, and
before any of these runs.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study_equal_ties.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=300", "evolution.population=300"]}

CLAIMS = [
    Larger(
        f"with equal ties P&CC {words}", column=column, a="pcc", b="pa", family=f"equal ties, {column}", smallest=DELTA, status="ours",
    )
    for column, words in (
        ("q_score", "has a higher Q"),
        ("q_z", "has a higher Q relative to degree-preserving randomisations (z)"),
        ("q_z_layered", "has a higher Q relative to nulls rewired within layers (z)"),
        ("best_fitness", "has the higher performance"),
    )
]  # fmt: skip
