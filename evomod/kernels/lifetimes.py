"""Networks that learn while they live: by Hebb's rule, as much as modulatory neurons let them (Soltoggio et al. 2008).

Every presentation of an item is answered, rewarded or punished if it was eaten, and learned from. All lives of a network
begin with the same weights and go on side by side, eight in a register.
"""

from __future__ import annotations

from evomod.kernels import inlined, unmanaged
from evomod.kernels.vectors import (
    eight,
    numbers,
    plus,
    prefer_wide,
    put_numbers,
    squash,
    times,
)

EIGHT = 8
"""Lives at once."""


@inlined
def list_connections(weights, neurons, n_inputs, sources, starts, learned, is_used):
    """List the connections of a network, those of a neuron from its start on, and give every life a copy of the weights.

    ``is_used[neuron]``: whether another neuron depends on it, or it is the output.
    """
    n, n_neurons = 0, neurons.shape[0]
    for j in range(n_neurons):
        is_used[j] = j == n_neurons - 1
    for j in range(n_neurons):
        starts[j], first, source = n, neurons[j, 0], neurons[j, 2]
        for k in range(neurons[j, 1]):
            if weights[first + k] != 0.0:
                sources[n] = source + k
                for life in range(learned.shape[1]):
                    learned[n, life] = weights[first + k]
                if source >= n_inputs:
                    is_used[source + k - n_inputs] = True
                n += 1
    starts[n_neurons] = n


@inlined
def add_up(total, begin, end, of_modulators, is_modulator, n_inputs, sources, learned, values, block):
    """Add weight * value of some connections to a total, for eight lives: of those from modulatory neurons, or from all others."""
    n_lives = values.shape[1]
    for c in range(begin, end):
        from_modulator = sources[c] >= n_inputs and is_modulator[sources[c] - n_inputs]
        if from_modulator == of_modulators:
            weight = numbers(learned, c * n_lives + block)
            total = plus(total, times(weight, numbers(values, sources[c] * n_lives + block)))
    return total


@inlined
def feel(biases, is_modulator, gain, sources, starts, learned, is_used, values):
    """Find the value of every neuron that is used, ``values[node, life]``: what modulatory neurons say is no part of it."""
    n_neurons, n_lives = is_used.size, values.shape[1]
    n_inputs = values.shape[0] - n_neurons
    for j in range(n_neurons):
        if is_used[j]:
            for block in range(0, n_lives, EIGHT):
                total = add_up(
                    eight(biases[j]), starts[j], starts[j + 1], False, is_modulator, n_inputs, sources, learned,
                    values, block,
                )  # fmt: skip
                put_numbers(values, (n_inputs + j) * n_lives + block, total)
            squash(gain, values[n_inputs + j], n_lives)


@inlined
def learn(rate, is_modulator, gain, sources, starts, learned, is_used, values, modulation):
    """Change every weight of an input or common neuron by rate * modulation * value before * value behind, from -1 to 1.

    A neuron's ``modulation[life]`` is tanh(gain * sum) of what modulatory neurons say to it.
    """
    n_neurons, n_lives = is_used.size, values.shape[1]
    n_inputs = values.shape[0] - n_neurons
    for j in range(n_neurons):
        is_modulated = False
        for c in range(starts[j], starts[j + 1]):
            is_modulated |= sources[c] >= n_inputs and is_modulator[sources[c] - n_inputs]
        if is_modulated and is_used[j]:
            for block in range(0, n_lives, EIGHT):
                total = add_up(
                    eight(0.0), starts[j], starts[j + 1], True, is_modulator, n_inputs, sources, learned, values,
                    block,
                )  # fmt: skip
                put_numbers(modulation, block, total)
            squash(gain, modulation, n_lives)
            for life in range(n_lives):
                modulation[life] = rate * (modulation[life] * values[n_inputs + j, life])
            for c in range(starts[j], starts[j + 1]):
                if sources[c] < n_inputs or not is_modulator[sources[c] - n_inputs]:
                    weight, before = learned[c], values[sources[c]]
                    for life in range(n_lives):
                        w = weight[life] + modulation[life] * before[life]
                        w = w if w < 1.0 else 1.0
                        weight[life] = w if w > -1.0 else -1.0


@unmanaged
def live(
    weights, biases, is_modulator, neurons, gain, rate, items, is_fine, is_good, is_asked, sources, starts, learned,
    values, modulation, is_used, eaten, known,
):  # fmt: skip
    """Let every network live all its lives; tell what it ate, and what it knew whenever it was asked.

    ``weights[individual, edge]`` (0.0: no connection), ``biases[individual, neuron]`` and ``is_modulator[individual, neuron]``
    are those at birth; ``neurons[neuron, (first edge, edges, first source)]``. In every presentation the input of
    ``items[presentation, life]`` is 1; eaten is what makes the last neuron, the only output, positive. Then
    the last two inputs are 1 for what was eaten: the first where it ``is_fine[presentation, life]``, the second where not;
    neurons are asked again, and weights learn. After presentations that ``is_asked`` all items are shown once, without
    consequence. Writes ``eaten[individual, presentation, life]`` and ``known[individual, question, item, life]``,
    whether what ``is_good[item, life]`` would be eaten, and nothing else. Lives are a multiple of eight. Work space: ``sources[edge]``, ``starts[neuron + 1]``,
    ``learned[edge, life]``, ``values[node, life]``, ``modulation[life]``, ``is_used[neuron]``.
    """
    prefer_wide()
    n_items, n_lives = is_good.shape
    for i in range(weights.shape[0]):
        list_connections(weights[i], neurons, n_items + 2, sources, starts, learned, is_used)
        question, said = 0, values[values.shape[0] - 1]
        for t in range(items.shape[0]):
            for node in range(n_items + 2):
                for life in range(n_lives):
                    values[node, life] = 0.0
            for life in range(n_lives):
                values[items[t, life], life] = 1.0
            feel(biases[i], is_modulator[i], gain, sources, starts, learned, is_used, values)
            for life in range(n_lives):
                eats = said[life] > 0.0
                eaten[i, t, life] = eats
                values[n_items, life] = 1.0 if eats and is_fine[t, life] else 0.0
                values[n_items + 1, life] = 1.0 if eats and not is_fine[t, life] else 0.0
            feel(biases[i], is_modulator[i], gain, sources, starts, learned, is_used, values)
            learn(rate, is_modulator[i], gain, sources, starts, learned, is_used, values, modulation)
            if is_asked[t]:
                for item in range(n_items):
                    for node in range(n_items + 2):
                        for life in range(n_lives):
                            values[node, life] = 1.0 if node == item else 0.0
                    feel(biases[i], is_modulator[i], gain, sources, starts, learned, is_used, values)
                    for life in range(n_lives):
                        known[i, question, item, life] = (said[life] > 0.0) == is_good[item, life]
                question += 1
