"""Lexicase selection in plain Python: slow and literal; imports nothing of evomod."""


def lexicase(right, n_parents, draw):
    """Parents by cases ``right[individual][case]``; ``draw()`` gives the next number in [0, 1).

    Cases are drawn without replacement until those that are left agree in all cases; a draw for one of them.
    """
    places = list(range(len(right[0])))
    parents = []
    for _ in range(n_parents):
        left = list(range(len(right)))
        seen = 0
        while len({tuple(right[i]) for i in left}) > 1:
            other = seen + int(draw() * (len(places) - seen))
            case = places[other]
            places[other], places[seen] = places[seen], case
            seen += 1
            best = [i for i in left if right[i][case]]
            left = best or left
        parents.append(left[int(draw() * len(left))])
    return parents


def literal(right, draw_order):
    """The paper's words: for one parent, all cases in this order; everybody who is left."""
    left = list(range(len(right)))
    for case in draw_order:
        best = max(right[i][case] for i in left)
        left = [i for i in left if right[i][case] == best]
    return left


def map_elites(archive, offspring, ranges, bins):
    """The archive ``{cell: individual}`` after offspring, one by one: (fitness, descriptors, what it is)."""
    for individual in offspring:
        fitness, descriptors, _ = individual
        cell = []
        for value, (low, high), n in zip(descriptors, ranges, bins, strict=True):
            k = 0
            while k < n - 1 and value >= low + (k + 1) * (high - low) / n:
                k += 1
            cell.append(k)
        if tuple(cell) not in archive or fitness > archive[tuple(cell)][0]:
            archive[tuple(cell)] = individual
    return archive
