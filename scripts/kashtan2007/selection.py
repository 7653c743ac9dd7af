"""Fig. 3 by how strongly the fittest are preferred: prints the table in PAPER.md, two minutes.

    python scripts/kashtan2007/selection.py

NAND circuits of four inputs, XOR AND XOR and XOR OR XOR in turn: mean of the best fitness on the first goal at the
ends of its epochs, after half of the generations.
"""

from pathlib import Path

import numpy as np

import evomod
from evomod.pressures.goal_switching import epoch_of
from evomod.studies.definition import load_definition

SCHEMES = {
    "quoted: the L least fit are replaced": "elite-worst",
    "all but the L fittest are replaced": "elite",
}
SHARES = (0.2, 0.3, 0.4, 0.5)
SEEDS = (1, 2, 3)


def at_ends(method, share, crossover, seed, generations=8000):
    """Mean best fitness at the last generation of epochs of the first goal, in the second half."""
    settings = [
        f"selection.method={method}",
        f"selection.elite={share}",
        f"variation.crossover={crossover}",
    ]
    definition = load_definition(
        Path(__file__).with_name("study_course.toml"),
        [*settings, f"evolution.generations={generations}"],
    )
    config = next(t.config for t in definition.treatments if t.name == "mvg")
    period, found = config.schedule.period, []
    for generation in evomod.evolve(config, seed):
        n = generation.number
        if n > generations // 2 and n % period == 0 and epoch_of(n, period) % 2 == 0:
            found.append(generation.fitness.max())
    return float(np.mean(found))


def main():
    """One line per scheme and share of the fittest, with crossover and without."""
    for crossover in (0.5, 0.0):
        for name, method in SCHEMES.items():
            for share in SHARES:
                found = [at_ends(method, share, crossover, seed) for seed in SEEDS]
                shown = " ".join(f"{value:.3f}" for value in found)
                print(
                    f"crossover {crossover}, {name}, L {share:.0%}: {np.mean(found):.3f} ({shown})",
                    flush=True,
                )


if __name__ == "__main__":
    main()
