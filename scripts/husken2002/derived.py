"""What the last networks of the study learn from random weights that selection never saw (``learning.csv``)."""

import numpy as np

from evomod.evolution.setup import prepare
from evomod.pressures.learning import aims
from evomod.scripts.causes.derived import about, config_of, networks_of, stream
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table

STEPS, STARTS, ROUND = (10, 40), 20, 6
"""Of learning; random weights to begin with."""


def learning(study, jobs=None):
    """Mean squared error of every best network after some steps of learning, over the starts."""

    def make(keys):
        networks = networks_of(study, keys)
        calls = [
            (config_of(study, key[0]), network, stream(study, key))
            for key, network in zip(keys, networks, strict=True)
        ]
        found = in_workers(errors, calls, jobs)
        return [about(key) | columns for key, columns in zip(keys, found, strict=True)]

    return further_table(study, "learning.csv", make)


def errors(config, network, seed):
    """Columns of one network: of the same random weights after every number of steps."""
    setup = prepare(config)
    encoding, genome = setup.encoding, setup.encoding.genome(network)[None]
    wanted, starts = aims(setup.goals[:1], 2**encoding.wiring.n_inputs), seed.spawn(STARTS)
    found = {}
    for steps in STEPS:
        each = [encoding.learned(genome, wanted, steps, np.random.default_rng(s))[1][0] for s in starts]
        found[f"error_{steps}"] = round(float(np.mean(each)), ROUND)
    return found
