"""Does a modular network that is not yet perfect lose modularity because mutations that break it raise fitness, in more runs?

The same question, measures and smallest effect as in `claims`, whose verdict was inconclusive; declared before the runs, on new
seeds. Primary are mutations that raise fitness beside those that lower it: both change working connections, where neutral ones
mostly change none.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import LargerInPairs
from evomod.plots.studies import rows_of
from evomod.scripts.benefits import claims, derived, imperfect
from evomod.verdicts import DELTA

STUDY = "study_imperfect.toml"
QUICK = imperfect.QUICK
FIGURE = "benefits-imperfect"
DECLARED = 400

LABELS = claims.LABELS


def changed(study, group):
    """Mean change of Q ``[network]`` by mutations of a kind; NaN where a network has none."""
    treatment, _, kind = group.partition("@")
    check_made(study, "mutants.csv", FIGURE, QUICK)
    return rows_of(derived.around(study), treatment=treatment)[f"dq_{kind}"].astype(float)


def runs_of(study, group):
    """Of a treatment, whatever is asked of it."""
    return len(study.column("seed", group.partition("@")[0])), DECLARED


COLUMNS = {"changed": changed}
ABOUT: dict[str, Any] = {"smallest": DELTA, "status": "ours", "figure": FIGURE}
OTHERS = {"harmful": "those that lower it", "neutral": "neutral ones"}
CLAIMS = [
    LargerInPairs(
        f"again, imperfect networks: mutations that raise fitness lower Q more than {words}, {size}",
        column="changed", a=f"{kind}@{other}", b=f"{kind}@useful", family=f"imperfect networks again, {other}", **ABOUT,
    )
    for other, words in OTHERS.items()
    for kind, size in claims.KINDS.items()
]  # fmt: skip
