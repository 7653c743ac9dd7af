"""What Mengistu et al. (2016) claim of AND-XOR-AND; directions only, their numbers are not known.

Known from captions: hierarchy, Q, sub-problems solved, and how soon. Performance of the last generation is our
question. Sub-problems are those that a single neuron tells; the authors' program also tries pairs, so it finds more.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import larger
from evomod.papers.scripts import load_script

PAPER, N = "mengistu2016", 30
STUDY = "study.toml"
QUICK = {
    "replicates": 5,
    "settings": ["evolution.generations=500", "evolution.population=500"],
}
FIGURE = load_script(Path(__file__).with_name("fig2.py"))
TREATMENTS = {"pcc-25": "P&CC (p = 0.25)", "pcc-100": "P&CC (p = 1)"}
COLUMNS = {"hierarchy": "hierarchical", "q_score": "modular (higher Q)", "best_fitness": "fit"}
SUBGOALS = "{} tells more sub-problems than PA"
SOONER = "{} reaches a solution in fewer generations than PA"
CLAIMS = [
    text
    for label in TREATMENTS.values()
    for text in (
        *(f"{label} is more {word} than PA" for word in COLUMNS.values()),
        SUBGOALS.format(label),
        SOONER.format(label),
    )
]


def claims(study):
    """Hierarchy, Q, performance and sub-problems of the last generation, and times to solve, P&CC against PA."""
    found, labels = [], ("P&CC", "PA")
    for treatment, label in TREATMENTS.items():
        for column, word in COLUMNS.items():
            a, b = (study.column(column, name) for name in (treatment, "pa"))
            found.append(larger(PAPER, f"{label} is more {word} than PA", a, b, labels, N))
        a, b = (told(study, name) for name in (treatment, "pa"))
        found.append(larger(PAPER, SUBGOALS.format(label), a, b, labels, N))
        a, b = (times(study, name) for name in ("pa", treatment))
        found.append(larger(PAPER, SOONER.format(label), a, b, labels[::-1], N))
    return found


def told(study, treatment):
    """Share of the six sub-problems that neurons of each run's best network tell."""
    return np.array([FIGURE.subgoals_told(network) for network in study.networks.get(treatment, [])])


def times(study, treatment):
    """Generations of every run until it was solved; one that was not counts with its last generation."""
    solved = study.column("generations_to_solve", treatment).astype(float)
    return np.where(np.isnan(solved), study.column("generations", treatment), solved)
