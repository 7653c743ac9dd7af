"""What Bernatskiy & Bongard (2015) claim where patterns are added one after another: the sparse start helps there too.

Directions, from the abstract and the authors' plots of the second experiment, which show these columns; networks are the
best of the last generation.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study_patterns.toml"
QUICK = {"replicates": 4, "settings": ["evolution.population=40"]}
CLAIMS = [
    Larger(
        f"patterns added, {period}: {what} from a sparse start gives {word} than P&CC from a random one", column=column, a=a + end,
        b=f"pcc-random{end}", family=f"added patterns, {family}", smallest=DELTA, figure="bernatskiy2015-patterns",
    )
    for end, period in (("", "period 500"), ("-15", "period 15"))
    for a, what in (("pcc-sparse", "P&CC"), ("afpo-sparse", "AFPO"))
    for column, word, family in (
        ("q_score", "a higher Q", "Q"),
        ("best_fitness", "fitter networks", "performance"),
    )
]  # fmt: skip
