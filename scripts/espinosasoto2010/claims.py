"""What Espinosa-Soto & Wagner (2010) claim: gene networks become modular as they specialise in gene activity.

Directions, from the abstract and recalled; networks are the best of the last generation. The paper's Q is relative to random
networks with as many connections; here it is z of Q, relative to degree-preserving randomisations.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study.toml"
QUICK = {"replicates": 4, "settings": ["schedule.period=15", "evolution.generations=60"]}
CLAIMS = [
    Larger(
        f"{words} makes networks more modular ({measure}) than {than}", column=column, a=a, b=b,
        family=f"specialisation, {measure}", smallest=DELTA, figure="espinosasoto2010-fig1",
    )
    for column, measure in (("q_z", "z of Q"), ("q_score", "Q"))
    for a, b, words, than in (
        ("half", "unchanged", "a second pattern that shares half", "the first alone"),
        ("half", "none", "a second pattern that shares half", "one that shares nothing (recalled)"),
        ("four", "unchanged", "adding three more patterns", "the first alone"),
    )
]  # fmt: skip
