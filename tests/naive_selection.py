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


def front(objectives, probabilities, draw):
    """Rows that no other dominates (Bernatskiy & Bongard 2015, authors' code), the later row being the newer one.

    ``draw()`` gives numbers in [0, 1): for every objective that does not always take part one for each ordered pair.
    """
    n = len(objectives)
    counts = []
    for probability in probabilities:
        always = probability >= 1.0
        counts.append([[always or draw() < probability for _ in range(n)] for _ in range(n)])
    kept = []
    for i in range(n):
        dominated = False
        for j in range(n):
            compared = [k for k in range(len(probabilities)) if counts[k][i][j]]
            pairs = [(objectives[i][k], objectives[j][k]) for k in compared]
            if any(mine > theirs for mine, theirs in pairs):
                continue
            is_worse = any(mine < theirs for mine, theirs in pairs)
            dominated |= is_worse or (len(compared) == len(probabilities) and j > i)
        if not dominated:
            kept.append(i)
    return kept or front(objectives, [1.0] * len(probabilities), draw)


def proportional(fitness, draw):
    """Parents, one for each individual, with a chance in proportion to fitness (below 0: none; nobody above: all alike)."""
    shares = [max(f, 0.0) for f in fitness]
    if sum(shares) == 0.0:
        shares = [1.0] * len(fitness)
    sums, total = [], 0.0
    for share in shares:
        total += share
        sums.append(total)
    parents = []
    for _ in fitness:
        at = draw() * total
        parents.append(min(sum(s <= at for s in sums), len(sums) - 1))
    return parents
