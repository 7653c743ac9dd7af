"""Subgraphs of circuits whose goals vary at random: z against random graphs of the same degrees."""

from matplotlib.figure import Figure

from evomod.scripts.kashtan2005 import derived

STUDY = "study_random.toml"
FULL = "80 runs of 10,000 generations, then 1000 random graphs a network, about 10 minutes of one core"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600"]}

LABELS = {"random": "random goals", "half-random": "AND and random goals in turn"}


def prepare(study, jobs=None):
    """Count subgraphs of the best networks of the last generation: ``motifs.csv``."""
    profiles(study)


def profiles(study):
    """Mean z of every subgraph."""
    return derived.motif_table(study, treatments=tuple(LABELS), chosen=derived.everyone)


def draw(study):
    """Subgraphs of three nodes, and of four."""
    figure = Figure(figsize=(7.2, 5.6), layout="constrained")
    for axes, size, letter in zip(figure.subplots(2, 1), (3, 4), "ab", strict=True):
        derived.plot_profiles(axes, profiles(study), size, LABELS)
        axes.set_title(letter, loc="left", fontweight="bold")
    return figure
