"""What Clune, Mouret & Lipson (2013) claim of goals that switch, with and without a connection cost (Fig. 3b).

Recalled, not re-read, and less surely than the main results. The best period is that of the highest median Q. Every
other replicate chooses it, and the rest are tested: of six groups the best looks better than it is, by chance alone.
"""

import numpy as np

from evomod.papers.claims import Alike, Larger
from evomod.scripts.clune2013 import fig3b
from evomod.verdicts import DELTA

STUDY = "study_periods.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1000", "evolution.population=500"]}

LABELS = {
    "mvg": "MVG, best period",
    "both": "P&CC, best period",
    "both-at-mvg": "P&CC at MVG's best period",
}


def best(groups):
    """The period of the highest median Q of replicates 0, 2, 4, …"""
    return max(groups, key=lambda p: float(np.median(groups[p][::2])))


def q_score(study, group):
    """Q of a treatment of study.toml, or of the half of a best period's runs that has not chosen it."""
    if group not in LABELS:
        return study.column("q_score", group)
    mvg, both = (fig3b.by_period(study, kind) for kind in ("pa", "pcc"))
    chosen = {"mvg": mvg[best(mvg)], "both": both[best(both)], "both-at-mvg": both[best(mvg)]}
    return chosen[group][1::2] if group != "both-at-mvg" else chosen[group]


def runs_of(study, group):
    """Every period's runs count, of a group that a period is chosen for."""
    if group not in LABELS:
        return None
    rows = study.summary["treatment"].tolist()
    return min(rows.count(name) for name in study.treatments), 50


COLUMNS = {"q_score": q_score}
CLAIMS = [
    Larger(
        "P&CC with goals that switch (best period) has a higher Q than P&CC with one goal (recalled)",
        column="q_score", a="both", b="study.toml:pcc", family="switching", smallest=DELTA, figure="clune2013-fig3b",
    ),
    Alike(
        "P&CC with one goal has about the Q of switching goals (best period) without a cost (recalled)",
        column="q_score", a="study.toml:pcc", b="mvg", family="switching", smallest=DELTA, figure="clune2013-fig3b",
        was=(
            "P&CC with one goal and goals that switch (best period) without a cost have about the same Q (recalled)",
        ),
    ),
    Larger(
        "a connection cost raises Q at the best period of goals that switch without it",
        column="q_score", a="both-at-mvg", b="mvg", family="switching", smallest=DELTA, status="ours",
        was=("a connection cost raises Q at the best period of goals that switch without it (our reading)",),
        figure="clune2013-fig3b",
    ),
]  # fmt: skip
