"""What Parter, Kashtan & Alon (2008) claim of whole populations on new goals, alone and in competition.

The paper's new combination is the negation of one of its four goals, so that a memory of that goal and one inversion would do;
with three of the four goals it is not, and what is asked of these is primary. Declared before the first run. That new
combinations were inconclusive in `study.toml`, from a goal whose negation was one of them, was known.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Above, Alike, Larger, PublishedMean, Sooner
from evomod.plots.studies import rows_of
from evomod.scripts.parter2008 import competition
from evomod.scripts.parter2008.claims import measured
from evomod.scripts.parter2008.novel import CAP
from evomod.verdicts import DELTA

STUDY = competition.STUDY
QUICK = competition.QUICK
FIGURE = "parter2008-competition"

HALF, SHARE = 0.5, 0.1
"""What equals keep of a mixed population; the smallest difference from it that is of interest, our choice, the same for more than half
and for half: a control that may be 0.2 off excludes no effect of 0.17."""


def gone_on(column):
    """A column of ``competition.csv``."""

    def values(study, treatment):
        check_made(study, "competition.csv", FIGURE, QUICK)
        return rows_of(competition.competition(study), treatment=treatment)[column].astype(float)

    return values


COLUMNS = {"q_m": measured("q_m")} | {name: gone_on(name) for name in competition.COLUMNS}
ABOUT: dict[str, Any] = {"figure": FIGURE}
NEW = {
    "mvg-or": ("MVG of three goals", competition.GOALS),
    "mvg": ("MVG of four goals", competition.GOALS[:1]),
}
"""Arms, and goals that are new to them."""
CLAIMS = [
    *(
        Larger(
            f"{words} that comes back to one makes circuits more modular (Q_m) than a fixed goal", column="q_m", a=arm, b="fg",
            family="modularity, coming back", smallest=DELTA, **ABOUT,
        )
        for arm, (words, _) in NEW.items()
    ),
    *(
        Sooner(
            f"populations of {words} solve a new combination ({goal}) sooner than of a fixed goal", column=goal, a=arm, b="fg",
            cap=CAP, family=f"new combinations, {words}", smallest=DELTA, **ABOUT,
        )
        for arm, (words, goals) in NEW.items()
        for goal in goals
    ),
    *(
        Above(
            f"in competition with a fixed goal on {goal} {words} takes more than half", column=f"share:{goal}", a=arm,
            bound=HALF, family=f"competition, {words}", smallest=SHARE, **ABOUT,
        )
        for arm, (words, goals) in NEW.items()
        for goal in goals
    ),
    Alike(
        "populations of MVG of three goals solve random goals as late as of a fixed goal", column="random", a="mvg-or", b="fg",
        family="random goals, populations", smallest=DELTA, **ABOUT,
    ),
    *(
        PublishedMean(
            f"in competition on random goals {words} and a fixed goal keep half each", column="share:random", a=arm, value=HALF,
            error=0.0, n=1, family="competition, random goals", smallest=SHARE, **ABOUT,
        )
        for arm, (words, _) in NEW.items()
    ),
    PublishedMean(
        "populations of a fixed goal keep half each in competition on eq-or-eq (control)", column="share:eq-or-eq", a="fg",
        value=HALF, error=0.0, n=1, family="competition, control", smallest=SHARE, status="ours", **ABOUT,
    ),
]  # fmt: skip
