"""NSGA-II with objectives that take part in a comparison with a probability (PNSGA; Clune et al. 2013).

Every objective is maximised. All comparisons of one scan are independent draws, so the probability that
nobody dominates an individual is a product over the others, and one draw an individual has the same
distribution as one draw a comparison: 2000 draws instead of millions.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, n_bits, uniform

TINY = 2.0**-53  # the resolution of a drawn double: what is less likely cannot be drawn
LOG_TINY = -53.0 * np.log(2.0)
NEGLIGIBLE = 60.0
"""exp(-60) is 2**-86: a sum of 100,000 such odds does not change one of 1 in its last bit."""
MARGIN = 40.0
"""How far below what is negligible chances are looked up again in time, not after every front."""
NEAR = 32
"""Places that are looked at one by one before sets are made: most find who blocks them there."""
SIGN = np.uint64(2**63)
INFINITY = np.uint64(0x7FF0000000000000)
ZERO, ONE = np.uint64(0), np.uint64(1)
WORD = 64


@compiled
def tournament(objectives, p, crowding, contests, rng, winners):
    """Decide pairs of ``contests`` by (stochastic) dominance, then by crowding distance, then by coin."""
    for k in range(winners.size):
        a, b = contests[2 * k], contests[2 * k + 1]
        a_wins, b_wins = False, False
        for m in range(p.size):
            if p[m] >= 1.0 or (p[m] > 0.0 and uniform(rng) < p[m]):
                a_wins |= objectives[a, m] > objectives[b, m]
                b_wins |= objectives[a, m] < objectives[b, m]
        if a_wins == b_wins:
            a_wins = crowding[a] > crowding[b]
            if crowding[a] == crowding[b]:
                a_wins = uniform(rng) < 0.5
        winners[k] = a if a_wins else b


@compiled
def in_order(rows, count, ordered):
    """Write ``rows`` in ascending order; ``count[row + 1]`` is work space, 0 in the beginning."""
    for k in range(rows.size):
        count[rows[k] + 1] += 1
    for row in range(count.size - 1):
        count[row + 1] += count[row]
    for k in range(rows.size):
        ordered[count[rows[k]]] = rows[k]
        count[rows[k]] += 1


@compiled
def fronts(objectives, order, p, number, rng, spared, following, front):
    """Number the fronts of two objectives, the first always in, the second with probability p.

    ``order``: best first by objective 0, then by objective 1. Stops when ``number`` individuals have a
    front; the others keep -1. Against i, whoever is better in both dominates for certain, whoever is
    better in the first and worse in the second unless the second takes part (so i is spared with
    probability p), whoever is equal in the first and better in the second if it does (spared with 1-p).
    Work space: ``spared[2, individual + 1]``, chances to be spared by so many below and of the same level;
    ``following[individual]``, a linked list of places in ``order``.
    """
    n = order.size
    spared[0, 0] = spared[1, 0] = 1.0
    for k in range(n):
        spared[0, k + 1] = spared[0, k] * p
        spared[1, k + 1] = spared[1, k] * (1.0 - p)
        front[k] = -1
        following[k] = k + 1
    head, placed, current = 0, 0, 0
    while placed < number:
        before, k, found = -1, head, 0
        above, level_size, ahead = 0, 0, 0  # better in objective 0; same, seen; same and better in 1
        level, last, best_above, level_best = np.inf, np.inf, -np.inf, -np.inf
        while k < n:
            i = order[k]
            if objectives[i, 0] != level:
                above += level_size
                if level_best > best_above:
                    best_above = level_best
                if spared[0, above] < TINY:
                    break
                level, last, level_best = objectives[i, 0], objectives[i, 1], objectives[i, 1]
                level_size, ahead = 0, 0
            if objectives[i, 1] < last:
                ahead, last = level_size, objectives[i, 1]
            keep = spared[0, above] * spared[1, ahead]
            if best_above >= objectives[i, 1]:
                keep = 0.0
            if keep < TINY and spared[0, above + ahead] < TINY:
                break  # nobody after this one has a chance either
            level_size += 1
            after = following[k]
            if keep >= 1.0 or (keep >= TINY and uniform(rng) < keep):
                front[i] = current
                found += 1
                if before < 0:
                    head = after
                else:
                    following[before] = after
            else:
                before = k
            k = after
        placed += found
        current += found > 0


@inlined
def include(bits, place):
    """Put a place into a set."""
    bits[place >> 6] |= ONE << np.uint64(place & 63)


@compiled
def list_places(bits, places):
    """List the places of a set, in order, and empty it; returns how many."""
    n = 0
    for w in range(bits.size):
        bit = 0
        while bits[w] != ZERO:
            if (bits[w] >> np.uint64(bit)) & ONE != ZERO:
                places[n] = 64 * w + bit
                n += 1
                bits[w] &= ~(ONE << np.uint64(bit))
            bit += 1
    return n


@inlined
def merge(active, n_active, entering, n_entering, size, merged):
    """Merge two sorted lists of groups, without empty ones; returns how many."""
    n, a, e = 0, 0, 0
    while a < n_active or e < n_entering:
        is_old = a < n_active and (e == n_entering or active[a] < entering[e])
        merged[n] = active[a] if is_old else entering[e]
        n += size[merged[n]] > 0
        a, e = a + is_old, e + (not is_old)
    return n


@compiled
def spare_chances(p):
    """By code of `relate`: the chance that one who stands so to another does not dominate them."""
    spare = np.empty(3**p.size)
    for code in range(spare.size):
        no_worse, all_equal, rest = 1.0, 1.0, code
        for m in range(p.size - 1, -1, -1):
            digit, rest = rest % 3, rest // 3
            if digit == 0:
                no_worse *= 1.0 - p[m]
            if digit != 1:
                all_equal *= 1.0 - p[m]
        spare[code] = 1.0 - (no_worse - all_equal)
    return spare


@inlined
def fill_row(sorted_places, marks, step, m, number, row):
    """The first ``number`` of ``sorted_places[m]`` as a set, from the last of the sets ``marks[m, k]`` of step * k."""
    known = number // step
    for w in range(row.size):
        row[w] = marks[m, known, w]
    for t in range(known * step, number):
        k = sorted_places[m, t]
        row[k >> 6] |= ONE << np.uint64(k & 63)


@compiled
def rank_places(columns, orders, place, step, sorted_places, marks, better, no_worse):
    """Prepare sets of those that are better than one, by objective from the second on.

    Of ``columns[objective, place]``: ``sorted_places[m, rank]``, ``marks`` of `fill_row`, and how many are
    ``better[m, place]`` and ``no_worse[m, place]``.
    """
    n = place.size
    for m in range(1, columns.shape[0]):
        for t in range(n):
            sorted_places[m, t] = place[orders[m, t]]
        for t in range(n):
            k, last = sorted_places[m, t], sorted_places[m, t - 1]
            is_tie = t > 0 and columns[m, k] == columns[m, last]
            better[m, k] = better[m, last] if is_tie else t
        for t in range(n - 1, -1, -1):
            k, after = sorted_places[m, t], sorted_places[m, t + 1 if t + 1 < n else t]
            is_tie = t + 1 < n and columns[m, k] == columns[m, after]
            no_worse[m, k] = no_worse[m, after] if is_tie else t + 1
        for c in range(1, marks.shape[1]):
            for w in range(marks.shape[2]):
                marks[m, c, w] = marks[m, c - 1, w]
            for t in range((c - 1) * step, c * step):
                k = sorted_places[m, t]
                marks[m, c, k >> 6] |= ONE << np.uint64(k & 63)


@inlined
def below(w, place):
    """The bits of word w that stand for places before this one."""
    n = place - 64 * w
    if n <= 0:
        return ZERO
    return ~ZERO if n >= 64 else (ONE << np.uint64(n)) - ONE


@compiled
def find_blocker(k, start, level, p, sorted_places, marks, step, better, no_worse, alive, rows):
    """The last place before ``start`` of one alive who dominates k for certain; -1 if there is none.

    Certain is who is no worse in anything and better in an objective that always takes part. They stand
    before k; those before ``level``, where k's level of the first objective begins, are better in that.
    """
    n_objectives = p.size
    for j in range(start - 1, max(start - NEAR, 0) - 1, -1):
        if (alive[j >> 6] >> np.uint64(j & 63)) & ONE != ZERO:
            is_certain, is_better = True, j < level
            for m in range(1, n_objectives):
                is_certain &= better[m, j] <= better[m, k]
                is_better |= (better[m, j] < better[m, k]) & (p[m] >= 1.0)
            if is_certain and is_better:
                return j
    for m in range(1, n_objectives):
        fill_row(sorted_places, marks, step, m, no_worse[m, k], rows[m])
        fill_row(sorted_places, marks, step, m, better[m, k] if p[m] >= 1.0 else 0, rows[n_objectives])
        for w in range(alive.size):
            rows[0, w] = rows[n_objectives, w] | (rows[0, w] if m > 1 else ZERO)
    for w in range((start - 1) >> 6, -1, -1):
        found = alive[w] & below(w, start) & (below(w, level) | rows[0, w])
        for m in range(1, n_objectives):
            found &= rows[m, w]
        if found != ZERO:
            bit = 63
            while (found >> np.uint64(bit)) & ONE == ZERO:
                bit -= 1
            return 64 * w + bit
    return -1


@inlined
def count_like(alive, begin, end, digits, rows):
    """How many alive places from ``begin`` up to ``end`` stand by these digits: 0 worse, 1 equal, 2 better, 3 no worse.

    ``digits[objective]``, from the second on; ``rows``: who is no worse, by objective, then who is better.
    """
    n, n_objectives = 0, digits.size
    for w in range(begin >> 6, (end + 63) >> 6):
        found = alive[w] & below(w, end) & ~below(w, begin)
        for m in range(1, n_objectives):
            if digits[m] == 0:
                found &= ~rows[m, w]
            elif digits[m] == 1:
                found &= rows[m, w] & ~rows[n_objectives + m, w]
            else:
                found &= rows[m if digits[m] == 3 else n_objectives + m, w]
        n += n_bits(found)
    return n


@compiled
def count_threats(k, ends, log_spare, sorted_places, marks, step, better, no_worse, alive, digits, rows):
    """How many alive may dominate k, whom nobody dominates for certain; and the logarithm of k's chance.

    ``ends``: where k's level of the first objective begins and ends. ``log_spare[code]`` is 0 where k is spared
    for certain. Of those above it matters only in what they are worse. ``digits[objective]`` is work space.
    """
    n_objectives = digits.size
    n_codes = log_spare.size // 3
    for m in range(1, n_objectives):
        fill_row(sorted_places, marks, step, m, no_worse[m, k], rows[m])
        fill_row(sorted_places, marks, step, m, better[m, k], rows[n_objectives + m])
    n_threats, log_keep = 0, 0.0
    for code in range(n_codes, 3 * n_codes):  # equal in the first objective, or better
        is_above, rest, is_like_another = code >= 2 * n_codes, code, False
        for m in range(n_objectives - 1, 0, -1):
            digits[m], rest = rest % 3, rest // 3
            is_like_another |= is_above and digits[m] == 1
            if is_above and digits[m] == 2:
                digits[m] = 3
        if log_spare[code] != 0.0 and not is_like_another:
            begin, end = (0, ends[0]) if is_above else (ends[0], ends[1])
            n = count_like(alive, begin, end, digits, rows)
            n_threats += n
            log_keep += n * log_spare[code]
    return n_threats, log_keep


@inlined
def code_of(columns, j, k):
    """How j stands to k: a base-3 digit an objective, 0 worse, 1 equal, 2 better."""
    code = 0
    for m in range(columns.shape[0]):
        code = (
            3 * code
            + 1
            + np.int64(columns[m, j] > columns[m, k])
            - np.int64(columns[m, j] < columns[m, k])
        )
    return code


@compiled
def nth_of(bits, begin, number):
    """The ``number``-th place of a set from ``begin`` on, counted from 0."""
    w = begin >> 6
    word = bits[w] & ~below(w, begin)
    while number >= n_bits(word):
        number -= n_bits(word)
        w += 1
        word = bits[w]
    for _ in range(number):
        word &= word - ONE
    bit = 0
    while (word >> np.uint64(bit)) & ONE == ZERO:
        bit += 1
    return 64 * w + bit


@compiled
def choose_next(active, n_active, size, alive, log_keep, rng, odds):
    """Place of the first individual that the next scan with anybody spared would spare.

    Scanning again until somebody is spared has the same law, but would take for ever where all chances
    are small: the one after t others has probability keep times (1 - keep of each before it). A group of
    equals is a geometric sum; ``odds[active]`` is work space.
    """
    best, total, log_nobody = -np.inf, 0.0, 0.0
    for a in range(n_active):
        best = max(best, log_keep[active[a]])
    for a in range(n_active):
        g, odds[a] = active[a], 0.0
        if log_keep[g] > best - NEGLIGIBLE:
            keep, n = np.exp(log_keep[g]), size[g]
            if keep < TINY:
                odds[a] = n * np.exp(log_keep[g] - best + log_nobody)
            else:
                odds[a] = np.exp(log_nobody - best) * -np.expm1(n * np.log1p(-keep))
                log_nobody += n * np.log1p(-keep)
            total += odds[a]
    rest, last = uniform(rng) * total, -1
    for a in range(n_active):
        if odds[a] > 0.0 and (last < 0 or rest >= 0.0):
            last = a
            rest -= odds[a]
    g = active[last]
    keep, n, share = np.exp(log_keep[g]), size[g], (rest + odds[last]) / odds[last]
    if keep < TINY:
        number = np.int64(share * n)
    else:
        number = np.int64(np.log1p(share * np.expm1(n * np.log1p(-keep))) / np.log1p(-keep))
    return nth_of(alive, g, max(0, min(number, n - 1)))


@inlined
def scan(active, n_active, after, group_end, is_free, n_threats, log_keep, rng, found):
    """Draw who of those ``after`` a place is spared, into ``found``; returns how many."""
    n = 0
    for a in range(n_active):
        g = active[a]
        if n_threats[g] > 0 and log_keep[g] < LOG_TINY - 1e-9:
            continue
        keep = np.exp(log_keep[g]) if n_threats[g] > 0 else 1.0
        for k in range(g, group_end[g]):
            if k > after and is_free[k] and (keep >= 1.0 or uniform(rng) < keep):
                found[n] = k
                n += 1
    return n


@inlined
def prepare_places(columns, group, group_end, size, level):
    """By place: the first place of its group, and the group's end and size; where its level begins and ends."""
    n = group.size
    for k in range(n):
        is_same = k > 0
        for m in range(columns.shape[0]):
            is_same &= columns[m, k] == columns[m, k - 1]
        group[k] = group[k - 1] if is_same else k
        level[k, 0] = level[k - 1, 0] if k > 0 and columns[0, k] == columns[0, k - 1] else k
        group_end[group[k]] = k + 1
        size[group[k]] += 1
    for k in range(n - 1, -1, -1):
        level[k, 1] = level[k + 1, 1] if k + 1 < n and level[k + 1, 0] == level[k, 0] else k + 1


@compiled
def fronts_of_many(objectives, orders, p, number, rng, front):
    """``fronts`` for any number of objectives, each with its own probability; the first is always in.

    ``orders[objective, rank]``, the first best first by that objective, then by the others: a place is one
    in it, and nobody dominates those of a level before them. Those that are equal in everything are a group,
    known by its first place. Sets of places are bits, 64 a word.

    Whoever somebody alive dominates for certain has no chance and waits in the list of that blocker. All
    others are active, the logarithm of their chance kept up to date, as long as it is not negligible beside
    the best one; if it is, they sleep until so many are gone that it might be otherwise. Levels come in
    likewise, for where every other objective is uncertain a chance falls with the number of those above.
    """
    n, n_objectives = objectives.shape
    spare = spare_chances(p)
    log_spare, most_above, steepest = np.zeros(spare.size), 0.0, 0.0
    for code in range(spare.size):
        if 0.0 < spare[code] < 1.0:
            log_spare[code] = np.log(spare[code])
            steepest = max(steepest, -log_spare[code])
        if code >= 2 * (spare.size // 3):
            most_above = max(most_above, spare[code])
    log_above = np.log(most_above) if most_above > 0.0 else -np.inf
    columns, place = np.empty((n_objectives, n)), np.empty(n, np.int64)
    for k in range(n):
        place[orders[0, k]] = k
        front[k] = -1
        for m in range(n_objectives):
            columns[m, k] = objectives[orders[0, k], m]
    step, n_words = 64 * (1 + n // 32768), (n + 63) >> 6
    sorted_places = np.empty((n_objectives, n), np.int64)
    better, no_worse = np.empty((n_objectives, n), np.int64), np.empty((n_objectives, n), np.int64)
    marks = np.zeros((n_objectives, n // step + 1, n_words), np.uint64)
    rank_places(columns, orders, place, step, sorted_places, marks, better, no_worse)
    alive, rows = np.zeros(n_words, np.uint64), np.zeros((2 * n_objectives, n_words), np.uint64)
    for k in range(n):
        include(alive, k)
    is_free, group, level = np.ones(n, np.bool_), np.zeros(n, np.int64), np.zeros((n, 2), np.int64)
    group_end, size = np.zeros(n, np.int64), np.zeros(n, np.int64)
    prepare_places(columns, group, group_end, size, level)
    waiting, following, reach = np.full(n, -1), np.empty(n, np.int64), np.arange(n)  # by blocker
    wakes, since = (
        np.full(n + 1, -1),
        np.full(n, -1),
    )  # lists of sleepers, by when they wake; asleep since
    n_threats, log_keep = np.zeros(n, np.int64), np.zeros(n)
    active, merged, coming = np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(n_words, np.uint64)
    pending, entering, found = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    odds, digits = np.empty(n), np.empty(n_objectives, np.int64)
    n_active, n_found, n_open, placed, time, current, floor = 0, 0, 0, 0, 0, 0, -np.inf
    while placed < number:
        best, n_pending = -np.inf, 0
        for a in range(n_active):
            best = max(best, log_keep[active[a]] if size[active[a]] > 0 else -np.inf)
        for f in range(n_found):  # who waited for those of the last front
            g = group[found[f]]
            k = waiting[g] if size[g] == 0 else -1
            waiting[g] = -1 if size[g] == 0 else waiting[g]
            while k >= 0:
                pending[n_pending] = k
                n_pending += 1
                k = following[k]
        while time < placed:  # who might matter again by now
            time += 1
            k = wakes[time]
            while k >= 0:
                pending[n_pending] = k
                n_pending += 1
                k = following[k]
        q = 0
        while True:
            if q == n_pending and n_open < n:  # levels whose best chance is not negligible
                if best == -np.inf or (n_open - placed) * log_above >= best - NEGLIGIBLE:
                    q, n_pending, end = 0, 0, level[n_open, 1]
                    while n_open < end:
                        pending[n_pending] = n_open
                        n_pending += 1
                        n_open = group_end[n_open]
            if q == n_pending and best - NEGLIGIBLE < floor:  # it fell: sleepers might matter sooner
                q, n_pending, floor = 0, 0, best - NEGLIGIBLE - MARGIN
                for t in range(n + 1):
                    wakes[t] = -1
                for k in range(n_open):
                    if since[k] >= 0:
                        wake = placed
                        if best > -np.inf:
                            wake = since[k] + np.int64((floor - log_keep[k]) / steepest)
                        if wake <= placed:
                            pending[n_pending] = k
                            n_pending += 1
                        elif wake <= n:
                            following[k], wakes[wake] = wakes[wake], k
            if q == n_pending:
                break
            k = pending[q]
            q += 1
            blocker = -1
            if since[k] < 0:
                blocker = find_blocker(
                    k,
                    reach[k],
                    level[k, 0],
                    p,
                    sorted_places,
                    marks,
                    step,
                    better,
                    no_worse,
                    alive,
                    rows,
                )
            since[k] = -1
            if blocker >= 0:
                reach[k] = group[blocker]
                following[k], waiting[reach[k]] = waiting[reach[k]], k
                continue
            n_threats[k], log_keep[k] = count_threats(
                k, level[k], log_spare, sorted_places, marks, step, better, no_worse, alive, digits, rows
            )
            best = max(best, log_keep[k])
            include(coming, k)
        if best - NEGLIGIBLE > floor + 2.0 * MARGIN:
            floor = best - NEGLIGIBLE - MARGIN
        # Sleeping eight fronts pays for waking up.
        edge = min(floor, best - NEGLIGIBLE - MARGIN - 8.0 * steepest * n_found)
        n_active = merge(active, n_active, entering, list_places(coming, entering), size, merged)
        active, merged = merged, active
        n_awake = 0
        for a in range(n_active):
            k = active[a]
            active[n_awake] = k
            n_awake += log_keep[k] >= edge
            if log_keep[k] < edge:
                since[k], wake = placed, placed + 1 + np.int64((floor - log_keep[k]) / steepest)
                if wake <= n:
                    following[k], wakes[wake] = wakes[wake], k
        n_active = n_awake
        n_found = scan(active, n_active, -1, group_end, is_free, n_threats, log_keep, rng, found)
        if n_found == 0:
            first = choose_next(active, n_active, size, alive, log_keep, rng, odds)
            n_found = scan(active, n_active, first, group_end, is_free, n_threats, log_keep, rng, found)
            found[n_found] = first
            n_found += 1
        for f in range(n_found):
            k = found[f]
            front[orders[0, k]], is_free[k] = current, False
            alive[k >> 6] &= ~(ONE << np.uint64(k & 63))
            size[group[k]] -= 1
        placed += n_found
        current += 1
        for f in range(n_found if placed < number and steepest > 0.0 else 0):
            for a in range(n_active):
                change = log_spare[code_of(columns, found[f], active[a])]
                log_keep[active[a]] -= change
                n_threats[active[a]] -= change != 0.0


@compiled
def crowding(objectives, orders, front, ends, distance):
    """Crowding distance within every front (Deb et al. 2002; scaled as DEAP does).

    ``orders[objective, rank]`` sorts all individuals by that objective, largest first. One pass an
    objective serves all fronts at once; no front is sorted by itself. ``ends[4, front]`` is work space: first,
    last, one and two back.
    """
    n_counted, n = orders.shape
    n_fronts = 0
    for i in range(n):
        distance[i] = 0.0
        if front[i] >= n_fronts:
            n_fronts = front[i] + 1
    first, last, one_back, two_back = ends[0], ends[1], ends[2], ends[3]
    for m in range(n_counted):
        for f in range(n_fronts):
            first[f], one_back[f], two_back[f] = -1, -1, -1
        for k in range(n):
            f = front[orders[m, k]]
            if f >= 0:
                last[f] = orders[m, k]
                if first[f] < 0:
                    first[f] = orders[m, k]
        for k in range(n):
            i = orders[m, k]
            f = front[i]
            if f < 0:
                continue
            spread = n_counted * (objectives[first[f], m] - objectives[last[f], m])
            if two_back[f] >= 0 and spread > 0.0:
                distance[one_back[f]] += (objectives[two_back[f], m] - objectives[i, m]) / spread
            two_back[f], one_back[f] = one_back[f], i
        for f in range(n_fronts):
            if first[f] >= 0:
                distance[first[f]] = np.inf
                distance[last[f]] = np.inf


@inlined
def descending(word):
    """A key by which a float64, given as its bits, sorts from the largest down; NaN comes last.

    Subtracted, not inverted, so that the zeros at the end of a short number stay: the fewer bits vary, the
    more sorting is done at once.
    """
    if word << ONE == ZERO:
        word = ZERO  # -0.0 equals 0.0
    key = word if word & SIGN != ZERO else SIGN - word
    return ~ZERO if (word & ~SIGN) > INFINITY else key


@compiled
def pack_keys(bits, order, begin, words):
    """Put keys of descending value and places in ``order`` into ``words[place]``, for a sort of plain numbers.

    ``bits[individual]`` are those of the value, a float64. A word holds as many of the bits that vary as
    it has room for, from bit ``begin`` on; returns the bit after them, 64 when none is left.
    """
    n, varying = order.size, ZERO
    for k in range(n):
        words[k] = descending(bits[order[k]])
        varying |= words[k] ^ words[0]
    n_places = 0
    while n - 1 >> n_places > 0:
        n_places += 1
    low = begin
    while low < WORD and (varying >> np.uint64(low)) & ONE == ZERO:
        low += 1
    end = low + WORD - n_places
    if end >= WORD or varying >> np.uint64(end) == ZERO:
        end = WORD
    down, up = np.uint64(low), np.uint64(n_places)
    for k in range(n):
        key = words[k] >> down if low < WORD else ZERO
        words[k] = (key << up) | np.uint64(k)
    return end


@compiled
def unpack_places(words, before, order):
    """The order that sorted ``words`` of `pack_keys` stand for, ``before`` being the one they were made of."""
    mask = ONE
    while mask < np.uint64(words.size):
        mask <<= ONE
    mask -= ONE
    for k in range(words.size):
        order[k] = before[np.int64(words[k] & mask)]


@compiled
def levels(objectives, order, number, front, distance):
    """`fronts` and `crowding` of one objective: a front is all of one value. Returns the size of all, and before the last.

    ``order``: best first. Only the first and the last of a front stand apart.
    """
    n_before, n = 0, 0
    for k in range(order.size):
        front[order[k]], distance[order[k]] = -1, 0.0
    current = -1
    while n < number:
        n_before, value = n, objectives[order[n], 0]
        current += 1
        front[order[n]] = current
        n += 1
        while n < order.size and objectives[order[n], 0] == value:
            front[order[n]] = current
            n += 1
        distance[order[n_before]] = distance[order[n - 1]] = np.inf
    return n, n_before


@compiled
def list_fronts(order, front, counts, rows):
    """List those of ``order`` that have a front, front by front; returns how many, and before the last front.

    Within a front they keep their order. ``counts[front + 1]`` is work space.
    """
    for f in range(counts.size):
        counts[f] = 0
    last = 0
    for k in range(order.size):
        f = front[order[k]]
        if f >= 0:
            counts[f + 1] += 1
            if f > last:
                last = f
    for f in range(last + 1):
        counts[f + 1] += counts[f]
    n_before, n = counts[last], counts[last + 1]
    for k in range(order.size):
        f = front[order[k]]
        if f >= 0:
            rows[counts[f]] = order[k]
            counts[f] += 1
    return n, n_before


@compiled
def best_row(objectives, front):
    """Of the first front the best in objective 0, then in the next, then the first row; -1 without a front."""
    best = -1
    for i in range(front.size):
        if front[i] == 0:
            wins = best < 0
            for m in range(objectives.shape[1]):
                if wins or objectives[i, m] < objectives[best, m]:
                    break
                wins = objectives[i, m] > objectives[best, m]
            if wins:
                best = i
    return best


@inlined
def edge_of(values, others, number):
    """The ``number``-th largest of ``values``; both arrays are work space (quickselect).

    What is larger and what is smaller than the pivot is listed without a branch, which would be guessed
    wrong every other time; many equal values, the ordinary case here, cost nothing.
    """
    n, wanted = values.size, number
    while True:
        a, b, c = values[0], values[n // 2], values[n - 1]
        pivot = max(min(a, b), min(max(a, b), c))
        n_larger, n_smaller = 0, 0
        for k in range(n):
            value = values[k]
            values[n_larger] = value
            n_larger += value > pivot
            others[n_smaller] = value
            n_smaller += value < pivot
        if wanted <= n_larger:
            n = n_larger
        elif wanted > n - n_smaller:
            wanted -= n - n_smaller
            n = n_smaller
            values, others = others, values
        else:
            return pivot


@compiled
def elite(fitness, number, draws, rows):
    """List the ``number`` fittest, in the order of their rows.

    Among those that equal the last of them every choice is equally likely (selection sampling, by
    ``draws[individual]`` in [0, 1)).
    """
    edge = edge_of(fitness.copy(), np.empty(fitness.size), number)
    above, level = 0, 0
    for i in range(fitness.size):
        above += fitness[i] > edge
        level += fitness[i] == edge
    wanted, n = number - above, 0
    for i in range(fitness.size):
        if n == number:
            break
        is_level = fitness[i] == edge
        taken = (fitness[i] > edge) | (is_level & (draws[i] * level < wanted))
        rows[n] = i  # it stays if taken: 3 us less than a branch
        n += taken
        wanted -= is_level & taken
        level -= is_level
