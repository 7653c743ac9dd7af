"""What Huizinga, Mouret & Clune (2014) claim of the retina; directions only, recalled.

With a connection cost, networks that CPPNs paint are more modular and perform better than without one and than those
of a seed for locality. That they are more regular than directly encoded ones is not measured here.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {
    "replicates": 4,
    "settings": ["evolution.generations=300", "evolution.population=300"],
}
OTHERS = {"hyperneat": "HyperNEAT", "gs": "HyperNEAT-GS"}
MEASURES = {"q_score": ("more modular (higher Q)", "Q"), "best_fitness": ("fitter", "performance")}
CLAIMS = [
    Larger(
        f"HyperNEAT-CCT is {word} than {label} (recalled)", column=column, a="cct", b=name, family=family,
        smallest=DELTA,
    )
    for name, label in OTHERS.items()
    for column, (word, family) in MEASURES.items()
]  # fmt: skip
