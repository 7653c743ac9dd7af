"""The best performance at every connection cost and Q, and where PA and P&CC end on that map."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod import load_config, load_run, run
from evomod.files.tables import read_table
from evomod.plots.runs import COLOURS
from evomod.statistics import rank_correlation
from evomod.studies.experiments import as_they_end, read_manifest, write_manifest

HERE = Path(__file__).parent
STUDY = "study.toml"
FULL = "200 runs of 25,000 generations, and ten of study_mole.toml of 10,001, about 4 hours of one core"
QUICK = {"replicates": 3, "settings": ["evolution.generations=600", "tracking.population_every=0"]}

RUNS, SHARE = 2, 0.4
"""Runs of mole.toml if there is no map, and their length in that of the study's (authors: 10,001 to 25,000)."""
Q_CELL, COST_CELL = 1 / 200, 500 / 200
FALLS_BELOW = 125.0
"""The cost up to which the paper's map has Q fall with it (recalled)."""
LOWEST = 0.7
"""Of the colours; a network that always says no has 0.75."""
MARKS = {"pa": ("o", COLOURS[0]), "pcc": ("^", COLOURS[1])}


def places(study):
    """Where a map may lie: in the study's folder, or beside it, where study_mole.toml puts it."""
    folders = (study.folder, study.folder / "mole", study.folder.parent / "clune2013-mole")
    return [folder / "mole.csv" for folder in folders]


def prepare(study, jobs=None):
    """Merge the maps of study_mole.toml if they lie beside; make a few small ones if there is none."""
    if any(path.exists() for path in places(study)):
        return
    *_, small, full = (path.parent for path in places(study))
    if not any(full.rglob("archive.csv")):
        generations = round(SHARE * study.study.treatments[0].config.evolution.generations)
        calls = [(seed, generations, small / f"seed{seed}") for seed in range(1, RUNS + 1)]
        for _ in as_they_end(explore, calls, jobs or RUNS):
            pass
        full = small
    runs = [load_run(path.parent) for path in sorted(full.rglob("archive.csv"))]
    write(full / "mole.csv", merged([run.archive for run in runs]))
    generations = sorted({int(run.log["generation"][-1]) for run in runs})
    seeds = [run.manifest["seed"]["spawn_key"] or run.manifest["seed"]["entropy"] for run in runs]
    falls = [fall(run.archive) for run in runs]
    write_manifest(full / "mole.manifest.json", seeds=seeds, generations=generations, falls=falls)


def explore(seed, generations, folder):
    """One map, by an ordinary run."""
    config = load_config(HERE / "mole.toml", [f"evolution.generations={generations}"])
    run(config, seed, folder, progress=False)


def merged(archives):
    """The best performance of several archives, ``{(bin of Q, bin of cost): performance}``."""
    best: dict[tuple[int, int], float] = {}
    for archive in archives:
        bins = zip(archive["bin:q_score"].tolist(), archive["bin:connection_cost"].tolist(), strict=True)
        for cell, fitness in zip(bins, archive["best_fitness"].tolist(), strict=True):
            best[cell] = max(best.get(cell, 0.0), fitness)
    return best


def fall(archive):
    """Spearman's rho of cost and -Q of the cells of one map whose network is right everywhere, below a cost of `FALLS_BELOW`."""
    is_meant = (archive["best_fitness"] == 1.0) & (archive["connection_cost"] < FALLS_BELOW)
    return rank_correlation(archive["connection_cost"][is_meant], -archive["q_score"][is_meant]).rho


def write(path, best):
    """One row per filled cell: lower corners of Q and cost, and the best performance there."""
    rows = [
        (f"{q * Q_CELL:.3f}", f"{cost * COST_CELL:.1f}", repr(fitness))
        for (q, cost), fitness in sorted(best.items())
    ]
    head = ("q_score", "connection_cost", "best_fitness")
    path.write_text("".join(",".join(row) + "\n" for row in [head, *rows]))


def image_of(table):
    """``[q cell, cost cell]``: best performance, NaN where no network was found; and its extent."""
    q = (table["q_score"] / Q_CELL).round().astype(int)
    cost = (table["connection_cost"] / COST_CELL).round().astype(int)
    image = np.full((q.max() + 1, cost.max() + 1), np.nan)
    image[q, cost] = table["best_fitness"]
    return image, (0.0, image.shape[1] * COST_CELL, 0.0, image.shape[0] * Q_CELL)


def draw(study):
    """The map, and every replicate's best network of the last generation; weights -2 -1 1 2 in both."""
    path = next(path for path in places(study) if path.exists())
    table, summary = read_table(path), study.summary
    figure = Figure(figsize=(6.0, 4.2), layout="constrained")
    axes = figure.subplots()
    image, extent = image_of(table)
    shown = axes.imshow(
        image, origin="lower", extent=extent, aspect="auto", cmap="viridis", interpolation="nearest",
        vmin=LOWEST, vmax=1.0,
    )  # fmt: skip
    for treatment, (mark, colour) in MARKS.items():
        mine = summary["treatment"] == treatment
        axes.plot(
            summary["connection_cost"][mine], summary["q_score"][mine], mark, color=colour, mec="white", mew=0.6,
            ms=5, ls="", label=f"{study.labels[treatment]} (n = {mine.sum()})",
        )  # fmt: skip
    about = read_manifest(path.with_name("mole.manifest.json"), "seeds")
    axes.set_title(
        f"map: {table['q_score'].size:,} cells of {len(about['seeds'])} runs; "
        "map and networks have weights -2 -1 1 2"
    )
    axes.set_xlabel("connection cost")
    axes.set_ylabel("Q")
    axes.set_xlim(left=0)
    axes.legend(loc="upper right", frameon=True)
    figure.colorbar(shown, ax=axes, label="best performance", extend="min")
    return figure
