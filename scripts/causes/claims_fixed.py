"""Does a cause of modularity act in networks that keep about 30 connections, or is it a cost of connections?"""

from evomod.claims import larger

PAPER, N = "causes", 30
STUDY = "study_fixed.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600", "evolution.population=200"]}

CAUSES = ("connection-cost", "l1", "l2", "pruning", "dropout-10", "goal-switching")
TEXT = "with 28 to 32 connections {} still makes networks more modular (z of Q)"
CLAIMS = [TEXT.format(name) for name in CAUSES]


def claims(study):
    """One claim a cause: z of Q beside rewired networks above that of the control."""
    control = study.column("q_z", "control")
    return [
        larger(
            PAPER, TEXT.format(name), study.column("q_z", name), control, (study.labels[name], "none"), N
        )
        for name in CAUSES
    ]
