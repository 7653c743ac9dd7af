"""Does a modular structure imply specialised functions? Q of connections beside functional modularity, network by network.

    python scripts/causes/specialisation.py [--out FOLDER]
    python scripts/causes/specialisation.py --summary

Of networks that earlier studies evolved and that are committed; nothing is evolved. Béna & Goodman (2025) trained pairs of
modules and found that a high structural Q does not in general give functional specialisation. Here the question is
asked of evolved networks, within each treatment, by rank correlations. Exploratory: which measures are compared was
chosen after both were known, and the intervals are not corrected for their number. Functional modularity and its
choices: docs/functional_modularity.md.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evomod.effects import rho
from evomod.errors import EvomodError
from evomod.files.provenance import now
from evomod.files.tables import read_rows, table_text, write_text
from evomod.measures import (
    SIMILARITIES,
    agreement,
    functional_modularity,
    lesions,
    modularity,
    redundancy,
)
from evomod.measures.functional_modularity import responses_of
from evomod.network import network_of
from evomod.papers.places import scripts_folder
from evomod.plots.runs import COLOURS
from evomod.studies.experiments import write_manifest
from evomod.studies.networks import networks_by_run
from evomod.task import load_task

TABLE = "specialisation.csv"
FULL = "400 networks that are committed, about 2 minutes of one core"
COMMAND = "python scripts/causes/specialisation.py"
RESULTS = Path("results") / "causes"

STUDIES = ("clune2013", "benefits")
"""Folders of results whose networks are measured: 50 and 100 runs a treatment, with Q beside its nulls in their tables."""
DRAWS = 50
"""Nulls of functional modularity."""
STRUCTURE = ("q_score", "q_z", "connections")
"""Of the connections, as the study's table has them: Q, its z among graphs of the same degrees, and their number."""
FUNCTION = (
    *(f"{name}_{number}" for name in SIMILARITIES for number in ("q", "z", "ami")),
    "specialisation",
    "worst_loss",
)
"""Of the responses of all hidden units together: Q, z, and agreement with the modules of connections ("refined"); the mean
specialisation of these modules (`evomod.measures.redundancy`), and the largest loss of fitness with one of them silent."""
COLUMNS = ("study", "treatment", "replicate", "fitness", *STRUCTURE, *FUNCTION)
SHOWN = ("upstream_q", "downstream_q", "covariance_q", "upstream_ami", "specialisation")


def row_of(network):
    """Functional numbers of a network, NaN where there is none."""
    structural = modularity(network.simplified(), "refined").modules
    responses = responses_of(network)
    row = dict.fromkeys(FUNCTION, float("nan"))
    together = replace(responses, layer=np.ones_like(responses.layer))
    for found in functional_modularity(together, draws=DRAWS):
        name = found.similarity
        row |= {f"{name}_q": found.q, f"{name}_z": found.z}
        row[f"{name}_ami"] = agreement(found.modules, structural[found.units], draws=1).ami
    task = load_task(network.about["task"])
    goal = network.about["goal"]
    parts = redundancy(network, task, structural, goal).specialisation
    lost = lesions(network, task, structural)
    if parts.size:
        row["specialisation"] = float(parts.mean())
        row["worst_loss"] = float(lost.module_goals[:, lost.goals.index(goal)].max())
    return row


def rows_of(study, most=None):
    """A row per network of a study's committed tables; ``most`` of every treatment."""
    folder = scripts_folder().parent / "results" / study
    known = {(row["treatment"], int(row["replicate"])): row for row in read_rows(folder / "summary.csv")}
    for (treatment, replicate), data in networks_by_run(folder / "networks.json.gz").items():
        if most is not None and replicate >= most:
            continue
        network, told = network_of(data, study), known[treatment, replicate]
        about = {"study": study, "treatment": treatment, "replicate": replicate}
        about |= {"fitness": told["best_fitness"]} | {name: told[name] for name in STRUCTURE}
        yield about | row_of(network)


def run(folder, most=None):
    """Measure all networks; returns the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for study in STUDIES for row in rows_of(study, most)]
    write_text(folder / TABLE, table_text(COLUMNS, rows))
    about = {
        "table": TABLE,
        "made_by": "scripts/causes/specialisation.py",
        "draws": DRAWS,
        "start": now(),
    }
    write_manifest(folder / "specialisation.manifest.json", **about)
    return folder / TABLE


def quick(jobs=None):
    """A small table: eight networks of every treatment. Returns its path."""
    return run(Path(tempfile.mkdtemp(prefix="causes-specialisation-quick-")), 8)


def read(path):
    """Rows by study and treatment, numbers as numbers; what is not known is NaN."""
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for row in read_rows(path, COLUMNS):
        numbers = {name: float(row[name] or "nan") for name in COLUMNS[2:]}
        groups.setdefault((row["study"], row["treatment"]), []).append(numbers)
    if not groups:
        raise EvomodError(f"{path} holds no rows; run `{COMMAND}`.")
    return groups


def correlation(rows, one, other):
    """Spearman's rho with its interval, over networks that have both numbers, and how many these are."""
    pairs = np.array([(row[one], row[other]) for row in rows])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    return rho(pairs[:, 0], pairs[:, 1]), len(pairs)


def cell(effect):
    """An effect with its interval."""
    if not effect.is_known:
        return "-"
    return f"{effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]"


def summary(groups):
    """Tables in Markdown: rho of Q, and of z of Q, with every functional number, within treatments."""
    lines = []
    for structure in STRUCTURE[:2]:
        lines += ["", f"Spearman's rho of `{structure}` within treatments [95 %]:", ""]
        lines += [
            f"| study | treatment | n | {' | '.join(FUNCTION)} |",
            "|---|---|---|" + "---|" * len(FUNCTION),
        ]
        for (study, treatment), rows in groups.items():
            found = [correlation(rows, structure, name) for name in FUNCTION]
            sizes = sorted({n for _, n in found})
            size = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
            lines.append(f"| {study} | {treatment} | {size} | {' | '.join(cell(e) for e, _ in found)} |")
    return "\n".join(lines[1:])


IN_TEXT = {
    "Q and functional Q, upstream": ("q_score", "upstream_q"),
    "z of Q and the same": ("q_z", "upstream_q"),
    "z of Q and functional Q, downstream": ("q_z", "downstream_q"),
    "z of Q and agreement, upstream": ("q_z", "upstream_ami"),
    "z of Q and specialisation": ("q_z", "specialisation"),
}


def in_text(groups):
    """The correlations that stand in SUPPLEMENT.md, as one table."""
    lines = [f"| study: treatment | n | {' | '.join(IN_TEXT)} |", "|---|---|" + "---|" * len(IN_TEXT)]
    for (study, treatment), rows in groups.items():
        found = [correlation(rows, *names) for names in IN_TEXT.values()]
        n = max(n for _, n in found)
        lines.append(f"| {study}: {treatment} | {n} | {' | '.join(cell(e) for e, _ in found)} |")
    return "\n".join(lines)


LABELS = {
    "upstream_q": "functional Q, upstream",
    "downstream_q": "functional Q, downstream",
    "covariance_q": "functional Q, covariance",
    "upstream_ami": "agreement (AMI), upstream",
    "specialisation": "specialisation of modules",
}


def draw_table(path):
    """rho of z of Q with functional numbers: a panel per number, a row per treatment, with intervals."""
    groups = read(path)
    names = [f"{study}: {treatment} ({len(rows)})" for (study, treatment), rows in groups.items()]
    figure = Figure(figsize=(10.5, 2.6), layout="constrained", dpi=100)
    cells = figure.subplots(1, len(SHOWN), sharey=True)
    for axes, number in zip(cells, SHOWN, strict=True):
        for y, rows in enumerate(groups.values()):
            effect, _ = correlation(rows, "q_z", number)
            if effect.is_known:
                axes.plot([effect.low, effect.high], [y, y], color=COLOURS[0], lw=1.2)
                axes.plot(effect.value, y, "o", color=COLOURS[0], ms=4)
        axes.axvline(0.0, color="0.5", lw=0.8)
        axes.set_xlim(-1.0, 1.0)
        axes.set_title(LABELS[number], fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    cells[0].set_yticks(range(len(names)), names, fontsize=7)
    cells[0].invert_yaxis()
    figure.supxlabel("Spearman's rho with z of Q (95 % interval), exploratory", fontsize=8)
    return figure


def main():
    """Measure the networks, or print the correlations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--summary", action="store_true", help="print the correlations, and stop")
    given = parser.parse_args()
    if not given.summary:
        run(given.out)
    print(summary(read(given.out / TABLE)))


if __name__ == "__main__":
    main()
