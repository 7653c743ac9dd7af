"""Generations to adapt to the other goal from the networks of generation 25,000, PA and P&CC, in both directions."""

from pathlib import Path

from evomod.papers.scripts import companion
from evomod.scripts.clune2013 import fig3a as first

STUDY = "study_final.toml"
FULL = (
    "200 runs of 25,000 generations and those of study.toml, then five adaptations of each perfect network, at most "
    "5,000 generations, about 8 hours of one core"
)
QUICK = {"replicates": 2, "settings": ["evolution.population=300", "evolution.generations=1500"]}
SOON = 5
"""Generations within which the paper's P&CC networks adapt, recalled."""
SUFFIXES = ("", "-binary")


def prepare(study, jobs=None):
    """Adapt the networks of both goals: ``adaptation.csv`` in either study's folder."""
    for one in (study, of_and(study)):
        if one is not None:
            first.prepare(one, jobs)


def of_and(study):
    """The study whose networks evolved for left AND right, where it lies beside."""
    return companion(study, Path(__file__), "study.toml")


def medians(study):
    """``{treatment: generations[network]}`` of both goals, named as those of study_adapt.toml."""
    found, other = dict(first.medians(study)), of_and(study)
    known = first.medians(other) if other is not None and has_adapted(other) else {}
    for suffix in SUFFIXES:
        for kind in ("pa", "pcc"):
            found[f"{kind}-and{suffix}"] = known.get(f"{kind}{suffix}", [])
    return found


def has_adapted(study):
    """Whether its networks were adapted."""
    return (study.folder / "adaptation.csv").exists()


def draw(study):
    """As Fig. 3a from the first perfect networks; every dot is a network, the median of its repeats."""
    return first.panels_of(medians(study), "networks of the last generation that are perfect")
