"""What Clune, Mouret & Lipson (2013) claim of the retina, with both alphabets of weights.

The paper's numbers are recalled, not re-read; see PAPER.md.
"""

from typing import Any

import numpy as np

from evomod import measures
from evomod.effects import student, unknown
from evomod.files.tables import read_table
from evomod.papers.claim import Measured, NotRunError, check_births
from evomod.papers.claim_texts import mean_of, p_text
from evomod.papers.claims import Custom, Larger, MoreOften, Published, PublishedShare
from evomod.scripts.clune2013 import fig4
from evomod.task import load_task
from evomod.verdicts import BAND, DELTA, SHARE, Verdict

STUDY = "study.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500", "tracking.population_every=0"]}

ALPHABETS = {"weights -2 -1 1 2": ("pa", "pcc"), "weights 2 -1 1 2": ("pa-binary", "pcc-binary")}
NULLS = {
    "q_m": ("degree-preserving nulls (Q_m)", "rewired networks (Q_m)"),
    "q_z": ("degree-preserving nulls (z)", "rewired networks (z)"),
    "q_z_layered": ("nulls rewired within layers (z)", "networks rewired within layers (z)"),
}
"""Words, and those of version 0.1."""
REPLICATED = "none known; Q by the authors' program, 89 networks: results/reference"


def of_networks(measure):
    """A column of what a measure says of every run's network: 0 or 1."""
    return lambda study, treatment: np.array(
        [measure(network) for network in study.networks.get(treatment, [])], float
    )


def separated(network):
    """Whether the split in two has all left inputs on one side and all right ones on the other."""
    split = measures.decomposition(network, load_task("retina")).first_split
    return split is not None and split.success


def solved_halves(network):
    """Whether a neuron computes the left object, and one the right."""
    return measures.decomposition(network, load_task("retina")).has_all_perfect


COLUMNS = {"separated": of_networks(separated), "solved_halves": of_networks(solved_halves)}


def of_alphabet(words, pa, pcc):
    """The claims of an alphabet."""
    about: dict[str, Any] = {"figure": "clune2013-fig2"}
    return [
        Larger(
            f"P&CC has the higher Q, {words}", column="q_score", a=pcc, b=pa, family="Q", smallest=DELTA, **about
        ),
        Published(
            f"median Q of PA is 0.18 [0.16, 0.19] (recalled), {words}", column="q_score", a=pa, value=0.18,
            ends=(0.16, 0.19), family="Q, published", smallest=BAND,
            was=(f"median Q of PA 0.16 to 0.19 (recalled), {words}",), **about,
        ),
        Published(
            f"median Q of P&CC is 0.42 [0.25, 0.45] (recalled), {words}", column="q_score", a=pcc, value=0.42,
            ends=(0.25, 0.45), family="Q, published", smallest=BAND,
            was=(f"median Q of P&CC 0.25 to 0.45 (recalled), {words}",), **about,
        ),
        Larger(
            f"P&CC has the higher performance, {words}", column="best_fitness", a=pcc, b=pa,
            family="performance", smallest=DELTA, **about,
        ),
        Published(
            f"median performance of PA is 0.98 [0.97, 0.98] (recalled), {words}", column="best_fitness", a=pa,
            value=0.98, ends=(0.97, 0.98), family="performance, published", smallest=0.01,
            was=(f"median performance of PA 0.97 to 0.98 (recalled), {words}",), **about,
        ),
        Published(
            f"median performance of P&CC is 1 (recalled), {words}", column="best_fitness", a=pcc, value=1.0,
            family="performance, published", smallest=0.01,
            was=(f"median performance of P&CC 1 to 1 (recalled), {words}",), **about,
        ),
        *(
            Larger(
                f"P&CC has the higher Q relative to {now}, {words}", column=column, a=pcc, b=pa,
                family="beyond sparseness", smallest=DELTA, status="ours",
                was=(f"P&CC has the higher Q beside {then} (not asked by the paper), {words}",), **about,
            )
            for column, (now, then) in NULLS.items()
        ),
        MoreOften(
            f"P&CC separates left from right inputs more often (56 % to 0 %, recalled), {words}",
            column="separated", a=pcc, b=pa, family="separation", smallest=SHARE, **about,
        ),
        PublishedShare(
            f"left and right inputs apart in 56 % of P&CC (recalled), {words}", column="separated", a=pcc,
            theirs=(28, 50), family="shares, published", smallest=SHARE, **about,
        ),
        PublishedShare(
            f"left and right inputs apart in 0 % of PA (recalled), {words}", column="separated", a=pa,
            theirs=(0, 50), family="shares, published", smallest=SHARE, **about,
        ),
        MoreOften(
            f"P&CC has a neuron for each half more often (39 % to 0 %, recalled), {words}",
            column="solved_halves", a=pcc, b=pa, family="separation", smallest=SHARE, **about,
        ),
        PublishedShare(  # 39 % of 50 is no whole number
            f"a neuron for each half in 39 % of P&CC (recalled), {words}", column="solved_halves", a=pcc,
            theirs=(20, 50), family="shares, published", smallest=SHARE, **about,
        ),
        PublishedShare(
            f"a neuron for each half in 0 % of PA (recalled), {words}", column="solved_halves", a=pa,
            theirs=(0, 50), family="shares, published", smallest=SHARE, **about,
        ),
    ]  # fmt: skip


MAPS = 10
"""Declared: maps of cost and Q, by study_mole.toml."""


def the_map(source):
    """The map's table and what its manifest says, with the number of runs behind it."""
    path = next((path for path in fig4.places(source.what) if path.exists()), None)
    if path is None:
        raise NotRunError("no map: scripts/clune2013/study_mole.toml makes it")
    known = check_births(path.with_name("mole.manifest.json"))
    return read_table(path), known, len(known.get("seeds", []))


def everywhere(source):
    """Whether every row of Q has a network that is right: a search that finds none does not say that there is none."""
    table, _, maps = the_map(source)
    found = np.unique(table["q_score"][table["best_fitness"] == 1.0]).size
    rows = np.unique(table["q_score"]).size
    text = f"in {found} of the {rows} rows of Q that {maps} maps reach"
    verdict: Verdict = "not complete" if maps < MAPS else "holds" if found == rows else "inconclusive"
    return Measured(text, unknown("rho"), "a cell in every row", verdict=verdict)


def falling(source):
    """Rho over the cells of each map, of which the maps are the draws: cells of one map are not independent."""
    _, known, maps = the_map(source)
    mean, error, n = mean_of(known.get("falls", []))
    effect, p = student(mean, error, n)
    verdict: Verdict | None = "not complete" if maps < MAPS else None
    text = f"mean rho of the fall {mean:+.2f}, n = {n} maps"
    return Measured(text, effect, f"Student's p = {p_text(p)}, of a rho a map", p, verdict=verdict)


MAP = [
    Custom(
        "map of cost and Q (study_mole.toml): networks that are right everywhere exist at every Q (recalled)", test=everywhere,
        family="map", smallest=DELTA, of=("pa",), figure="clune2013-fig4",
        was=("map of cost and Q: networks that answer all patterns right exist at every Q (recalled)",),
    ),
    Custom(
        "map of cost and Q (study_mole.toml): among right networks Q falls with the cost, below 125 (recalled)", test=falling,
        family="map", smallest=DELTA, of=("pa",), figure="clune2013-fig4",
        was=("map of cost and Q: among these Q falls with the cost, where that is below 125 (recalled)",),
    ),
]  # fmt: skip
CLAIMS = [claim for words, pair in ALPHABETS.items() for claim in of_alphabet(words, *pair)] + MAP
