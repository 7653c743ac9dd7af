"""What Kashtan & Alon (2005) claim of goals that vary at random: no modularity, no motifs (SI Fig. 8)."""

from pathlib import Path
from typing import Any

from evomod.papers.claim import NotRunError
from evomod.papers.claims import Above, Larger
from evomod.papers.scripts import find_study
from evomod.scripts.kashtan2005 import claims as main
from evomod.scripts.kashtan2005 import derived
from evomod.verdicts import DELTA

STUDY = "study_random.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600"]}

MODULAR = 0.3
"""Quoted: Q_m of 0.3 to 1 is modular, about 0 is not."""
KINDS = {"random": "random goals", "half-random": "one goal and random ones"}
MOTIFS = ((3, 38, "feed-forward loop"), (4, 904, "diamond"))
LABELS = {"mvg": "MVG"}


def q_m(study, treatment):
    """Of the best networks of the last generation, solved or not; of MVG those of study.toml that were solved."""
    if treatment == "mvg":
        return main.COLUMNS["q_m"](of_mvg(), "mvg")
    table = derived.best_q_table(study, tuple(KINDS))
    return table["q_m"][table["treatment"] == treatment]


def of_mvg():
    """The study of varying goals, where it is found: of another cap than this one, so no companion."""
    study = find_study(Path(__file__), main.STUDY)
    if study is None:
        raise NotRunError("not run: scripts/kashtan2005/study.toml")
    return study


def runs_of(study, group):
    """Of MVG, those of study.toml."""
    return (len(of_mvg().column("seed", "mvg")), 50) if group == "mvg" else None


COLUMNS = {
    "q_m": q_m,
    **{
        f"z-{size}-{number}": main.z_of(size, number, tuple(KINDS), derived.everyone)
        for size, number, _ in MOTIFS
    },
}
ABOUT: dict[str, Any] = {"figure": "kashtan2005-figs8"}
CLAIMS = [
    *(
        Above(
            f"{name}: not modular (Q_m below 0.3)", column="q_m", a=kind, bound=MODULAR, below=True,
            family="not modular", smallest=main.Q_M, **ABOUT,
        )
        for kind, name in KINDS.items()
    ),
    *(
        Larger(
            f"{name}: MVG has the higher Q_m", column="q_m", a="mvg", b=kind, family="less than MVG", smallest=DELTA,
            **ABOUT,
        )
        for kind, name in KINDS.items()
    ),
    *(
        Above(
            f"{name}: {motif} is no motif (z below 2)", column=f"z-{size}-{number}", a=kind, bound=2.0, below=True,
            family="no motifs", smallest=main.Z, **ABOUT,
        )
        for kind, name in KINDS.items()
        for size, number, motif in MOTIFS
    ),
]  # fmt: skip
