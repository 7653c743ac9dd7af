"""What Bernatskiy & Bongard (2015) claim where patterns are added one after another: the sparse start helps there too.

Directions, from the abstract and the authors' plots of the second experiment, which show these columns; networks are the
best of the last generation.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study_patterns.toml"
QUICK = {"replicates": 4, "settings": ["schedule.period=15", "evolution.generations=60"]}
CLAIMS = [
    Larger(
        f"patterns added, {period}: {what} gives {word} than P&CC with a random start", column=column, a=a + end,
        b=f"pcc-random{end}", family=f"added patterns, {family}", smallest=DELTA, figure="bernatskiy2015-patterns",
    )
    for end, period in (("", "period 500"), ("-15", "period 15"))
    for a, what in (("pcc-sparse", "P&CC with a sparse start"), ("afpo-sparse", "AFPO with a sparse start"))
    for column, word, family in (
        ("q_score", "more modular networks (higher Q)", "Q"),
        ("best_fitness", "fitter networks", "performance"),
    )
]  # fmt: skip
