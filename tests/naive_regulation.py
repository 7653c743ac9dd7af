"""Gene regulatory networks in plain Python, from the papers; imports nothing compiled and nothing of evomod.

A network is ``weights[target][source]`` in -1, 0, 1, a state a list of -1 and 1.
"""

import math


def step(weights, state):
    """sign(W s), where 0 makes a gene inactive (Bernatskiy & Bongard 2015, authors' code)."""
    sums = [sum(w * s for w, s in zip(row, state, strict=True)) for row in weights]
    return [1 if total > 0 else -1 for total in sums]


def rest(weights, state, steps):
    """The state that does not change any more after at most so many steps, the last of which changes nothing; or None."""
    for _ in range(steps):
        after = step(weights, state)
        if after == state:
            return state
        state = after
    return None


def worth(reached, target):
    """(1 - D / n) ** 5 of a state that was reached; 0 where none was."""
    if reached is None:
        return 0.0
    n = len(target)
    share, found = sum(a == b for a, b in zip(reached, target, strict=True)) / n, 1.0
    for _ in range(5):
        found *= share
    return found


def fitness(weights, target, steps, perturbation=None):
    """1 - exp(-3 g): g over the n starts that differ in one gene, or over all starts by how probable they are."""
    n, mean = len(target), 0.0
    for number in range(2**n):
        start = [1 if (number >> k) & 1 else -1 for k in range(n)]
        distance = sum(a != b for a, b in zip(start, target, strict=True))
        if perturbation is None:
            weight = 1.0 / n if distance == 1 else 0.0
        else:
            weight = perturbation**distance * (1.0 - perturbation) ** (n - distance)
        if weight > 0.0:
            mean += weight * worth(rest(weights, start, steps), target)
    return -math.expm1(-3.0 * mean)


def sign(draw):
    return -1 if draw() < 0.5 else 1


def lose(places, draw):
    """Take one connection away; ``places`` are [weight] lists."""
    there = [place for place in places if place[0] != 0]
    there[int(draw() * len(there))][0] = 0


def gain(places, draw):
    """Add one connection."""
    free = [place for place in places if place[0] == 0]
    chosen = free[int(draw() * len(free))]
    chosen[0] = sign(draw)


def mutated(weights, draw, mutation, fixed=None):
    """A mutated copy; ``draw()`` gives numbers in [0, 1), ``fixed`` the shares (moved, insertions to deletions)."""
    n = len(weights)
    cells = [[[w] for w in row] for row in weights]
    for gene in range(n):
        if draw() >= mutation:
            continue
        if fixed is None:
            regulators = cells[gene]
            r = sum(place[0] != 0 for place in regulators)
            (lose if draw() < 4.0 * r / (4.0 * r + (n - r)) else gain)(regulators, draw)
            continue
        regulated = [row[gene] for row in cells]
        r = sum(place[0] != 0 for place in regulated)
        moved, ratio = fixed
        deletion = (1.0 - moved) / (ratio + 1.0)
        chance = draw()
        if chance < deletion and r > 0:
            lose(regulated, draw)
        elif chance < deletion + (1.0 - moved - deletion) and r < n:
            gain(regulated, draw)
        else:
            if r > 0:
                lose(regulated, draw)
            gain(regulated, draw)
    return [[place[0] for place in row] for row in cells]
