"""Does a cause of modularity act in networks that keep about 30 connections, or is it a cost of connections?"""

from evomod.papers.claims import Larger
from evomod.scripts.causes import derived
from evomod.verdicts import DELTA

STUDY = "study_fixed.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=200"]}

CAUSES = ("connection-cost", "l1", "l2", "pruning", "dropout-10", "goal-switching")
NULLS = {"q_z": "z of Q", "q_z_layered": "z of Q within layers"}
COLUMNS = {
    column: lambda study, treatment, column=column: derived.measured(study, column, treatment)
    for column in NULLS
}
CLAIMS = [
    Larger(
        f"with 28 to 32 connections {name} still makes networks more modular ({label})", column=column, a=name,
        b=derived.CONTROL, family="beyond sparseness", smallest=DELTA, figure="causes-held",
    )
    for column, label in NULLS.items()
    for name in CAUSES
]  # fmt: skip
