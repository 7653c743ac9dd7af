"""What Mengistu et al. (2016) claim where modularity is selected against: hierarchy does without it (Fig. 6, from its caption).

Declared before any run with selection against Q or for hierarchy; of PA and P&CC the first 30 runs are those of `claims.py`. Adaptation, of which the caption speaks too, is not claimed: to which task networks adapt is not known for
certain. What selection for hierarchy does by itself, a variant of the authors' program, is a question of ours.
"""

from evomod.papers.claims import Alike, Larger
from evomod.scripts.mengistu2016 import fig2
from evomod.scripts.mengistu2016.claims import subproblems
from evomod.verdicts import DELTA

STUDY = "study_nonmod.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=300", "evolution.population=300"]}
COLUMNS = {"subproblems": subproblems, "hierarchy_z": fig2.hierarchy_z}

CLAIMS = [
    Larger(
        "the selection works: P&CC-NonMod has a lower Q than P&CC", column="q_score", a="nonmod", b="pcc", family="NonMod, works",
        smallest=DELTA, is_less=True, status="ours", figure="mengistu2016-nonmod",
    ),
    Larger(
        "P&CC-NonMod is less hierarchical than P&CC", column="hierarchy", a="nonmod", b="pcc", family="NonMod, beside P&CC",
        smallest=DELTA, is_less=True, status="ours", figure="mengistu2016-nonmod",
    ),
    Alike(
        "P&CC-NonMod is as modular (Q) as PA", column="q_score", a="nonmod", b="pa", family="NonMod, Q", smallest=DELTA,
        figure="mengistu2016-nonmod",
    ),
    Larger(
        "P&CC-NonMod is more hierarchical than PA", column="hierarchy", a="nonmod", b="pa", family="NonMod, hierarchy",
        smallest=DELTA, figure="mengistu2016-nonmod",
    ),
    Larger(
        "P&CC-NonMod is more hierarchical than PA relative to degree-preserving randomisations (z)", column="hierarchy_z", a="nonmod",
        b="pa", family="NonMod, hierarchy beyond degrees", smallest=DELTA, status="ours", figure="mengistu2016-nonmod",
    ),
    *(
        Larger(
            f"selection for hierarchy, without a cost, {words} than PA", column=column, a="hierarchy", b="pa",
            family=f"selection for hierarchy, {column}", smallest=DELTA, status="ours", figure="mengistu2016-nonmod",
        )
        for column, words in (
            ("hierarchy", "works: networks are more hierarchical"), ("q_score", "makes networks more modular (Q)"),
            ("q_z", "makes networks more modular relative to degree-preserving randomisations (z)"),
            ("subproblems", "lets networks compute more sub-problems"), ("best_fitness", "lets networks perform better"),
        )
    ),
    Larger(
        "P&CC-NonMod computes more sub-problems than PA", column="subproblems", a="nonmod", b="pa", family="NonMod, sub-problems",
        smallest=DELTA, figure="mengistu2016-nonmod",
    ),
]  # fmt: skip
