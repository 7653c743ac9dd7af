"""Oracle in plain Python for k-means: Lloyd's steps from greedy k-means++ starts, slow and literal.

`points[axis][node]`; `centres[cluster][axis]`; `labels[node]` is a cluster. Sums run over axes, or over
nodes, in ascending order. All randomness is `rng.random()`, in the order that the docstrings give.
"""

import math


def square(points, node, place):
    """Squared distance of a node from a place."""
    total = 0.0
    for row, value in zip(points, place, strict=True):
        total += (row[node] - value) * (row[node] - value)
    return total


def place_of(points, node):
    """The coordinates of a node."""
    return [row[node] for row in points]


def start(points, n_clusters, rng):
    """Greedy k-means++ (Arthur & Vassilvitskii 2007): the first centre is node int(rng.random() * n).

    For every further one 2 + int(log(n_clusters)) candidates are drawn, each by subtracting the squared
    distances from the nearest centre, node after node, from rng.random() * their sum until it is below the
    next one; the candidate is kept that leaves the smallest sum, the first of equals.
    """
    nodes = range(len(points[0]))
    centres = [place_of(points, int(rng.random() * len(nodes)))]
    nearest = [square(points, node, centres[0]) for node in nodes]
    while len(centres) < n_clusters:
        total = 0.0
        for value in nearest:
            total += value
        options = []
        for _ in range(2 + int(math.log(n_clusters))):
            left, node = rng.random() * total, 0
            while node < len(nodes) - 1 and left >= nearest[node]:
                left -= nearest[node]
                node += 1
            place = place_of(points, node)
            after = [min(square(points, other, place), nearest[other]) for other in nodes]
            potential = 0.0
            for value in after:
                potential += value
            options.append((potential, place, after))
        _, place, nearest = min(options, key=lambda option: option[0])
        centres.append(place)
    return centres


def assigned(points, centres):
    """The nearest centre of every node, the first of equals, and the squared distance from it."""
    labels, nearest = [], []
    for node in range(len(points[0])):
        distances = [square(points, node, centre) for centre in centres]
        nearest.append(min(distances))
        labels.append(distances.index(nearest[-1]))
    return labels, nearest


def filled(labels, nearest, n_clusters):
    """Clusters without nodes at the outset take, in turn, the node that is farthest from its centre."""
    labels, nearest = list(labels), list(nearest)
    for k in [k for k in range(n_clusters) if k not in labels]:
        farthest = nearest.index(max(nearest))
        if nearest[farthest] > 0.0:
            labels[farthest], nearest[farthest] = k, 0.0
    return labels


def moved(points, labels, centres):
    """Every centre at the mean of its nodes; one without nodes stays."""
    after = []
    for k, centre in enumerate(centres):
        members = [node for node, label in enumerate(labels) if label == k]
        sums = []
        for row in points:
            total = 0.0
            for node in members:
                total += row[node]
            sums.append(total)
        after.append([total / len(members) for total in sums] if members else centre)
    return after


def k_means(points, n_clusters, starts, rng, most_steps=300):
    """Sum of squares and labels of the best of so many starts, the first of equals (Lloyd 1982)."""
    best = (math.inf, [])
    for _ in range(starts):
        centres, labels = start(points, n_clusters, rng), None
        for _ in range(most_steps):
            before = labels
            labels, nearest = assigned(points, centres)
            if labels == before:
                break
            labels = filled(labels, nearest, n_clusters)
            centres = moved(points, labels, centres)
        total = 0.0
        for value in nearest:
            total += value
        if total < best[0]:
            best = (total, labels)
    return best
