"""Whether the cause of Bernatskiy & Bongard (2015) acts on the retina: first networks with few connections or with many.

Our question: the paper has no retina. Networks are the best of the last generation; z of
Q is relative to degree-preserving randomisations. A network that lost all its connections has Q 0. Exploratory, asked when all was known:
how often networks are perfect, and Q of those that kept connections.
"""

import numpy as np

from evomod.papers.claims import Larger, MoreOften
from evomod.plots.studies import rows_of
from evomod.verdicts import DELTA, SHARE

STUDY = "study_retina.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=300", "evolution.population=300"]}
COLUMNS_OF = {
    "q_score": "a higher Q",
    "q_z": "a higher z of Q",
}


def of_connected(study, treatment):
    """Q of networks with connections; NaN of those without."""
    rows = rows_of(study.summary, treatment=treatment)
    return np.where(rows["connections"] > 0, rows["q_score"], np.nan)


COLUMNS = {"q_of_connected": of_connected}
ARMS = (("pa", "PA"), ("pcc", "P&CC"))
DECLARED = [
    Larger(
        f"retina, {label}: {few.replace('-', ' to ')} connections at birth give {words} than {many.replace('-', ' to ')}",
        column=column, a=f"{key}-{few}", b=f"{key}-{many}", family=f"retina, {column}", smallest=DELTA, status="ours",
        figure="bernatskiy2015-retina",
    )
    for key, label in ARMS
    for few, many in (("0-5", "90-106"), ("0-5", "0-119"), ("20-40", "90-106"))
    for column, words in COLUMNS_OF.items()
]  # fmt: skip
AFTERWARDS = [
    claim
    for key, label in ARMS
    for claim in (
        Larger(
            f"retina, {label}: 0 to 5 connections at birth give a higher Q than 90 to 106, networks with connections",
            column="q_of_connected", a=f"{key}-0-5", b=f"{key}-90-106", family="retina, Q where connected", smallest=DELTA,
            status="exploratory", figure="bernatskiy2015-retina",
        ),
        MoreOften(
            f"retina, {label}: networks born with 90 to 106 connections are perfect more often than with 0 to 5", column="solved",
            a=f"{key}-90-106", b=f"{key}-0-5", family="retina, perfect", smallest=SHARE, status="exploratory",
            figure="bernatskiy2015-retina",
        ),
    )
]  # fmt: skip
CLAIMS: list[Larger | MoreOften] = [*DECLARED, *AFTERWARDS]
