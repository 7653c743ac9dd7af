"""Q_m of circuits and retina networks, fixed goals (FG) and varying goals (MVG), beside the published numbers."""

import numpy as np
from matplotlib.figure import Figure

from evomod.plots.runs import COLOURS
from evomod.scripts.kashtan2005 import derived

STUDY = "study.toml"
FULL = (
    "250 runs of at most 100,000 generations, then 40 for Q_max and 1000 random graphs a network, about an "
    "hour of one core"
)
QUICK = {"replicates": 4, "settings": ["evolution.generations=3000"]}

PUBLISHED = {
    "fg-and": (0.12, 0.02),
    "mvg": (0.54, 0.02),
    "retina-fg": (0.15, 0.02),
    "retina-mvg": (0.35, 0.02),
}
"""Mean Q_m and its standard error in the paper (quoted)."""
OF_Q = {
    "q": "Q",
    "q_rand": "Q_rand, degrees kept",
    "q_rand_genomes": "Q_rand, genomes",
    "q_max": "Q_max, evolved",
    "q_max_searched": "Q_max, searched",
}
OF_Q_M = {
    "q_m": "Q_m",
    "q_m_genomes": "Q_m, null of genomes",
    "q_m_searched": "Q_m, Q_max searched",
    "q_m_greedy": "Q_m, fast greedy",
}
"""Columns of ``q_m.csv``; those of Q_m take the degrees kept and the evolved Q_max where nothing is said."""
GREEDY = {"q_greedy": "Q, fast greedy", "q_rand_greedy": "Q_rand, fast greedy"}
COLUMNS = OF_Q | OF_Q_M | GREEDY


def prepare(study, jobs=None):
    """Measure every network: ``q_max.csv``, ``q_m.csv``."""
    derived.q_table(study)


def numbers(study):
    """``{treatment: {column: (mean, standard error, n)}}``."""
    table, found = derived.q_table(study), {}
    for treatment in derived.TREATMENTS:
        mine = table["treatment"] == treatment
        found[treatment] = {name: derived.mean_of(table[name][mine]) for name in COLUMNS}
        system, runs = derived.q_max_runs(study, "retina" if treatment in derived.RETINA else "circuit")
        if mine.any():
            found[treatment]["q_max"] = derived.mean_of(runs["q"][system])
    return found


def as_markdown(study):
    """The table in Markdown: mean and standard error."""
    lines = ["| networks | n | " + " | ".join(COLUMNS.values()) + " | Q_m in the paper |"]
    lines.append("|---" * (len(COLUMNS) + 3) + "|")
    for treatment, row in numbers(study).items():
        cells = [f"{mean:.3f} ± {error:.3f}" for mean, error, _ in row.values()]
        theirs = PUBLISHED.get(treatment)
        published = f"{theirs[0]:.2f} ± {theirs[1]:.2f}" if theirs else "-"
        lines.append(
            f"| {study.labels[treatment]} | {row['q'][2]} | {' | '.join(cells)} | {published} |"
        )
    return "\n".join(lines)


def draw(study):
    """Left the four Q behind Q_m, right Q_m by three ways and the paper's; means and standard errors."""
    found = numbers(study)
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    plot(left, found, OF_Q)
    plot(right, found, OF_Q_M)
    for place, treatment in enumerate(found):
        if treatment in PUBLISHED:
            mean, error = PUBLISHED[treatment]
            right.errorbar(
                mean, place + 0.34, xerr=error, fmt="*", ms=8, color="black", capsize=2,
                label="Q_m in the paper" if place == 0 else None,
            )  # fmt: skip
    left.set_yticks(
        range(len(found)),
        [f"{study.labels[name]}\nn = {row['q'][2]}" for name, row in found.items()],
    )
    left.invert_yaxis()
    right.axvline(0.0, color="#999999", lw=0.8)
    left.set_xlabel("Q of the undirected graph, mean and SE")
    right.set_xlabel("Q_m, mean and SE")
    for axes in (left, right):
        axes.grid(axis="y", color="#eeeeee")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    return figure


def plot(axes, found, names):
    """One dot per column, one row per treatment."""
    for k, name in enumerate(names):
        columns = [row[name] for row in found.values()]
        places = np.arange(len(columns)) + 0.14 * (k - (len(names) - 1) / 2)
        axes.errorbar(
            [mean for mean, _, _ in columns], places, xerr=[error for _, error, _ in columns],
            fmt="osD^v"[k], ms=4, capsize=2, lw=1, color=COLOURS[k], label=COLUMNS[name],
        )  # fmt: skip
