"""Answers of layered networks with any weights: tanh(gain * sum) in float64."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled

SATURATED = 20.0  # tanh(x) is exactly 1.0 in float64 from 19.1 on: no need to compute it


@compiled
def answer(genes, ancestors, source, first, gain, inputs, slots, answers):
    """Write -1, 0 or +1, the sign of every output, into ``answers[slot, output, pattern]``.

    ``genes[individual]`` holds one weight an edge (0 is no connection), then one bias a neuron;
    ``inputs[input, pattern]`` -1.0 or +1.0. Individual i's answers lie in ``slots[i]``. Networks that are
    their own ancestor keep the answers they have, those whose genes equal their parent's inherit them.
    """
    n_neurons = first.size - 1
    n_inputs, n_patterns = inputs.shape
    n_outputs = answers.shape[1]
    value = np.empty((n_inputs + n_neurons, n_patterns))
    value[:n_inputs] = inputs
    n_edges = first[n_neurons]
    for i in range(genes.shape[0]):
        parent = ancestors[i]
        if parent == i:
            continue
        same = parent >= 0
        for gene in range(genes.shape[1]):
            same = same and genes[i, gene] == genes[parent, gene]
        if same:
            answers[slots[i]] = answers[slots[parent]]
            continue
        for j in range(n_neurons):
            row = value[n_inputs + j]
            row[:] = genes[i, n_edges + j]
            for edge in range(first[j], first[j + 1]):
                weight = genes[i, edge]
                if weight != 0.0:
                    incoming = value[source[edge]]
                    for k in range(n_patterns):
                        row[k] += weight * incoming[k]
            for k in range(n_patterns):
                x = gain * row[k]
                if abs(x) < SATURATED:
                    row[k] = np.tanh(x)
                else:
                    row[k] = 1.0 if x > 0.0 else -1.0
        for o in range(n_outputs):
            row = value[n_inputs + n_neurons - n_outputs + o]
            for k in range(n_patterns):
                answers[slots[i], o, k] = 1 if row[k] > 0.0 else (-1 if row[k] < 0.0 else 0)
