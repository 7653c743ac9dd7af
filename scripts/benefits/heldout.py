"""What networks know of patterns that selection never saw: ``heldout.csv``."""

import numpy as np

from evomod.evolution.loop import rewarded
from evomod.evolution.setup import prepare
from evomod.evolvability.neighbourhood import answers_of
from evomod.measures import modularity
from evomod.plots.studies import rows_of
from evomod.population import Bits, goal_bits, score
from evomod.runs.checkpoints import sequence_of
from evomod.scripts.causes.derived import ROUND, TRAINED, about, ranks_within
from evomod.studies.tables import further_table
from evomod.task import all_patterns, goal_table, pack, unpack

READ = {
    "left-or-right": "related (left OR right)",
    "left-and-mirrored": "partly related (left, mirrored right)",
    "both-mirrored": "unrelated (both mirrored)",
    "top-and-bottom": "unrelated, has halves (top, bottom)",
}
"""Goals that a read-out is fitted to."""
RIDGE = 1e-3
"""Of the least squares, so that neurons that never fire do no harm: our choice."""


def heldout(study):
    """Accuracy on patterns that were not shown (``heldout.csv``): of the network, and of read-outs of its hidden neurons.

    A read-out is fitted by least squares to a goal on the patterns that were shown.
    """

    def make(keys):
        return [about(key) | row_of(study.run(key)) for key in keys]

    return further_table(study, "heldout.csv", make)


def row_of(run):
    """Columns of one run."""
    setup, network = prepare(run.config), run.best
    shown = shown_patterns(setup, sequence_of(run.manifest))
    simple, hidden = network.simplified(), hidden_values(network, setup.task)
    seen, unseen = (accuracy(setup, network, which) for which in (shown, ~shown))
    row = {
        "connections": int(simple.source.size),
        "q": round(modularity(simple).q, ROUND) if simple.source.size else "",
        "seen": round(seen, ROUND),
        "unseen": round(unseen, ROUND),
    }
    for goal in READ:
        table = goal_table(setup.task, goal)[0]
        row[f"read:{goal}"] = round(read_out(hidden, table, shown), ROUND)
    return row


def shown_patterns(setup, sequence):
    """``[pattern]``: those that selection saw in a run with this seed."""
    seen = next(rewarded(setup, np.random.default_rng(sequence)))
    assert isinstance(seen, Bits)  # a goal of the task, which counts right answers
    return unpack(seen.wanted | seen.unwanted, setup.task.n_patterns)[0]


def accuracy(setup, network, patterns):
    """Fitness of a network on the trained goal, on some of the patterns ``bool[pattern]``."""
    genome = setup.encoding.genome(network)
    yes, no = answers_of(setup, genome, genome[None][:0])
    return float(score(yes, no, goal_bits(setup.task, TRAINED).shown(pack(patterns)), setup.tie_rule)[0])


def hidden_values(network, task):
    """``[pattern, neuron]``: values of all neurons that are neither inputs nor outputs."""
    hidden = np.setdiff1d(np.arange(network.n_nodes), np.concatenate((network.inputs, network.outputs)))
    return network.values(all_patterns(len(task.inputs)))[:, hidden]


def read_out(hidden, table, shown):
    """Accuracy on patterns that were not shown, of least squares on those that were, cut at one half."""
    x = np.column_stack((np.ones(len(hidden)), hidden))
    normal = x[shown].T @ x[shown] + RIDGE * np.eye(x.shape[1])
    fitted = x @ np.linalg.solve(normal, x[shown].T @ table[shown].astype(float))
    return float(((fitted > 0.5) == table)[~shown].mean())


def column(study, name, treatment):
    """A column of a treatment, one number per run; NaN where it is empty."""
    return rows_of(heldout(study), treatment=treatment)[name].astype(float)


def within(study, name):
    """Ranks of a column within the treatments in which Q is not pushed."""
    table = heldout(study)
    kept = [treatment in NATURAL for treatment in table["treatment"].tolist()]
    return ranks_within(table[name].astype(float)[kept], table["treatment"][kept])


NATURAL = ("control", "connection-cost", "goal-switching")
