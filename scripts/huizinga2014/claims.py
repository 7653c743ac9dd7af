"""What Huizinga, Mouret & Clune (2014) claim of the retina; directions only, recalled.

With a connection cost, networks that CPPNs paint are more modular and perform better than without one and than those
of a seed for locality. That they are more regular than directly encoded ones is not measured here.
"""

from evomod.papers.claims import larger

PAPER, N = "huizinga2014", 50
STUDY = "study.toml"
QUICK = {
    "replicates": 4,
    "settings": ["evolution.generations=300", "evolution.population=300"],
}
OTHERS = {"hyperneat": "HyperNEAT", "gs": "HyperNEAT-GS"}
COLUMNS = {"q_score": "more modular (higher Q)", "best_fitness": "fitter"}
CLAIMS = [
    f"HyperNEAT-CCT is {word} than {label} (recalled)"
    for label in OTHERS.values()
    for word in COLUMNS.values()
]


def claims(study):
    """Q and performance of the last generation, with the cost against without."""
    found, text = [], iter(CLAIMS)
    for treatment, label in OTHERS.items():
        for column in COLUMNS:
            a, b = (study.column(column, name) for name in ("cct", treatment))
            found.append(larger(PAPER, next(text), a, b, ("HyperNEAT-CCT", label), N))
    return found
