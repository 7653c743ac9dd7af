"""What Bernatskiy & Bongard (2015) claim of their task A: a sparse first population makes networks modular.

Directions, from the abstract; networks are the best of the last generation. Q is the logged one, the authors' is Louvain's.
Beside them stand two questions of ours: whether sparse starts differ by more than the number of connections explains.
"""

import numpy as np

from evomod.papers.claims import Alike, Larger, Sooner
from evomod.verdicts import BAND, DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=200"]}
LAST = 1500


def times(study, treatment):
    """Generations to the pattern from all ten starts; those that never reach it count as one more than the last."""
    found = study.column("generations_to_solve", treatment).astype(float)
    return np.where(np.isnan(found), LAST + 1, found)


COLUMNS = {"times": times}
CLAIMS = [
    Larger(
        "P&CC: a sparse start gives more modular networks (higher Q) than a random one", column="q_score",
        a="pcc-sparse", b="pcc-random", family="sparse start, Q", smallest=DELTA,
        figure="bernatskiy2015-fig1",
    ),
    Larger(
        "P&CC: a sparse start gives fitter networks than a random one", column="best_fitness", a="pcc-sparse",
        b="pcc-random", family="sparse start, performance", smallest=DELTA,
        figure="bernatskiy2015-fig1",
    ),
    Sooner(
        "P&CC: with a sparse start the pattern is reached sooner than with a random one", column="times", a="pcc-sparse",
        b="pcc-random", cap=LAST + 1, family="sparse start, performance", smallest=DELTA,
        figure="bernatskiy2015-fig1",
    ),
    Larger(
        "AFPO with a sparse start gives more modular networks (higher Q) than P&CC with a random one", column="q_score",
        a="afpo-sparse", b="pcc-random", family="sparse start, Q", smallest=DELTA,
        figure="bernatskiy2015-fig1",
    ),
    Alike(
        "with a sparse start AFPO gives networks almost as modular (Q) as P&CC", column="q_score", a="afpo-sparse",
        b="pcc-sparse", family="sparse start, Q", smallest=BAND,
        figure="bernatskiy2015-fig1",
    ),
    Larger(
        "AFPO: a sparse start gives more modular networks (higher Q) than a random one", column="q_score",
        a="afpo-sparse", b="afpo-random", family="sparse start without a cost", smallest=DELTA, status="ours",
        figure="bernatskiy2015-fig1",
    ),
    Larger(
        "AFPO: a sparse start gives a higher Q relative to degree-preserving randomisations (z) than a random one",
        column="q_z", a="afpo-sparse", b="afpo-random", family="sparse start without a cost", smallest=DELTA, status="ours",
        figure="bernatskiy2015-fig1",
    ),
]  # fmt: skip
