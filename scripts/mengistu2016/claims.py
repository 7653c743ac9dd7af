"""What Mengistu et al. (2016) claim of AND-XOR-AND; directions only, their numbers are not known."""

from evomod.claims import larger

PAPER, N = "mengistu2016", 30
STUDY = "study.toml"
QUICK = {
    "replicates": 5,
    "settings": ["evolution.generations=500", "evolution.population=500"],
}
TREATMENTS = {"pcc-25": "P&CC (p = 0.25)", "pcc-100": "P&CC (p = 1)"}
COLUMNS = {"hierarchy": "hierarchical", "q_score": "modular (higher Q)", "best_fitness": "fit"}
CLAIMS = [
    f"{label} is more {word} than PA" for label in TREATMENTS.values() for word in COLUMNS.values()
]


def claims(study):
    """Hierarchy, Q and performance of the last generation, each P&CC against PA."""
    return [
        larger(
            PAPER,
            f"{label} is more {word} than PA",
            study.column(column, treatment),
            study.column(column, "pa"),
            ("P&CC", "PA"),
            N,
        )
        for treatment, label in TREATMENTS.items()
        for column, word in COLUMNS.items()
    ]
