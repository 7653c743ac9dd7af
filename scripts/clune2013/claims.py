"""What Clune, Mouret & Lipson (2013) claim of the retina, with both alphabets of weights.

The paper's numbers are recalled, not re-read; see PAPER.md.
"""

from evomod import measures
from evomod.claims import larger, more_often, published
from evomod.task import load_task

PAPER, N = "clune2013", 50
STUDY = "study.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500", "tracking.population_every=0"]}

PAIRS = {"weights -2 -1 1 2": ("pa", "pcc"), "weights 2 -1 1 2": ("pa-binary", "pcc-binary")}
MEDIANS = {  # of PA and P&CC: 95 % intervals of the medians, recalled
    "q_score": ("Q", (0.16, 0.19), (0.25, 0.45)),
    "best_fitness": ("performance", (0.97, 0.98), (1.0, 1.0)),
}
CLAIMS = [
    f"{text}, {alphabet}"
    for alphabet in PAIRS
    for text in ("P&CC has the higher Q", "P&CC has the higher performance", "P&CC separates left from right more often",
                 "P&CC has neurons for both halves more often", "published medians")
]  # fmt: skip


def claims(study):
    """Every claim, for both alphabets."""
    return [claim for alphabet in PAIRS for claim in _of(study, alphabet)]


def _of(study, alphabet):
    pa, pcc = PAIRS[alphabet]
    found = []
    for column, (name, of_pa, of_pcc) in MEDIANS.items():
        a, b = study.column(column, pcc), study.column(column, pa)
        found.append(larger(PAPER, f"P&CC has the higher {name}, {alphabet}", a, b, ("P&CC", "PA"), N))
        for label, values, interval in (("PA", b, of_pa), ("P&CC", a, of_pcc)):
            text = f"median {name} of {label} {interval[0]:g} to {interval[1]:g} (recalled), {alphabet}"
            found.append(published(PAPER, text, values, interval, N))
    for text, count in (
        (
            f"P&CC separates left from right inputs more often (56 % to 0 %, recalled), {alphabet}",
            separated,
        ),
        (
            f"P&CC has a neuron for each half more often (39 % to 0 %, recalled), {alphabet}",
            solved_halves,
        ),
    ):
        counts = [count(study.networks[treatment]) for treatment in (pcc, pa)]
        found.append(more_often(PAPER, text, *counts, ("P&CC", "PA"), N))
    return found


def separated(networks):
    """Networks whose split in two has all left inputs on one side and all right ones on the other; and n."""
    task = load_task("retina")
    return sum(measures.decomposition(n, task).first_split.success for n in networks), len(networks)


def solved_halves(networks):
    """Networks with a neuron that tells the left object, and one that tells the right; and n."""
    task = load_task("retina")
    return sum(measures.decomposition(n, task).has_all_perfect for n in networks), len(networks)
