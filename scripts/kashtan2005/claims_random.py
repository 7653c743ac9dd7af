"""What Kashtan & Alon (2005) claim of goals that vary at random: no modularity, no motifs (SI Fig. 8)."""

from pathlib import Path

from evomod.papers.claims import beyond, larger
from evomod.papers.scripts import find_study, load_script

derived = load_script(Path(__file__).with_name("derived.py"))
main = load_script(Path(__file__).with_name("claims.py"))

PAPER, N = "kashtan2005", 40
STUDY = "study_random.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600"]}

MODULAR = 0.3
"""Quoted: Q_m of 0.3 to 1 is modular, about 0 is not."""
KINDS = {"random": "random goals", "half-random": "one goal and random ones"}
CLAIMS = [
    *(f"{name}: not modular (Q_m below 0.3)" for name in KINDS.values()),
    *(f"{name}: MVG has the higher Q_m" for name in KINDS.values()),
    *(f"{name}: {motif} is no motif (z below 2)" for name in KINDS.values() for motif in ("feed-forward loop", "diamond")),
]  # fmt: skip


def claims(study):
    """Every claim; networks are the best of the last generation, solved or not."""
    table = derived.best_q_table(study, tuple(KINDS))
    of_mvg = mvg_q_m()
    found, compared = [], []
    for treatment, name in KINDS.items():
        q_m = table["q_m"][table["treatment"] == treatment]
        text = f"{name}: not modular (Q_m below 0.3)"
        found.append(beyond(PAPER, text, derived.mean_of(q_m), MODULAR, N, below=True))
        text = f"{name}: MVG has the higher Q_m"
        compared.append(larger(PAPER, text, of_mvg, q_m, ("MVG", name), N))
    motifs = derived.motif_table(study, treatments=tuple(KINDS), chosen=derived.everyone)
    for treatment, name in KINDS.items():
        for size, number, motif in ((3, 38, "feed-forward loop"), (4, 904, "diamond")):
            z = main.z_of(motifs, treatment, size, number)
            text = f"{name}: {motif} is no motif (z below 2)"
            compared.append(beyond(PAPER, text, z, 2.0, N, below=True))
    return found + compared


def mvg_q_m():
    """Q_m of circuits with varying goals, where the study of them is found."""
    study = find_study(Path(__file__), main)
    if study is None:
        return []
    table = derived.q_table(study)
    return table["q_m"][table["treatment"] == "mvg"]
