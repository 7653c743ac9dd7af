"""What Fig. 3 of Kashtan, Noor & Alon (2007) shows: varying goals overtake the fixed one on its own goal.

Our reading of the figure, of which no numbers are known. With both selections, see `both_selections.py`.
"""

from evomod.files.tables import read_table
from evomod.papers.claim import NotRunError, Status
from evomod.papers.claims import Larger, MoreOften
from evomod.plots.studies import masked, rows_of
from evomod.scripts.kashtan2007 import both_selections as selections
from evomod.scripts.kashtan2007 import fig3
from evomod.verdicts import DELTA, SHARE

STUDY, QUICK = fig3.STUDY, fig3.QUICK

SELECTIONS = {
    "": ("selection as quoted", selections.QUOTED),
    "other-": ("K&A's selection", selections.OTHER),
}
"""Words, and those of version 0.1."""
STATUS: dict[str, Status] = {"": "claim", "other-": "exploratory"}
"""The other selection was tried because the one that the paper states had not brought Fig. 3 back."""
LABELS = {f"{kind}{name}": name.upper() for kind in SELECTIONS for name in ("mvg", "fg")}


def chosen(study, group):
    """The study with the selection of a group."""
    if not group.startswith("other-"):
        return study
    other, why = selections.with_elite(study, STUDY)
    if other is None:
        raise NotRunError(why)
    return other


def last_fitness(study, group):
    """The best fitness of every run at the end of the last epoch with G1."""
    study = chosen(study, group)
    if study.study.replicates <= QUICK["replicates"]:
        fig3.prepare(study)
    path = study.folder / fig3.TABLE_NAME
    if not path.exists():
        raise NotRunError(f"no {path.name}: evomod figure kashtan2007-fig3 --study {study.folder}")
    whole = read_table(path)
    table = masked(whole, whole["replicate"] < study.study.replicates)
    last = rows_of(table, generation=table["generation"].max())
    return rows_of(last, treatment=group.removeprefix("other-"))["best_fitness"]


def runs_of(study, group):
    """Of either selection."""
    return len(chosen(study, group).column("seed", group.removeprefix("other-"))), 40


COLUMNS = {
    "fitness": last_fitness,
    "perfect": lambda study, group: (last_fitness(study, group) == 1.0).astype(float),
}
CLAIMS = [
    claim
    for kind, (name, then) in SELECTIONS.items()
    for claim in (
        Larger(
            f"Fig. 3, {name}: varying goals end fitter on G1 than the fixed goal",
            was=(f"Fig. 3, {then}: varying goals end fitter on G1 than the fixed goal",), column="fitness", a=f"{kind}mvg",
            b=f"{kind}fg", family=f"end on G1, {name}", smallest=DELTA, status=STATUS[kind], figure="kashtan2007-fig3",
        ),
        MoreOften(
            f"Fig. 3, {name}: more runs end perfect on G1 with varying goals than with a fixed one",
            was=(f"Fig. 3, {then}: more runs end perfect on G1 with varying goals than with the fixed one",),
            column="perfect", a=f"{kind}mvg", b=f"{kind}fg", family=f"end on G1, {name}", smallest=SHARE,
            status=STATUS[kind], figure="kashtan2007-fig3",
        ),
    )
]  # fmt: skip
