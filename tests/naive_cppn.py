"""CPPNs in plain Python: slow and literal; imports nothing compiled and nothing of evomod.

A CPPN is (nodes, links): ``nodes[h] = (position, function)`` of those that are there, ``links[target, source]`` weights.
Sources and targets are ("in", k), ("node", h) and ("out", k).
"""

import math

FUNCTIONS = (
    math.sin,
    lambda x: 1.0 / (1.0 + math.exp(-x)),
    lambda x: math.exp(-x * x),
    lambda x: x,
)


def read(genome, n_inputs, n_hidden, n_outputs):
    """The CPPN of a row."""
    nodes = {h: (genome[2 * h], int(genome[2 * h + 1])) for h in range(n_hidden) if genome[2 * h] > 0.0}
    links = {}
    for t in range(n_hidden + n_outputs):
        for s in range(n_inputs + n_hidden):
            weight = genome[2 * n_hidden + t * (n_inputs + n_hidden) + s]
            if weight != 0.0:
                target = ("node", t) if t < n_hidden else ("out", t - n_hidden)
                links[target, ("in", s) if s < n_inputs else ("node", s - n_inputs)] = weight
    return nodes, links


def write(cppn, n_inputs, n_hidden, n_outputs):
    """The row of a CPPN."""
    nodes, links = cppn
    genome = [0.0] * (2 * n_hidden + (n_hidden + n_outputs) * (n_inputs + n_hidden))
    for h, (position, function) in nodes.items():
        genome[2 * h], genome[2 * h + 1] = position, float(function)
    for ((kind, t), (of, s)), weight in links.items():
        row, column = t + (kind == "out") * n_hidden, s + (of == "node") * n_inputs
        genome[2 * n_hidden + row * (n_inputs + n_hidden) + column] = weight
    return genome


def outputs(cppn, query, n_outputs):
    """The sums that reach the outputs, sources in the order of a row."""
    nodes, links = cppn
    values = {("in", k): x for k, x in enumerate(query)}

    def total(target):
        mine = sorted((source, weight) for (t, source), weight in links.items() if t == target)
        found = 0.0
        for source, weight in mine:
            found += weight * values[source]
        return found

    for h in sorted(nodes, key=lambda h: (nodes[h][0], h)):
        values["node", h] = FUNCTIONS[nodes[h][1]](total(("node", h)))
    return [total(("out", k)) for k in range(n_outputs)]


def substrate(cppn, edges, places, low, high):
    """Weights of edges (pairs of places) and biases of nodes (places), as a substrate is painted."""
    weights = []
    for a, b in edges:
        weight, leo, _ = outputs(cppn, [*a, *b, 1.0], 3)
        weights.append(min(max(weight if leo > 0.0 else 0.0, low), high))
    return weights, [min(max(outputs(cppn, [*a, 0.0, 0.0, 1.0], 3)[2], low), high) for a in places]


def _pairs(cppn, shape, wants):
    """Places of links that are there, or that may be, in the order of a row."""
    n_inputs, n_hidden, n_outputs = shape
    nodes, links = cppn
    height = {("in", k): 0.0 for k in range(n_inputs)} | {("node", h): p for h, (p, _) in nodes.items()}
    height |= {("out", k): 2.0 for k in range(n_outputs)}
    targets = [("node", h) for h in range(n_hidden)] + [("out", k) for k in range(n_outputs)]
    sources = [("in", k) for k in range(n_inputs)] + [("node", h) for h in range(n_hidden)]
    return [
        (t, s)
        for t in targets
        for s in sources
        if t in height and s in height and height[s] < height[t] and ((t, s) in links) == wants
    ], height


def _insert(cppn, shape, high, draw):
    nodes, links = cppn
    there, height = _pairs(cppn, shape, True)
    free = [h for h in range(shape[1]) if h not in nodes]
    if not there or not free:
        return
    target, source = there[int(draw() * len(there))]
    below, above = height[source], min(height[target], 1.0)
    position, function = below + (above - below) * (0.25 + 0.5 * draw()), int(draw() * 4)
    if below < position < above:
        nodes[free[0]] = (position, function)
        links[target, ("node", free[0])] = links.pop((target, source))
        links[("node", free[0]), source] = min(1.0, high)


def _remove(cppn, draw):
    nodes, links = cppn
    if nodes:
        gone = sorted(nodes)[int(draw() * len(nodes))]
        del nodes[gone]
        for link in [link for link in links if ("node", gone) in link]:
            del links[link]


def _polynomial(value, low, high, eta, share):
    if share < 0.5:
        room = 1.0 - (value - low) / (high - low)
        shift = (2.0 * share + (1.0 - 2.0 * share) * room ** (eta + 1.0)) ** (1.0 / (eta + 1.0)) - 1.0
    else:
        room = 1.0 - (high - value) / (high - low)
        shift = 1.0 - (2.0 * (1.0 - share) + 2.0 * (share - 0.5) * room ** (eta + 1.0)) ** (
            1.0 / (eta + 1.0)
        )
    return min(max(value + shift * (high - low), low), high)


def vary(cppn, shape, rates, bounds, draw):
    """One CPPN mutated, draw by draw."""
    nodes, links = dict(cppn[0]), dict(cppn[1])
    cppn, (low, high, eta) = (nodes, links), bounds
    if draw() < rates[0]:
        _insert(cppn, shape, high, draw)
    if draw() < rates[1]:
        _remove(cppn, draw)
    if draw() < rates[2]:
        free, _ = _pairs(cppn, shape, False)
        if free:
            pair = free[int(draw() * len(free))]
            links[pair] = low + (high - low) * draw()
    if draw() < rates[3]:
        there, _ = _pairs(cppn, shape, True)
        if there:
            del links[there[int(draw() * len(there))]]
    if draw() < rates[4]:
        there, _ = _pairs(cppn, shape, True)
        if there:
            moved = there[int(draw() * len(there))]
            free, _ = _pairs(cppn, shape, False)
            if free:
                links[free[int(draw() * len(free))]] = links.pop(moved)
    for h in sorted(nodes):
        if draw() < rates[5]:
            nodes[h] = (nodes[h][0], int(draw() * 4))
    for pair in _pairs(cppn, shape, True)[0]:
        if draw() < rates[6]:
            links[pair] = _polynomial(links[pair], low, high, eta, draw())
    return cppn
