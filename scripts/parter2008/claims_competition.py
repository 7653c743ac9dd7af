"""What Parter, Kashtan & Alon (2008) claim of whole populations on new goals, alone and in competition.

The paper's comparison is with a fixed goal whose gates are priced, which its varying goals' are not; a fixed goal without that
price stands first here. Declared before the first run. That new combinations were inconclusive in `study.toml`, from a goal
whose negation was one of them, was known.
"""

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
"""What equals keep of a mixed population, and the smallest difference from it that is of interest: our choice."""


def gone_on(column):
    """A column of ``competition.csv``."""

    def values(study, treatment):
        check_made(study, "competition.csv", FIGURE, QUICK)
        return rows_of(competition.competition(study), treatment=treatment)[column].astype(float)

    return values


COLUMNS = {"q_m": measured("q_m")} | {name: gone_on(name) for name in competition.COLUMNS}
WORDS = {"fg": "a fixed goal", "fg-priced": "a fixed goal with priced gates"}
CLAIMS = [
    *(
        Larger(
            f"MVG that comes back to one goal makes circuits more modular (Q_m) than {words}", column="q_m", a="mvg",
            b=other, family="modularity, coming back", smallest=DELTA, figure=FIGURE,
        )
        for other, words in WORDS.items()
    ),
    *(
        Sooner(
            f"populations of MVG solve a new combination ({goal}) sooner than of {words}", column=goal, a="mvg", b=other,
            cap=CAP, family=f"new combinations, populations, {other}", smallest=DELTA, figure=FIGURE,
        )
        for other, words in WORDS.items()
        for goal in competition.GOALS
    ),
    Alike(
        "populations of MVG solve random goals as late as of a fixed goal", column="random", a="mvg", b="fg",
        family="random goals, populations", smallest=DELTA, figure=FIGURE,
    ),
    *(
        Above(
            f"in competition on a new combination ({goal}) MVG takes more than half from {words}",
            column=f"{other}:{goal}", a="mvg", bound=HALF, family=f"competition, {other}", smallest=SHARE, figure=FIGURE,
        )
        for other, words in WORDS.items()
        for goal in competition.GOALS
    ),
    *(
        PublishedMean(
            f"in competition on random goals MVG and {words} keep half each", column=f"{other}:random", a="mvg", value=HALF,
            error=0.0, n=1, family="competition, random goals", smallest=SHARE, figure=FIGURE,
        )
        for other, words in WORDS.items()
    ),
]  # fmt: skip
