"""Measure time and memory of a generation by population and number of inputs; print them as docs/cost.md shows them.

    python scripts/cost_table.py > docs/cost.md        # a quarter of an hour

Every cell is a process of its own: its own peak of memory, and CPU time, which other processes disturb least.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from evomod import Config, EvomodError
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.task import Task, derive

POPULATIONS, INPUTS = (100, 1_000, 10_000), (4, 8, 12, 16)
WARM, MEASURED = 30, 11
LARGE, FEWER = 10**8, (5, 3)
"""Individuals times patterns from which on a generation takes seconds, and fewer generations are run."""
HIDDEN = (8, 4, 2)
KINDS: dict[str, dict[str, dict[str, Any]]] = {
    "integer weights": {},
    "integer weights and a connection cost": {"pressures": {"connection-cost": {}}},
    "real-valued weights": {"network": {"encoding": "layered-real"}},
}


def task_of(n_inputs):
    """Whether both halves of the inputs have an odd number of ones."""
    names = tuple(f"x{i}" for i in range(n_inputs))

    def odd(given, half):
        found = getattr(given, half[0])
        for name in half[1:]:
            found = found ^ getattr(given, name)
        return found

    halves = {"one": names[: n_inputs // 2], "other": names[n_inputs // 2 :]}
    subgoals = {key: lambda given, half=half: odd(given, half) for key, half in halves.items()}
    return derive(Task("halves", names, subgoals, {"both": lambda one, other: one & other}))


def measure(kind, population, n_inputs):
    """Milliseconds of CPU a generation, the median, and the process's peak of memory in MB; or why not."""
    sections = KINDS[kind]
    network = {"layers": [n_inputs, *HIDDEN, 1]} | sections.get("network", {})
    warm, measured = (WARM, MEASURED) if population * 2**n_inputs < LARGE else FEWER
    evolution = {"population": population, "generations": warm + measured}
    config = Config(**({"task": "retina"} | sections | {"network": network, "evolution": evolution}))
    try:
        setup = prepare(config, task_of(n_inputs))
    except EvomodError as error:
        return {"refused": str(error)}
    times, before = [], time.process_time()
    for _ in evolve(setup.config, seed=1, setup=setup):
        now = time.process_time()
        times.append(now - before)
        before = now
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
    return {"ms": 1000 * median(times[warm + 1 :]), "mb": peak}


def machine():
    """Cores and family of the processor."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.is_file() else []
    known = dict(line.replace("\t", "").split(": ", 1) for line in lines if ": " in line)
    family = f"{known['vendor_id']} family {known['cpu family']}" if "cpu family" in known else ""
    return f"{os.cpu_count()} cores, {platform.machine()} {family}".strip()


def cell(kind, population, n_inputs):
    """What a process of its own measures, as text."""
    command = [sys.executable, __file__, "--cell", kind, str(population), str(n_inputs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if "refused" in found:
        return "refused"
    ms = f"{found['ms']:.{max(0, 2 - len(str(int(found['ms']))))}f}"
    return f"{ms} ms, {found['mb']:,.0f} MB"


def table(kind):
    """One kind of network as a table in Markdown, one row per population."""
    lines = [
        f"| population | {' | '.join(f'{n} inputs' for n in INPUTS)} |",
        "|---" * (len(INPUTS) + 1) + "|",
    ]
    for population in POPULATIONS:
        cells = [cell(kind, population, n) for n in INPUTS]
        lines.append(f"| {population:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def text():
    """The whole of docs/cost.md."""
    parts = [
        "# What a generation costs",
        "CPU time of a generation and the largest memory of its process, by population and number of inputs:\n"
        f"layers n-{'-'.join(map(str, HIDDEN))}-1, medians of {MEASURED} generations after {WARM} ({FEWER[1]} after "
        f"{FEWER[0]} for 10,000 individuals with\n16 inputs), on one core of this machine: {machine()}.\n"
        "`python scripts/cost_table.py > docs/cost.md` measures it anew.",
        "Each input doubles the patterns. Up to 8 inputs a network's answers fit into four words, which are\n"
        "computed at once, and a generation costs the same; from there on time and memory double with each. Memory is\n"
        "that of Python and its libraries, about 170 MB, and what parents and offspring answer: with integer weights\n"
        "2 × population × 2 × neurons × patterns / 8 bytes. A run that needs more than the machine has is refused.",
    ]
    for kind in KINDS:
        parts += [f"## {kind.capitalize()}", table(kind)]
    return "\n\n".join(parts)


def main():
    """Measure one cell, or print the text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cell", nargs=3, metavar=("KIND", "POPULATION", "INPUTS"), help=argparse.SUPPRESS
    )
    given = parser.parse_args()
    if given.cell is None:
        print(text())
    else:
        kind, population, n_inputs = given.cell
        print(json.dumps(measure(kind, int(population), int(n_inputs))))


if __name__ == "__main__":
    main()
