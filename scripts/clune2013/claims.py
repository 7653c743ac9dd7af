"""What Clune, Mouret & Lipson (2013) claim of the retina, with both alphabets of weights.

The paper's numbers are recalled, not re-read; see PAPER.md.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from evomod import measures
from evomod.papers.claims import Claim, larger, more_often, not_run, published, published_share
from evomod.papers.scripts import load_script
from evomod.statistics import rank_correlation
from evomod.studies.tables import read_columns
from evomod.task import load_task

PAPER, N = "clune2013", 50
STUDY = "study.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500", "tracking.population_every=0"]}

PAIRS = {"weights -2 -1 1 2": ("pa", "pcc"), "weights 2 -1 1 2": ("pa-binary", "pcc-binary")}
MEDIANS = {  # of PA and P&CC: 95 % intervals of the medians, recalled
    "q_score": ("Q", (0.16, 0.19), (0.25, 0.45)),
    "best_fitness": ("performance", (0.97, 0.98), (1.0, 1.0)),
}
SHARES = {  # of P&CC and PA: percent, and as counts of 50, recalled; 39 % of 50 is no whole number
    "separated": ((56, (28,)), (0, (0,))),
    "solved_halves": ((39, (19, 20)), (0, (0,))),
}
WORDS = {
    "separated": ("separates left from right inputs", "left and right inputs apart"),
    "solved_halves": ("has a neuron for each half", "a neuron for each half"),
}
BESIDE = {
    "q_m": "rewired networks (Q_m)",
    "q_z": "rewired networks (z)",
    "q_z_layered": "networks rewired within layers (z)",
}
MAP = [
    "map of cost and Q: networks that answer all patterns right exist at every Q (recalled)",
    "map of cost and Q: among these Q falls with the cost, where that is below 125 (recalled)",
]
FIGURE = load_script(Path(__file__).with_name("fig4.py"))


def texts(alphabet):
    """The claims of an alphabet, in the order of `_of`."""
    found = []
    for name, *medians in MEDIANS.values():
        found.append(f"P&CC has the higher {name}")
        for label, (low, high) in zip(("PA", "P&CC"), medians, strict=True):
            found.append(f"median {name} of {label} {low:g} to {high:g} (recalled)")
    found += [
        f"P&CC has the higher Q beside {word} (not asked by the paper)" for word in BESIDE.values()
    ]
    for name, (does, what) in WORDS.items():
        (of_pcc, _), (of_pa, _) = SHARES[name]
        found.append(f"P&CC {does} more often ({of_pcc} % to {of_pa} %, recalled)")
        for label, percent in (("P&CC", of_pcc), ("PA", of_pa)):
            found.append(f"{what} in {percent} % of {label} (recalled)")
    return [f"{text}, {alphabet}" for text in found]


CLAIMS = [text for alphabet in PAIRS for text in texts(alphabet)] + MAP


def claims(study):
    """Every claim, for both alphabets, then those of the map."""
    return [claim for alphabet in PAIRS for claim in _of(study, alphabet)] + of_map(study)


def of_map(study):
    """What the map shows; its cells are no independent draws, so there is no p.

    A search that did not find a network does not say that there is none: the first claim cannot fail.
    """
    path = next((path for path in FIGURE.places(study) if path.exists()), None)
    if path is None:
        return [
            not_run(PAPER, text, "no map: scripts/clune2013/study_mole.toml makes it") for text in MAP
        ]
    table = read_columns(path)
    is_right = table["best_fitness"] == 1.0
    if not is_right.any():
        return [
            not_run(PAPER, text, "the map holds no network that is right everywhere") for text in MAP
        ]
    q, cost = table["q_score"][is_right], table["connection_cost"][is_right]
    n, n_rows = np.unique(q).size, np.unique(table["q_score"]).size
    text = (
        f"in {n} of the {n_rows} rows of Q that the map reaches ({table['q_score'].max():g} at most), "
        f"from {q.min():g} to {q.max():g}"
    )
    every = Claim(PAPER, MAP[0], text, "a cell in every row", "holds" if n == n_rows else "cannot tell")
    is_cheap = cost < 125.0
    found = rank_correlation(cost[is_cheap], q[is_cheap])
    falls = "holds" if found.rho < 0.0 else "fails" if found.rho > 0.0 else "cannot tell"
    text = f"rho {found.rho:+.2f} over {found.n} cells"
    return [every, Claim(PAPER, MAP[1], text, "the sign; cells are no independent draws", falls)]


def _of(study, alphabet):
    (pa, pcc), labels = PAIRS[alphabet], ("P&CC", "PA")
    found, text = [], iter(texts(alphabet))
    for column, (_, of_pa, of_pcc) in MEDIANS.items():
        a, b = study.column(column, pcc), study.column(column, pa)
        found.append(larger(PAPER, next(text), a, b, labels, N))
        found.append(published(PAPER, next(text), b, of_pa, N))
        found.append(published(PAPER, next(text), a, of_pcc, N))
    for column in BESIDE:
        a, b = study.column(column, pcc), study.column(column, pa)
        found.append(larger(PAPER, next(text), a, b, labels, N))
    networks = [study.networks.get(treatment, []) for treatment in (pcc, pa)]
    for name, count in (("separated", separated), ("solved_halves", solved_halves)):
        counts = [count(group) for group in networks]
        found.append(more_often(PAPER, next(text), *counts, labels, N))
        found += [
            share(next(text), ours, yes) for ours, (_, yes) in zip(counts, SHARES[name], strict=True)
        ]
    return found


def share(text, ours, counts):
    """A recalled percentage, by every count of `N` that it may have been."""
    found = [published_share(PAPER, text, ours, (yes, N)) for yes in counts]
    same = len({claim.verdict for claim in found}) == 1
    test = "; ".join(dict.fromkeys(claim.test for claim in found))
    return replace(found[0], test=test, verdict=found[0].verdict if same else "cannot tell")


def separated(networks):
    """Networks whose split in two has all left inputs on one side and all right ones on the other; and n."""
    task = load_task("retina")
    return sum(measures.decomposition(n, task).first_split.success for n in networks), len(networks)


def solved_halves(networks):
    """Networks with a neuron that tells the left object, and one that tells the right; and n."""
    task = load_task("retina")
    return sum(measures.decomposition(n, task).has_all_perfect for n in networks), len(networks)
