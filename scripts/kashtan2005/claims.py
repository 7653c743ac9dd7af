"""What Kashtan & Alon (2005) claim of circuits and of the retina, in the default reading of PAPER.md.

The paper's numbers are quoted. Times are those of the runs that were solved, as the paper's are; where two groups are
compared, a run that was not solved counts as the cap, 100,000. The paper's fixed goal may be either of its two, or both:
each stands beside the numbers. Times of the retina are those of times.csv where it has more runs than the study: 50 of
the same settings, other seeds.
"""

from dataclasses import replace

import numpy as np

import evomod
from evomod.evolution.evaluation import Loop, penalised
from evomod.files.tables import read_rows
from evomod.papers.claim import NotRunError
from evomod.papers.claims import (
    Above,
    AtMost,
    Larger,
    LargerInPairs,
    LargerMean,
    MoreOften,
    Published,
    PublishedMean,
    PublishedShare,
    Sooner,
)
from evomod.papers.places import scripts_folder
from evomod.population import Population, goal_bits, score
from evomod.scripts.kashtan2005 import decay as decays
from evomod.scripts.kashtan2005 import derived
from evomod.verdicts import BAND, DELTA, SHARE

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

CAP = 100_000
SOON = 10_000
POOLED = "fg"
"""The runs of both fixed goals."""
APART, FURTHER = 2, 3
"""Connections between solutions of the two goals; what a circuit counts with that has none within so many."""
A_FEW_TENS = 50
"""Generations after which decay is looked at."""
Q_M, Z = 0.1, 1.0
"""Smallest effects of interest: of Q_m, whose published means differ by 0.2 and 0.4; of a z of a motif."""
LABELS = {
    POOLED: "circuits, FG (both goals)",
    **{
        f"{arm}@{g}": f"{label}, generation {g}"
        for arm, (_, _, label) in decays.ARMS.items()
        for g in (0, 50)
    },
}
JBQUIM = "JBQuim/Boolean-Circuit-Evolution (2020)"
"""An independent replication, in Python, with penalty 0.1 and other mutations."""


def pooled(column):
    """A column of a treatment, or of both fixed goals of circuits."""

    def values(study, treatment):
        names = ("fg-and", "fg-or") if treatment == POOLED else (treatment,)
        return np.concatenate([np.asarray(column(study, name), float) for name in names])

    return values


def generations_of(study, treatment):
    """Generations of every run of a treatment, of the study or of times.csv: whichever has more."""
    mine, (system, _, goals) = study.column("generations", treatment), treatment.partition("-")
    rows = of_table(system, goals) if treatment in derived.RETINA else []
    return np.array([int(row["generations"]) for row in rows]) if len(rows) > mine.size else mine


def of_table(system, goals):
    """Rows of times.csv in the default reading; none without the table."""
    wanted = (system, goals, "default")
    rows = read_rows(scripts_folder().parent / "results" / "kashtan2005" / "times.csv")
    return [row for row in rows if (row["system"], row["goals"], row["reading"]) == wanted]


def is_solved(study, treatment):
    """0 or 1 of every run."""
    return (generations_of(study, treatment) < derived.cap(study, treatment)).astype(float)


def time_if_solved(study, treatment):
    """Generations of the runs that were solved: Kashtan & Alon's own statistic."""
    times = generations_of(study, treatment)
    return times[times < derived.cap(study, treatment)]


def is_soon(study, treatment):
    """Whether a run was solved within `SOON`."""
    return (generations_of(study, treatment) < SOON).astype(float)


def gates(study, treatment):
    """Gates of the networks that solved their goals."""
    neurons, generations = (study.column(name, treatment) for name in ("neurons", "generations"))
    return neurons[generations < derived.cap(study, treatment)]


def of_q_table(name):
    """A column of q_m.csv."""

    def values(study, treatment):
        table = derived.q_table(study)
        return table[name][table["treatment"] == treatment]

    return values


def z_of(size, number, treatments=derived.TREATMENTS, chosen=derived.solved):
    """Mean z of a subgraph, its standard error, and the number of networks."""

    def values(study, treatment):
        table = derived.motif_table(study, treatments=treatments, chosen=chosen)
        mine = (
            (table["treatment"] == treatment) & (table["size"] == size) & (table["subgraph"] == number)
        )
        if not mine.any():
            return np.nan, np.nan, 0
        return float(table["z"][mine][0]), float(table["z_se"][mine][0]), int(table["networks"][mine][0])

    return values


def decay(study, group):
    """Q_m of every circuit in an arm and generation of decay.py."""
    arm, _, generation = group.partition("@")
    return decays.values(decays.table_of(study), arm, int(generation))


def later(name):
    """A number of every solved run's watched epochs; from times.csv, of times_to_solve.py."""

    def values(study, treatment):
        system = "retina" if treatment == "retina-mvg" else "circuit"
        rows = [row for row in of_table(system, "mvg") if row["readaptation"]]
        if not rows:
            raise NotRunError("not run: scripts/kashtan2005/times_to_solve.py")
        shares = {"share": lambda r: int(r["epochs_solved"]) / int(r["epochs_later"])}
        return np.array([shares.get(name, lambda r: float(r[name]))(row) for row in rows])

    return values


def changes(study, treatment):
    """Connections to change in a solved circuit until it solves the other goal (``apart.csv``)."""
    found = derived.once(study, "apart.csv", lambda: apart(study))["connections"]
    return found[found > 0]


def runs_of(study, group):
    """Of pooled treatments the lesser; of decay the runs that its circuits come from."""
    if group == POOLED:
        return min(len(study.column("seed", name)) for name in ("fg-and", "fg-or")), 50
    return (len(study.column("seed", "mvg")), 50) if "@" in group else None


MOTIFS = (
    ("circuits", 3, 38, "the feed-forward loop"),
    ("circuits", 4, 904, "the diamond"),
    ("retina", 4, 204, "the bifan"),
    ("retina", 4, 904, "the diamond"),
)
COLUMNS = {
    "generations": pooled(generations_of),
    "is_solved": pooled(is_solved),
    "is_soon": is_soon,
    "time_if_solved": pooled(time_if_solved),
    "gates": gates,
    "q": of_q_table("q"),
    "q_m": pooled(of_q_table("q_m")),
    "decay": decay,
    "share": later("share"),
    "readaptation": later("readaptation"),
    "changes": changes,
    **{f"z-{size}-{number}": z_of(size, number) for _, size, number, _ in MOTIFS},
}
PAIRS = {"circuits": ("mvg", "fg-and"), "retina": ("retina-mvg", "retina-fg")}
FIXED = {"fg-and": "AND", "fg-or": "OR", POOLED: "both goals pooled"}
TABLE_QM, TIMES, FIG1, FIG5 = (
    "kashtan2005-table_qm",
    "kashtan2005-times",
    "kashtan2005-fig1",
    "kashtan2005-fig5",
)
REPLICATED = {  # by the independent one: share solved, time, Q_m
    "fg-and": ("37/50", "3,000 (-1,000, +4,000)", "-0.05 ± 0.2"),
    "fg-or": ("32/50", "11,000 (-5,000, +15,000)", "0.07 ± 0.18"),
    POOLED: ("69/100", "", ""),
    "mvg": ("100/100", "1,500 (-700, +1,300)", "0.42 ± 0.10"),
}


def replicated(treatment, which):
    """What the independent replication found, and which it is."""
    found = REPLICATED.get(treatment, ("", "", ""))[which]
    return f"{found}: {JBQUIM}" if found else ""


SOLVED = [
    *(
        PublishedShare(
            f"circuits, FG ({label}): 36/50 solved", column="is_solved", a=name, theirs=(36, 50), family="solved, published",
            smallest=SHARE, was=("circuits, FG: 36/50 solved",), replication=replicated(name, 0), figure=TIMES,
        )
        for name, label in FIXED.items()
    ),
    PublishedShare(
        "circuits, MVG: 50/50 solved in < 10,000 generations", column="is_soon", a="mvg", theirs=(50, 50),
        family="solved, published", smallest=SHARE, replication=replicated("mvg", 0), figure=TIMES,
    ),
    *(
        MoreOften(
            f"{system}: MVG is solved more often than FG", column="is_solved", a=mvg, b=fg, family="solved more often",
            smallest=SHARE, replication=f"100/100 to 37/50: {JBQUIM}" if mvg == "mvg" else "", figure=TIMES,
        )
        for system, (mvg, fg) in PAIRS.items()
    ),
    MoreOften(
        "circuits: MVG is solved more often than FG (OR)", column="is_solved", a="mvg", b="fg-or",
        family="solved more often", smallest=SHARE, replication=f"100/100 to 32/50: {JBQUIM}", figure=TIMES,
    ),
]  # fmt: skip
SPEED = [
    *(
        Sooner(
            f"{system}: MVG is faster than FG", column="generations", a=mvg, b=fg, cap=CAP, family="faster",
            smallest=DELTA, figure=TIMES,
            replication=f"1,500 to 3,000 generations: {JBQUIM}" if mvg == "mvg" else "",
        )
        for system, (mvg, fg) in PAIRS.items()
    ),
    Sooner(
        "circuits: MVG is faster than FG (OR)", column="generations", a="mvg", b="fg-or", cap=CAP, family="faster",
        smallest=DELTA, replication=f"1,500 to 11,000 generations: {JBQUIM}", figure=TIMES,
    ),
    *(
        Published(
            f"circuits, FG ({label}): 9,000 (+19,000, -2,000) generations, given success", column="time_if_solved",
            a=name, value=9_000, ends=(7_000, 28_000), family="times, published", smallest=BAND,
            was=("circuits, FG: 9,000 (+19,000, -2,000) generations",), replication=replicated(name, 1), figure=TIMES,
        )
        for name, label in FIXED.items()
    ),
    *(
        Published(
            f"{system}: {value:,} (+{high:,}, -{low:,}) generations, given success", column="time_if_solved", a=name,
            value=value, ends=(value - low, value + high), family="times, published", smallest=BAND,
            was=(f"{system}: {value:,} (+{high:,}, -{low:,}) generations",), figure=TIMES,
        )
        for name, system, value, low, high in (
            ("retina-fg", "retina, FG", 21_000, 3_600, 29_000),
            ("retina-mvg", "retina, MVG", 2_800, 600, 9_500),
        )
    ),
    PublishedMean(  # ± is a standard deviation: an error of 1,000 of 50 would be one of 7,000, above the cap of 10,000
        "circuits, MVG: 1,400 ± 1,000 generations (mean, SD)", column="time_if_solved", a="mvg", value=1_400,
        error=1_000 / 50**0.5, n=50, as_ratio=True, family="times, published", smallest=BAND,
        was=("circuits, MVG: 1,400 ± 1,000 generations (mean)",), replication=replicated("mvg", 1), figure=TIMES,
    ),
    Published(  # within half a gate
        "circuits, FG: usually 10 gates", column="gates", a="fg-and", value=10, family="gates, published",
        smallest=0.05, figure="kashtan2005-fig2",
    ),
    Published(
        "circuits, MVG: 11 gates", column="gates", a="mvg", value=11, family="gates, published", smallest=0.05,
        figure="kashtan2005-fig2",
    ),
]  # fmt: skip
MODULARITY = [
    *(
        PublishedMean(
            f"{text}: Q_m {mean:g} ± 0.02", column="q_m", a=name, value=mean, error=0.02, n=50,
            family="Q_m, published", smallest=Q_M, replication=replicated(name, 2), figure=TABLE_QM,
            was=("circuits, FG: Q_m 0.12 ± 0.02",) if name in FIXED else (),
        )
        for name, text, mean in (
            *((name, f"circuits, FG ({label})", 0.12) for name, label in FIXED.items()),
            ("mvg", "circuits, MVG", 0.54),
            ("retina-fg", "retina, FG", 0.15),
            ("retina-mvg", "retina, MVG", 0.35),
        )
    ),
    *(
        Larger(
            f"{system}: MVG has the higher Q_m", column="q_m", a=mvg, b=fg, family="higher Q_m", smallest=DELTA,
            figure=TABLE_QM,
            replication=f"0.42 to -0.05: {JBQUIM}" if mvg == "mvg" else "0.25 to 0.03, 5 seeds: OneFluffyBunny/UCL_thesis",
        )
        for system, (mvg, fg) in PAIRS.items()
    ),
    PublishedMean(
        "circuits, MVG: mean Q 0.49", column="q", a="mvg", value=0.49, error=None, n=50, family="Q, published",
        smallest=0.05, figure=TABLE_QM,
    ),
]  # fmt: skip
WITH_MOTIFS = [
    *(
        Above(
            f"{system}, MVG: {name} is a motif (z > 0)", column=f"z-{size}-{number}", a=PAIRS[system][0], bound=0.0,
            family="motifs", smallest=Z, figure=FIG1 if system == "circuits" else FIG5,
        )
        for system, size, number, name in MOTIFS
    ),
    *(
        LargerMean(
            f"{system}: {name} is more of a motif with MVG than with FG", column=f"z-{size}-{number}",
            a=PAIRS[system][0], b=PAIRS[system][1], family="more of a motif", smallest=Z,
            figure=FIG1 if system == "circuits" else FIG5,
        )
        for system, size, number, name in MOTIFS
        if (system, number) != ("circuits", 904)  # of which the paper does not say more
    ),
]  # fmt: skip
DECAY = [
    LargerInPairs(
        "modularity falls within tens of generations under a fixed goal with a selection pressure for size (Fig. 3)",
        column="decay", a="fixed-dearer@0", b=f"fixed-dearer@{A_FEW_TENS}", family="decay", smallest=DELTA,
        was=("modularity falls within a few tens of generations under a fixed goal (Fig. 3)",),
        figure="kashtan2005-fig3",
    ),
    LargerInPairs(
        "modularity falls so under a fixed goal alone, the penalty as it was", column="decay", a="fixed@0",
        b=f"fixed@{A_FEW_TENS}", family="what decay needs", smallest=DELTA, status="ours",
        was=("modularity falls so under a fixed goal alone, the price of size as it was (not in the paper)",),
        figure="kashtan2005-decay",
    ),
    LargerInPairs(
        "with the goal fixed, modularity is the lower for the raised penalty of size", column="decay",
        a=f"fixed@{A_FEW_TENS}", b=f"fixed-dearer@{A_FEW_TENS}", family="what decay needs", smallest=DELTA, status="ours",
        was=("with the goal fixed, modularity is the lower for the raised price of size (not in the paper)",),
        figure="kashtan2005-decay",
    ),
    LargerInPairs(
        "with the penalty raised, modularity is the lower for the goal being fixed", column="decay",
        a=f"varying-dearer@{A_FEW_TENS}", b=f"fixed-dearer@{A_FEW_TENS}", family="what decay needs", smallest=DELTA,
        status="ours",
        was=("with the price raised, modularity is the lower for the goal being fixed (not in the paper)",),
        figure="kashtan2005-decay",
    ),
]  # fmt: skip
SWITCHES = [
    *(
        Above(
            f"{system}, MVG: once both goals are solved, more than half of the later epochs are", column="share",
            a=mvg, bound=0.5, family="epochs solved", smallest=SHARE, figure=TIMES,
        )
        for system, (mvg, _) in PAIRS.items()
    ),
    AtMost(
        "circuits, MVG: solved again within about 5 generations of a switch", column="readaptation", a="mvg", bound=5,
        family="re-adaptation", smallest=BAND, figure=TIMES,
    ),
    AtMost(
        "retina, MVG: solved again within about 3 generations of a switch", column="readaptation", a="retina-mvg",
        bound=3, family="re-adaptation", smallest=BAND, figure=TIMES,
    ),
    AtMost(
        "circuits, MVG: a solution of the other goal lies 2 connections from a run's circuit", column="changes",
        a="mvg", bound=APART, family="distance of solutions", smallest=BAND, figure="kashtan2005-fig2",
        was=(
            "circuits, MVG: a solution of the other goal lies 2 connections from the circuit that a run ends with",
            "circuits, MVG: the solutions of two successive epochs differ by 2 connections (Fig. 2)",
        ),
    ),
]  # fmt: skip
CLAIMS = [*SOLVED, *SPEED, *MODULARITY, *WITH_MOTIFS, *DECAY, *SWITCHES]
DELETED = {
    "circuits: the diamond is more of a motif with MVG than with FG": "the paper does not say that it is more of one",
    "retina: anti-motifs 1, 2, 6": "which subgraphs are numbered so is not in the parts of the paper known here",
}


def apart(study):
    """One row per solved MVG run: connections to change in its circuit until it solves the other goal."""
    config, rows = derived.config_of(study, "mvg"), []
    setup = evomod.prepare(config)
    for replicate, network in derived.solved(study, "mvg").items():
        other = min(config.schedule.goals, key=network.about["fitness"].get)
        genome = setup.encoding.genome(network)
        rows.append({"replicate": replicate, "connections": changes_to(setup, genome, other)})
    return rows or [{"replicate": -1, "connections": 0}]


def changes_to(setup, genome, goal):
    """Fewest connections to change until a circuit solves a goal, no more gates than are free; `FURTHER` beyond two."""
    near = changed(setup, genome)
    if solves(setup, near, goal).any():
        return 1
    return APART if any(solves(setup, changed(setup, one), goal).any() for one in near) else FURTHER


def changed(setup, genome):
    """Every circuit with one connection changed, whatever bits that takes."""
    variation = setup.config.variation.model_copy(update={"change": "value"})
    return replace(setup.encoding, variation=variation).mutants(genome)[0]


def solves(setup, genomes, goal):
    """Which circuits solve a goal, less the price of their gates."""
    n, bits = len(genomes), goal_bits(setup.task, goal)
    slots, memory = np.arange(n), setup.encoding.memory(n)
    yes, no = setup.encoding.answer(genomes, np.full(n, -1), slots, memory)
    fitness = score(yes, no, bits, setup.tie_rule)
    population = Population(genomes, yes, no, None, None, slots)
    loop = Loop(setup, memory, np.random.default_rng(0))
    return penalised(loop, population, bits, fitness) >= setup.config.evolution.solved_at
