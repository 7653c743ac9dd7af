"""What the last networks of the study learn from random weights that selection never saw (``learning.csv``)."""

import numpy as np

from evomod.evolution.setup import prepare
from evomod.pressures.learning import aims
from evomod.scripts.causes.derived import about, config_of, networks_of, stream
from evomod.studies.tables import further_table

STEPS, STARTS, ROUND = (10, 40), 20, 6
"""Of learning; random weights to begin with."""


def learning(study):
    """Mean squared error of every best network after some steps of learning, over the starts."""

    def make(keys):
        return [
            about(key) | errors(study, key, network)
            for key, network in zip(keys, networks_of(study, keys), strict=True)
        ]

    return further_table(study, "learning.csv", make)


def errors(study, key, network):
    """Columns of one network."""
    setup = prepare(config_of(study, key[0]))
    encoding, genome = setup.encoding, setup.encoding.genome(network)[None]
    wanted = aims(setup.goals[0], 2**encoding.wiring.n_inputs)
    found = {}
    for steps in STEPS:
        seeds = stream(study, key).spawn(STARTS)
        each = [encoding.learned(genome, wanted, steps, np.random.default_rng(s))[1][0] for s in seeds]
        found[f"error_{steps}"] = round(float(np.mean(each)), ROUND)
    return found
