"""What Kashtan & Alon (2005) claim of circuits with six inputs and three outputs (Fig. 4).

The time is quoted. That these circuits are modular and have the motifs of varying goals is what the paper
says of such goals in general; it has no numbers of its own for them in the parts known here. The paper's time is that to
solutions that switch rapidly between the goals, which `sustained.py` measures; first success in successive epochs, which
the study's runs stop at, is a weaker criterion and stands beside.
"""

from evomod.papers.claim import NotRunError
from evomod.papers.claims import Above, PublishedMean
from evomod.scripts.kashtan2005 import claims as main
from evomod.scripts.kashtan2005 import derived, sustained
from evomod.scripts.kashtan2005 import fig4 as figure
from evomod.verdicts import BAND

STUDY, QUICK = figure.STUDY, figure.QUICK
TREATMENT = figure.TREATMENT
derived.SIZES["q_max_runs"] = 3  # two and a half minutes a run; those of four inputs differ by 0.005

MODULAR = 0.3
"""Quoted: Q_m of 0.3 to 1 is modular."""
MOTIFS = ((3, 38, "the feed-forward loop"), (4, 904, "the diamond"))


def q_m(study, treatment):
    """Of the solved runs."""
    table = derived.q_table(study, (treatment,))
    return table["q_m"][table["treatment"] == treatment]


def times(study, group):
    """Generations of every run; one that was not solved counts as the cap. Of sustained switching from its table."""
    if group == TREATMENT:
        return study.column("generations", TREATMENT)
    found = sustained.times(int(group.removeprefix("sustained-")))
    if found is None:
        raise NotRunError(f"not run: {sustained.COMMAND}")
    return found


def runs_of(study, group):
    """Runs of sustained.py."""
    return (len(times(study, group)), sustained.RUNS) if group != TREATMENT else None


COLUMNS = {
    "q_m": q_m,
    "times": times,
    **{f"z-{s}-{k}": main.z_of(s, k, (TREATMENT,)) for s, k, _ in MOTIFS},
}
LABELS = {f"sustained-{n}": f"{n} epochs in succession" for n in sustained.EPOCHS}
CLAIMS = [
    *(
        PublishedMean(  # ± is a standard deviation, as of the circuits of four inputs; the number of runs is not stated
            f"three outputs, MVG: 120,000 ± 80,000 generations (mean, SD), {label}", column="times", a=group,
            value=120_000, error=80_000 / 50**0.5, n=50, as_ratio=True, family="times, published", smallest=BAND,
            was=was, figure="kashtan2005-fig4",
        )
        for group, label, was in (
            ("sustained-6", "sustained switching (six epochs)", ()),
            (TREATMENT, "first success", ("three outputs, MVG: 120,000 ± 80,000 generations (mean)",)),
        )
    ),
    Above(
        "three outputs, MVG: modular (Q_m above 0.3)", column="q_m", a=TREATMENT, bound=MODULAR, family="modular",
        smallest=main.Q_M, figure="kashtan2005-fig4",
    ),
    *(
        Above(
            f"three outputs, MVG: {name} is a motif (z > 0)", column=f"z-{size}-{number}", a=TREATMENT, bound=0.0,
            family="motifs", smallest=main.Z, figure="kashtan2005-fig4",
        )
        for size, number, name in MOTIFS
    ),
]  # fmt: skip
