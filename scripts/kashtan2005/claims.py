"""What Kashtan & Alon (2005) claim of circuits and of the retina, in the default reading of PAPER.md.

The paper's numbers are quoted. Generations of a run that was not solved count as the cap, 100,000. Times of
the retina are those of times.csv where it has more runs than the study: 50 of the same settings, other seeds.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

import evomod
from evomod.evolution.evaluation import Loop, penalised
from evomod.papers.claims import (
    at_most,
    beyond,
    larger,
    larger_in_pairs,
    larger_mean,
    more_often,
    not_run,
    published,
    published_mean,
    published_share,
)
from evomod.papers.scripts import load_script, scripts_folder
from evomod.population import Population, goal_bits, score
from evomod.studies.row_tables import read_rows

derived = load_script(Path(__file__).with_name("derived.py"))
decays = load_script(Path(__file__).with_name("decay.py"))

PAPER, N = "kashtan2005", 50
STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

SOON = 10_000
TIMES = {  # interval of the paper's time, as its own errors give it
    "fg-and": ("circuits, FG: 9,000 (+19,000, -2,000) generations", (7_000, 28_000)),
    "retina-fg": ("retina, FG: 21,000 (+29,000, -3,600) generations", (17_400, 50_000)),
    "retina-mvg": ("retina, MVG: 2,800 (+9,500, -600) generations", (2_200, 12_300)),
}
MEAN_TIME = "circuits, MVG: 1,400 ± 1,000 generations (mean)"
GATES = {"fg-and": ("circuits, FG: usually 10 gates", 10), "mvg": ("circuits, MVG: 11 gates", 11)}
Q_M = {
    "fg-and": ("circuits, FG: Q_m 0.12 ± 0.02", 0.12),
    "mvg": ("circuits, MVG: Q_m 0.54 ± 0.02", 0.54),
    "retina-fg": ("retina, FG: Q_m 0.15 ± 0.02", 0.15),
    "retina-mvg": ("retina, MVG: Q_m 0.35 ± 0.02", 0.35),
}
ERROR = 0.02
PAIRS = {"circuits": ("mvg", "fg-and"), "retina": ("retina-mvg", "retina-fg")}
MOTIFS = (
    ("circuits", 3, 38, "the feed-forward loop"),
    ("circuits", 4, 904, "the diamond"),
    ("retina", 4, 204, "the bifan"),
    ("retina", 4, 904, "the diamond"),
)
READAPTATION = {
    "circuit": ("circuits, MVG: solved again within about 5 generations of a switch", 5),
    "retina": ("retina, MVG: solved again within about 3 generations of a switch", 3),
}
SUCCESSIVE = "circuits, MVG: the solutions of two successive epochs differ by 2 connections (Fig. 2)"
NEAREST = "circuits, MVG: a solution of the other goal lies 2 connections from the circuit that a run ends with"
APART = 2
FURTHER = 3
"""What a circuit counts with that has none within two connections."""
DECAY = "modularity falls within a few tens of generations under a fixed goal (Fig. 3)"
FIXED_GOAL_ALONE = (
    "modularity falls so under a fixed goal alone, the price of size as it was (not in the paper)"
)
PRICE = "with the goal fixed, modularity is the lower for the raised price of size (not in the paper)"
GOAL = "with the price raised, modularity is the lower for the goal being fixed (not in the paper)"
A_FEW_TENS = 50
"""Generations after which it is looked at."""
SOLVED_FG, SOLVED_MVG = (
    "circuits, FG: 36/50 solved",
    "circuits, MVG: 50/50 solved in < 10,000 generations",
)
Q_REAL = "circuits, MVG: mean Q 0.49"
ANTI = "retina: anti-motifs 1, 2, 6"
CLAIMS = [
    SOLVED_FG,
    SOLVED_MVG,
    *(f"{system}: MVG is solved more often than FG" for system in PAIRS),
    *(f"{system}: MVG is faster than FG" for system in PAIRS),
    MEAN_TIME,
    *(text for group in (TIMES, GATES, Q_M) for text, _ in group.values()),
    *(f"{system}: MVG has the higher Q_m" for system in PAIRS),
    Q_REAL,
    *(f"{system}, MVG: {name} is a motif (z > 0)" for system, _, _, name in MOTIFS),
    *(f"{system}: {name} is more of a motif with MVG than with FG" for system, _, _, name in MOTIFS),
    ANTI,
    DECAY,
    FIXED_GOAL_ALONE,
    PRICE,
    GOAL,
    *(text for text, _ in READAPTATION.values()),
    SUCCESSIVE,
    NEAREST,
]


def claims(study):
    """Every claim."""
    return [
        *of_times(study),
        *of_modularity(study),
        *of_motifs(study),
        *of_decay(study),
        *of_switches(),
        *of_distances(study),
    ]


def of_times(study):
    """Runs solved, generations, gates."""
    generations = {name: generations_of(study, name) for name in derived.TREATMENTS}
    n_solved = {
        name: (int((values < derived.cap(study, name)).sum()), values.size)
        for name, values in generations.items()
    }
    soon = sum(time < SOON for time in derived.times(study, "mvg").values())
    found = [
        published_share(PAPER, SOLVED_FG, n_solved["fg-and"], (36, 50)),
        published_share(PAPER, SOLVED_MVG, (soon, n_solved["mvg"][1]), (50, 50)),
    ]
    for system, (mvg, fg) in PAIRS.items():
        text = f"{system}: MVG is solved more often than FG"
        if n_solved[mvg][1] and n_solved[fg][1]:
            found.append(more_often(PAPER, text, n_solved[mvg], n_solved[fg], ("MVG", "FG"), N))
        else:
            found.append(not_run(PAPER, text, "no runs"))
    for system, (mvg, fg) in PAIRS.items():
        a, b = generations[fg], generations[mvg]
        found.append(larger(PAPER, f"{system}: MVG is faster than FG", a, b, ("FG", "MVG"), N))
    for name, (text, interval) in TIMES.items():
        found.append(published(PAPER, text, generations[name], interval, N))
    found.append(mean_time(MEAN_TIME, generations["mvg"], 1_400, 1_000))
    for name, (text, gates) in GATES.items():
        found.append(published(PAPER, text, size(study, name), (gates, gates), N))
    return found


def mean_time(text, values, mean, error):
    """A published mean whose ± is not said to be a standard error or a standard deviation: both are tried."""
    as_error = published_mean(PAPER, text, values, mean, error, N)
    as_deviation = published_mean(PAPER, text, values, mean, error / np.sqrt(N), N)
    verdict = as_error.verdict if as_error.verdict == as_deviation.verdict else "cannot tell"
    test = f"± as standard error: {as_error.test}; as standard deviation: {as_deviation.test}"
    return replace(as_error, test=test, verdict=verdict)


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


def size(study, treatment):
    """Gates of the networks that solved their goals."""
    neurons, generations = (study.column(name, treatment) for name in ("neurons", "generations"))
    return neurons[generations < derived.cap(study, treatment)]


def of_modularity(study):
    """Q_m, and Q of MVG circuits."""
    table = derived.q_table(study)
    q_m = {name: table["q_m"][table["treatment"] == name] for name in derived.TREATMENTS}
    found = [
        published_mean(PAPER, text, q_m[name], mean, ERROR, N) for name, (text, mean) in Q_M.items()
    ]
    for system, (mvg, fg) in PAIRS.items():
        text = f"{system}: MVG has the higher Q_m"
        found.append(larger(PAPER, text, q_m[mvg], q_m[fg], ("MVG", "FG"), N))
    q = table["q"][table["treatment"] == "mvg"]
    return [*found, published_mean(PAPER, Q_REAL, q, 0.49, None, N)]


def of_motifs(study):
    """Motifs under MVG, and against FG."""
    table, found = derived.motif_table(study), []
    for system, subgraph_size, number, name in MOTIFS:
        mvg = z_of(table, PAIRS[system][0], subgraph_size, number)
        text = f"{system}, MVG: {name} is a motif (z > 0)"
        found.append(beyond(PAPER, text, mvg, 0.0, N))
    for system, subgraph_size, number, name in MOTIFS:
        mvg, fg = (z_of(table, treatment, subgraph_size, number) for treatment in PAIRS[system])
        text = f"{system}: {name} is more of a motif with MVG than with FG"
        found.append(larger_mean(PAPER, text, mvg, fg, ("z, MVG", "z, FG"), N))
    why = "which subgraphs the figure numbers so is not in the parts of the paper known here"
    return [*found, not_run(PAPER, ANTI, why)]


def z_of(table, treatment, subgraph_size, number):
    """Mean z of a subgraph, its standard error, and the number of networks."""
    mine = (
        (table["treatment"] == treatment)
        & (table["size"] == subgraph_size)
        & (table["subgraph"] == number)
    )
    if not mine.any():
        return np.nan, np.nan, 0
    return float(table["z"][mine][0]), float(table["z_se"][mine][0]), int(table["networks"][mine][0])


def of_decay(study):
    """Q_m of circuits at the start and a few tens of generations on, a pair a circuit, in the arms of decay.py.

    Our own questions want as many circuits as runs: where fewer show nothing they tell nothing.
    """
    table = decays.table_of(study)

    def q_m(arm, generation):
        return decays.values(table, arm, generation)

    def compared(claim, a, b, words, n):
        """The first is claimed to be the larger; ``a`` and ``b`` are an arm and a generation."""
        return larger_in_pairs(PAPER, claim, q_m(*a), q_m(*b), words, n)

    n, later = q_m("fixed", 0).size, A_FEW_TENS
    falls = ("circuits at generation 0", f"at generation {later}")
    return [
        compared(DECAY, ("fixed-dearer", 0), ("fixed-dearer", later), falls, n),
        compared(FIXED_GOAL_ALONE, ("fixed", 0), ("fixed", later), falls, n),
        compared(
            PRICE, ("fixed", later), ("fixed-dearer", later), (f"{falls[1]}, as it was", "raised"), N
        ),
        compared(
            GOAL,
            ("varying-dearer", later),
            ("fixed-dearer", later),
            (f"{falls[1]}, varying", "fixed"),
            N,
        ),
    ]


def of_switches():
    """Generations to solve the goal again, median of a run; from times.csv, of times_to_solve.py."""
    found = []
    for system, (text, generations) in READAPTATION.items():
        values = [float(r["readaptation"]) for r in of_table(system, "mvg") if r["readaptation"]]
        if values:
            found.append(at_most(PAPER, text, values, generations, N))
        else:
            why = "scripts/kashtan2005/times_to_solve.py has not been run"
            found.append(not_run(PAPER, text, why))
    return found


def of_distances(study):
    """How far the solutions of both goals are apart: the pair that Fig. 2 draws, and circuits of all runs."""
    path, pairs = study.folder / "successive_circuits.json", []
    if path.exists():
        circuits = derived.networks_once(study, path.name, list)
        of_mvg = [circuit for circuit in circuits if circuit.about["treatment"] == "mvg"]
        pairs = [moved(*of_mvg)] if len(of_mvg) == 2 else []
    first = not_run(PAPER, SUCCESSIVE, "no pair: evomod figure kashtan2005-fig2 makes it")
    if pairs:
        first = published(PAPER, SUCCESSIVE, pairs, (APART, APART), N)
    changes = derived.once(study, "apart.csv", lambda: apart(study))["connections"]
    changes = changes[changes > 0]
    second = at_most(PAPER, NEAREST, changes, APART, N)
    told = f"{second.found}; within two: {(changes <= APART).sum()} of {changes.size}, others count as {FURTHER}"
    return [first, replace(second, found=told)]


def moved(before, after):
    """Connections of a circuit to change until it is the other, of gates that work there: two to a gate."""
    working = {target for _, target in derived.connections(after)}
    counts = [Counter(zip(n.target.tolist(), n.source.tolist(), strict=True)) for n in (before, after)]
    fresh = counts[1] - counts[0]
    return sum(n for (gate, _), n in fresh.items() if gate in working) + sum(
        before.outputs != after.outputs
    )


def apart(study):
    """A row a solved MVG run: connections to change in its circuit until it solves the other goal."""
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
