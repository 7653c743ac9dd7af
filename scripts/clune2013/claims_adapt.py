"""What Clune, Mouret & Lipson (2013) claim of evolvability (Fig. 3a), with both alphabets of weights.

The paper's numbers are recalled, not re-read, and less surely than its main results. Here a value is a
network, the median of its adaptations, where the paper's p values suggest that all of them were pooled.
"""

from pathlib import Path

from evomod.papers.claims import larger, not_run, published
from evomod.papers.scripts import load_script

PAPER, N = "clune2013", 50
STUDY = "study_adapt.toml"
QUICK = {"replicates": 5, "settings": ["evolution.population=300", "evolution.generations=1500"]}

FIGURE = load_script(Path(__file__).with_name("fig3a.py"))
ALPHABETS = {"": "weights -2 -1 1 2", "-binary": "weights 2 -1 1 2"}
DIRECTIONS = {"and": ("AND to OR", (62, 69), (2, 5)), "or": ("OR to AND", (175, 290), (7, 21))}
"""Intervals of the median generations of PA and P&CC, recalled."""


def texts(direction, alphabet):
    """The three claims of a direction."""
    name, pa, pcc = DIRECTIONS[direction]
    return (
        f"P&CC adapts in fewer generations, {name}, {alphabet}",
        f"median generations of PA {pa[0]} to {pa[1]} (recalled), {name}, {alphabet}",
        f"median generations of P&CC {pcc[0]} to {pcc[1]} (recalled), {name}, {alphabet}",
    )


CLAIMS = [t for alphabet in ALPHABETS.values() for d in DIRECTIONS for t in texts(d, alphabet)]


def claims(study):
    """Every direction and alphabet; a small study's networks are adapted here, those of a large one by the figure."""
    if study.study.replicates <= QUICK["replicates"]:
        FIGURE.prepare(study)
    if not (study.folder / "adaptation.csv").exists():
        why = f"not adapted: evomod figure clune2013-fig3a --study {study.folder}"
        return [not_run(PAPER, text, why) for text in CLAIMS]
    generations, found = FIGURE.medians(study), []
    for suffix, alphabet in ALPHABETS.items():
        for direction, (_, of_pa, of_pcc) in DIRECTIONS.items():
            pa, pcc = (generations[f"{kind}-{direction}{suffix}"] for kind in ("pa", "pcc"))
            first, second, third = texts(direction, alphabet)
            if pa.size and pcc.size:
                found.append(larger(PAPER, first, pa, pcc, ("PA", "P&CC"), N))
            else:
                found.append(not_run(PAPER, first, f"perfect networks: PA {pa.size}, P&CC {pcc.size}"))
            found.append(published(PAPER, second, pa, of_pa, N))
            found.append(published(PAPER, third, pcc, of_pcc, N))
    return found
