"""Whether the cause of Bernatskiy & Bongard (2015) acts on the retina: first networks with few connections or with many.

Our question: the paper has no retina. Networks are the best of the last generation; z of
Q is relative to degree-preserving randomisations.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study_retina.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=300", "evolution.population=300"]}
COLUMNS_OF = {
    "q_score": "a higher Q",
    "q_z": "a higher z of Q",
}
CLAIMS = [
    Larger(
        f"retina, {label}: {few.replace('-', ' to ')} connections at birth give {words} than {many.replace('-', ' to ')}",
        column=column, a=f"{key}-{few}", b=f"{key}-{many}", family=f"retina, {column}", smallest=DELTA, status="ours",
        figure="bernatskiy2015-retina",
    )
    for key, label in (("pa", "PA"), ("pcc", "P&CC"))
    for few, many in (("0-5", "90-106"), ("0-5", "0-119"), ("20-40", "90-106"))
    for column, words in COLUMNS_OF.items()
]  # fmt: skip
