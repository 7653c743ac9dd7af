"""Does a cause of modularity act in networks that keep about 30 connections, or is it a cost of connections?"""

from pathlib import Path

from evomod.papers.claims import larger
from evomod.papers.scripts import load_script
from evomod.statistics import holm, rank_sum

PAPER, N = "causes", 30
STUDY = "study_fixed.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=200"]}

derived = load_script(Path(__file__).with_name("derived.py"))
CAUSES = ("connection-cost", "l1", "l2", "pruning", "dropout-10", "goal-switching")
COLUMNS = {"q_z": "z of Q", "q_z_layered": "z of Q within layers"}
TEXT = "with 28 to 32 connections {} still makes networks more modular ({})"
CLAIMS = [TEXT.format(name, label) for label in COLUMNS.values() for name in CAUSES]


def claims(study):
    """A claim a cause and null: the measure is above that of the control; p by Holm over the causes."""
    found = []
    for column, label in COLUMNS.items():
        control = derived.measured(study, column, derived.CONTROL)
        groups = {name: derived.measured(study, column, name) for name in CAUSES}
        known = [name for name, group in groups.items() if group.size and control.size]
        adjusted = dict(zip(known, holm([rank_sum(groups[k], control).p for k in known]), strict=True))
        found += [
            larger(
                PAPER, TEXT.format(name, label), group, control, (study.labels[name], "none"), N,
                corrected=adjusted.get(name),
            )
            for name, group in groups.items()
        ]  # fmt: skip
    return found
