"""Does a modular network that is not yet perfect lose modularity because mutations that break it raise fitness?

The question of `claims`, whose verdict was inconclusive, asked of the mutations that it is about: those that add connections,
or remove them, and leave as many as the run allows. Declared before the runs, on new seeds. A pilot of eight runs (seeds 9001 to 9008)
was to show whether such mutations exist: four had a network with some, and these lowered Q less than harmful ones.
"""

from typing import Any

from evomod.papers.claim import check_made
from evomod.papers.claims import Above, LargerInPairs
from evomod.plots.studies import rows_of
from evomod.scripts.benefits import imperfect
from evomod.verdicts import DELTA

STUDY = "study_imperfect.toml"
QUICK = imperfect.QUICK
FIGURE = "benefits-imperfect"

STEP = 0.01
"""The smallest mean change of Q that is of interest: our choice."""


def changed(study, group):
    """Mean change of Q ``[network]`` by mutations of a kind; NaN where a network has none."""
    treatment, _, kind = group.partition("@")
    check_made(study, "improvable.csv", FIGURE, QUICK)
    return rows_of(imperfect.improvable(study), treatment=treatment)[f"dq_{kind}"].astype(float)


def runs_of(study, group):
    """Of a treatment, whatever is asked of it."""
    return len(study.column("seed", group.partition("@")[0])), 400


COLUMNS = {"changed": changed}
LABELS = {
    f"held@{change}_{kind}": f"{kind} mutations that {words}"
    for change, words in imperfect.CHANGES.items()
    for kind in imperfect.KINDS
}
ABOUT: dict[str, Any] = {"status": "ours", "figure": FIGURE}


def lowers_more(change, family):
    """That useful mutations of a kind lower Q more than harmful ones of that kind."""
    return LargerInPairs(
        f"of modular imperfect networks, useful mutations that {imperfect.CHANGES[change]} lower Q more than harmful ones", column="changed",
        a=f"held@{change}_harmful", b=f"held@{change}_useful", family=family, smallest=DELTA, **ABOUT,
    )  # fmt: skip


CLAIMS = [
    lowers_more("adds", "primary of improvable networks"),
    lowers_more("removes", "improvable networks, other changes"),
    lowers_more("changes", "improvable networks, other changes"),
    Above(
        "of modular imperfect networks, useful mutations that add connections lower Q", column="changed", a="held@adds_useful",
        bound=0.0, below=True, family="improvable networks, additions", smallest=STEP, **ABOUT,
    ),
]  # fmt: skip
