"""A network that learns while it lives, one life and one connection at a time, in plain Python."""

from naive import squashed


def felt(connections, biases, modulators, gain, inputs):
    """Value of every node, and modulation of every neuron; connections are (source, target, weight), in their order."""
    values, modulations = list(inputs), []
    for neuron, bias in enumerate(biases):
        total, signal, is_modulated = bias, 0.0, False
        for source, target, weight in connections:
            if target != len(inputs) + neuron:
                continue
            if source >= len(inputs) and modulators[source - len(inputs)]:
                signal, is_modulated = signal + weight * values[source], True
            else:
                total += weight * values[source]
        values.append(squashed(gain * total))
        modulations.append(squashed(gain * signal) if is_modulated else 0.0)
    return values, modulations


def changed(connections, modulators, values, modulations, n_inputs, rate):
    """Connections after a presentation: those from modulatory neurons stay."""
    after = []
    for source, target, weight in connections:
        signal = modulations[target - n_inputs]
        if (source < n_inputs or not modulators[source - n_inputs]) and signal != 0.0:
            weight += (rate * (signal * values[target])) * values[source]
            weight = max(-1.0, min(1.0, weight))
        after.append((source, target, weight))
    return after


def life(connections, biases, modulators, gain, rate, items, is_fine, is_good, is_asked):
    """What is eaten, presentation by presentation, and what is known whenever it is asked."""
    eaten, known = [], []
    for item, fine, asked in zip(items, is_fine, is_asked, strict=True):
        shown = [float(k == item) for k in range(len(is_good))]
        values, _ = felt(connections, biases, modulators, gain, [*shown, 0.0, 0.0])
        eats = values[-1] > 0.0
        eaten.append(eats)
        told = [float(eats and fine), float(eats and not fine)]
        values, modulations = felt(connections, biases, modulators, gain, [*shown, *told])
        connections = changed(connections, modulators, values, modulations, len(shown) + 2, rate)
        if asked:
            answers = []
            for k in range(len(is_good)):
                inputs = [float(k == other) for other in range(len(is_good))] + [0.0, 0.0]
                answers.append(
                    (felt(connections, biases, modulators, gain, inputs)[0][-1] > 0.0) == is_good[k]
                )
            known.append(answers)
    return eaten, known
