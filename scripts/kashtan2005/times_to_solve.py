"""Generations to solve, to re-adapt after a switch, and gates used: 50 runs a treatment.

    python scripts/kashtan2005/times_to_solve.py [--workers 2] [--seeds 50] [--only circuit]
    python scripts/kashtan2005/times_to_solve.py --table

An epoch that is not solved counts with its whole length, 20. Every finished run is a row of results/kashtan2005/times.csv; a row that is there is not run again, so
the script can be stopped at any time. The order of the rows is that of their ends. Their figure is times.py.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import evomod
from evomod.files.tables import add_rows, read_rows
from evomod.studies.experiments import as_they_end, in_words

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "results" / "kashtan2005" / "times.csv"
COLUMNS = (
    "system", "goals", "reading", "seed", "solved", "generations", "neurons_when_solved",
    "neurons_later", "connections_later", "epochs_later", "epochs_solved", "readaptation",
)  # fmt: skip
AFTER, WATCHED = 10_000, 2000
"""Generations that a run goes on after it is solved, and the last of them that are watched: 100 epochs
of 20 if goals vary."""

READINGS = {
    "circuit": {
        "default": {},
        "any other address": {"variation.change": "value"},
        "only the worst replaced": {"selection.method": "elite-worst"},
        "ties kept by position": {"breed": "elders"},
        "offspring first": {"breed": "offspring"},
        "unknown until forced": {"network.feedback": "ternary"},
        "no feedback": {"network.feed_forward": "true"},
        "penalty above 10": {"network.penalty_above": "10"},
        "no penalty": {"network.penalty": "0.0"},
        "crossover 0.5": {"variation.crossover": "0.5"},
    },
    "retina": {
        "default": {},
        "thresholds -1 to 2": {"network.thresholds": "[-1, 0, 1, 2]"},
        "any other value": {"variation.change": "value"},
        "only the worst replaced": {"selection.method": "elite-worst"},
        "ties kept by position": {"breed": "elders"},
        "all 256 patterns": {"task.patterns": "256"},
        "patterns drawn anew": {"task.resample": "true"},
        "no crossover": {"variation.crossover": "0.0"},
    },
}
"""The readings that the paper leaves open, as what they change in the config ("breed": in the toolbox)."""


def breed_of_elders(share, fitness, rng):
    """An elite in which the earlier row wins a tie: who was there before stays, and nothing drifts."""
    number = round(share * fitness.size)
    kept = np.sort(np.argsort(-fitness, kind="stable")[:number])
    return kept, kept[rng.integers(0, number, fitness.size - number)]


def breed_of_offspring(share, fitness, rng):
    """An elite in which the later row wins a tie: offspring stand behind the elite, so every neutral one replaces an elder."""
    number = round(share * fitness.size)
    later_first = np.argsort(-fitness[::-1], kind="stable")[:number]
    kept = np.sort(fitness.size - 1 - later_first)
    return kept, kept[rng.integers(0, number, fitness.size - number)]


BREED = {"elders": breed_of_elders, "offspring": breed_of_offspring}


def simplified_size(best):
    """Neurons or gates, and connections, of a simplified network."""
    network = best.simplified()
    ends = set(network.source.tolist()) | set(network.target.tolist())
    return len(ends - set(network.inputs.tolist())), len(set(zip(network.source, network.target)))


def replicate(system, goals, reading, seed, cap=None, after=AFTER):
    """One run: until all goals are solved, or given up after ``cap`` generations (None: the config's); then watched.

    It goes on for ``after`` generations, of which the last are watched.
    """
    changes = READINGS[system][reading]
    settings = [f"{name}={value}" for name, value in changes.items() if name != "breed"]
    path = HERE / f"{system}_{'mvg' if goals == 'mvg' else 'fg'}.toml"
    if goals == "fg-or":
        settings.append(f"task.goal={'xor-or-xor' if system == 'circuit' else 'left-or-right'}")
    cap = evomod.load_config(path).evolution.generations if cap is None else cap
    config = evomod.load_config(path, [*settings, "evolution.stop=never"])
    setup = evomod.prepare(config)
    if "breed" in changes:
        setup.toolbox.register(
            "breed", BREED[changes["breed"]], setup.config.selection.model_dump()["elite"]
        )
    wanted = set(setup.config.schedule.goals)
    first, when_solved, sought = None, 0, None
    later: list[Any] = []
    times: list[int | None] = []
    for generation in evomod.evolve(setup.config, seed=seed, setup=setup):
        if first is None:
            if generation.is_solved and wanted <= set(generation.solved_goals):
                first, when_solved = generation.number, simplified_size(generation.best)[0]
            elif generation.number >= cap:
                break
            continue
        if generation.number <= first + after - WATCHED:
            continue
        if generation.since_switch == 0 and goals == "mvg":
            sought = 0
            times.append(None)
        if generation.is_solved:
            if sought is not None:
                times[-1], sought = generation.since_switch, None
            if generation.number % 20 == 0:
                later.append(simplified_size(generation.best))
        if generation.number >= first + after:
            break
    period = setup.config.schedule.period
    again = [period if time is None else time for time in times]
    return {
        "system": system, "goals": goals, "reading": reading, "seed": seed, "solved": int(first is not None),
        "generations": cap if first is None else first,
        "neurons_when_solved": when_solved or "",
        "neurons_later": median(size[0] for size in later) if later else "",
        "connections_later": median(size[1] for size in later) if later else "",
        "epochs_later": len(times), "epochs_solved": sum(time is not None for time in times),
        "readaptation": median(again) if again else "",
    }  # fmt: skip


def runs(seeds, only=None, reading=None):
    """System, goals, reading and seed of every run, or those of one system or reading."""
    return [
        (system, goals, name, seed)
        for system in READINGS
        for name in READINGS[system]
        for goals in (("mvg", "fg", "fg-or") if name == "default" else ("mvg", "fg"))
        for seed in range(1, seeds + 1)
        if only in (None, system) and reading in (None, name)
    ]


def complete(path, asked, workers, **sizes):
    """Add the rows of runs that a table lacks, as they end; returns how many."""
    rows = read_rows(path, COLUMNS)
    known = {(r["system"], r["goals"], r["reading"], int(r["seed"])) for r in rows}
    left = [run for run in asked if run not in known]
    for row in as_they_end(partial(replicate, **sizes), left, workers):
        add_rows(path, COLUMNS, [row])
    return len(left)


def quartiles(values):
    """Median (first quartile to third), or a dash."""
    if not values:
        return "-"
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def table():
    """The rows of the results as a table in Markdown, one line a system, goals and reading."""
    rows = read_rows(TABLE)
    lines = [
        "| system | goals | reading | solved | generations | gates or neurons | re-adaptation | epochs solved |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for system in READINGS:
        for reading in READINGS[system]:
            for goals in ("fg", "fg-or", "mvg"):
                mine = [
                    r
                    for r in rows
                    if (r["system"], r["goals"], r["reading"]) == (system, goals, reading)
                ]
                if not mine:
                    continue
                solved = [r for r in mine if r["solved"] == "1"]
                epochs = sum(int(r["epochs_later"]) for r in solved)
                share = sum(int(r["epochs_solved"]) for r in solved) / epochs if epochs else None
                cells = (
                    system, goals, reading, f"{len(solved)}/{len(mine)}",
                    quartiles([int(r["generations"]) for r in mine]),
                    quartiles([float(r["neurons_later"]) for r in solved if r["neurons_later"]]),
                    quartiles([float(r["readaptation"]) for r in solved if r["readaptation"]]),
                    "-" if share is None else f"{share:.0%}",
                )  # fmt: skip
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--only", choices=READINGS)
    parser.add_argument("--reading", help="one reading only")
    parser.add_argument("--table", action="store_true", help="print what has been run, and stop")
    given = parser.parse_args()
    if given.table:
        print(table())
        return
    with in_words(parser, TABLE):
        added = complete(TABLE, runs(given.seeds, given.only, given.reading), given.workers)
    print(f"{TABLE}: {added} runs added", file=sys.stderr)


if __name__ == "__main__":
    main()
