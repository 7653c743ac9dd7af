"""Fronts of any number of objectives, each of which takes part in a comparison with a probability of its own.

The same law as ``fronts`` of `selection`, for which two objectives and a sort are enough. Here an individual's
threats are counted in sets of places, 64 a word.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, n_bits, uniform, unmanaged
from evomod.kernels.vectors import both, highest, is_any, load

TINY = 2.0**-53  # the resolution of a drawn double: what is less likely cannot be drawn
LOG_TINY = -53.0 * np.log(2.0)
NEGLIGIBLE = 60.0
"""exp(-60) is 2**-86: a sum of 100,000 such odds does not change one of 1 in its last bit."""
MARGIN = 40.0
"""How far below what is negligible chances are looked up again in time, not after every front."""
NEAR = 8
"""Places that are looked at one by one before sets are made: most find who blocks them there."""
FOUR = 4
"""Words in a register."""
ZERO, ONE = np.uint64(0), np.uint64(1)


@inlined
def include(bits, place):
    """Put a place into a set."""
    bits[place >> 6] |= ONE << np.uint64(place & 63)


@compiled
def list_places(bits, places):
    """List the places of a set, in order, and empty it; returns how many."""
    n = 0
    for w in range(bits.size):
        word = bits[w]
        bits[w] = ZERO
        while word != ZERO:
            lowest = word & (~word + ONE)
            places[n] = 64 * w + n_bits(lowest - ONE)
            n += 1
            word ^= lowest
    return n


@inlined
def merge(active, n_active, entering, n_entering, merged):
    """Merge two sorted lists; returns how many."""
    a, e = 0, 0
    for n in range(n_active + n_entering):
        is_old = a < n_active and (e == n_entering or active[a] < entering[e])
        merged[n] = active[a] if is_old else entering[e]
        a, e = a + is_old, e + (not is_old)
    return n_active + n_entering


@compiled
def spare_chances(p):
    """The chance that one does not dominate another, by how they stand to them.

    That is a base-3 digit an objective, the first objective's the highest: 0 worse, 1 equal, 2 better.
    """
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
def fill_row(sorted_places, marks, step, m, number, first, end, row):
    """The first ``number`` of ``sorted_places[m]`` as a set, in the words from ``first`` up to ``end`` of ``row``.

    It is made from the nearest of the sets ``marks[m, k]`` of step * k. Other words of ``row`` are not to be read.
    """
    mark = (number + step // 2) // step
    known = min(mark * step, sorted_places.shape[1])
    part, known_part = row[first:end], marks[m, mark, first:end]
    for w in range(part.size):
        part[w] = known_part[w]
    for t in range(min(known, number), max(known, number)):
        k = sorted_places[m, t]
        row[k >> 6] ^= ONE << np.uint64(k & 63)


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
            for t in range((c - 1) * step, min(c * step, n)):
                k = sorted_places[m, t]
                marks[m, c, k >> 6] |= ONE << np.uint64(k & 63)


@inlined
def below(w, place):
    """The bits of word w that stand for places before this one."""
    n = place - 64 * w
    if n <= 0:
        return ZERO
    return ~ZERO if n >= 64 else (ONE << np.uint64(n)) - ONE


@inlined
def is_blocker(j, k, level, p, better):
    """Whether j, who stands before k, dominates k for certain.

    Certain is who is no worse in anything and better in an objective that always takes part; those before
    ``level``, where k's level of the first objective begins, are better in that.
    """
    is_certain, is_better = True, j < level
    for m in range(1, p.size):
        is_certain &= better[m, j] <= better[m, k]
        is_better |= (better[m, j] < better[m, k]) & (p[m] >= 1.0)
    return is_certain & is_better


@inlined
def may_block(w, k, level, p, marks, shift, better, no_worse):
    """The bits of word w of those who may be a blocker of k, up to ``1 << shift`` ranks too many by objective."""
    found, is_better = ~ZERO, below(w, level)
    for m in range(1, p.size):
        found &= marks[m, (no_worse[m, k] + (1 << shift) - 1) >> shift, w]
        if p[m] >= 1.0:
            is_better |= marks[m, (better[m, k] + (1 << shift) - 1) >> shift, w]
    return found & is_better


@inlined
def is_none(w, k, n_objectives, marks, shift, no_worse, alive):
    """Whether nobody alive in four words from w on, who all are better in the first objective, may be no worse in the others.

    A set is 313 words where 20,000 are ranked: one by one they took a quarter of the time of all fronts.
    """
    found = load(alive, w)
    for m in range(1, n_objectives):
        mark = (no_worse[m, k] + (1 << shift) - 1) >> shift
        found = both(found, load(marks, (m * marks.shape[1] + mark) * marks.shape[2] + w))
    return not is_any(found)


@unmanaged
def find_blocker(k, start, level, p, marks, shift, better, no_worse, alive):
    """The last place before ``start`` of one alive who dominates k for certain; -1 if there is none.

    The nearest are looked at one by one, the others 64 at once, and those who may be one again.
    """
    near = max(start - NEAR, 0)
    for j in range(start - 1, near - 1, -1):
        is_alive = (alive[j >> 6] >> np.uint64(j & 63)) & ONE != ZERO
        if is_alive and is_blocker(j, k, level, p, better):
            return j
    w = (near - 1) >> 6
    while w >= 0:
        first = w + 1 - FOUR
        are_better = first >= 0 and 64 * (w + 1) <= level
        if are_better and is_none(first, k, p.size, marks, shift, no_worse, alive):
            w = first - 1
            continue
        found = alive[w] & below(w, near) & may_block(w, k, level, p, marks, shift, better, no_worse)
        while found != ZERO:
            j = 64 * w + highest(found)
            if is_blocker(j, k, level, p, better):
                return j
            found &= ~(ONE << np.uint64(j & 63))
        w -= 1
    return -1


@inlined
def count_by_digits(alive, begin, end, base, rows, counts, sets):
    """How many alive places from ``begin`` up to ``end`` stand how to another, ``counts[digits]``.

    The index has a digit below ``base`` an objective from the second on, that one's the highest: 0 for worse, 1 for no
    worse or, with base 3, for equal, 2 for better. ``rows``: who is no worse, by objective, then who is better. First
    the sets of those who are so at least, one AND each; then those who are more are taken off, objective by
    objective. ``sets[digits, word]`` is work space.
    """
    n_objectives, low, high = rows.shape[0] // 2, begin >> 6, (end + 63) >> 6
    everybody, size = sets[0, low:high], high - low
    for w in range(size):
        everybody[w] = alive[low + w]
    everybody[0] &= ~below(low, begin)
    everybody[size - 1] &= below(high - 1, end)
    n = 0
    for w in range(size):
        n += n_bits(everybody[w])
    counts[0] = n
    known = 1
    for m in range(n_objectives - 1, 0, -1):
        for digit in range(1, base):
            row = rows[m if digit == 1 else n_objectives + m, low:high]
            for rest in range(known):
                of, made, n = sets[rest, low:high], sets[digit * known + rest, low:high], 0
                for w in range(size):
                    word = of[w] & row[w]
                    made[w] = word
                    n += n_bits(word)
                counts[digit * known + rest] = n
        known *= base
    step = 1
    while step < known:
        for digits in range(known):
            if digits // step % base < base - 1:
                counts[digits] -= counts[digits + step]
        step *= base


@unmanaged
def count_threats(
    k, ends, log_spare, sorted_places, marks, step, better, no_worse, alive, rows, counts, sets
):
    """How many alive may dominate k, whom nobody dominates for certain; and the logarithm of k's chance.

    ``ends``: where k's level of the first objective begins and ends. ``log_spare[code]`` is 0 where k is spared
    for certain. Of those above it matters only in what they are worse. ``rows``, ``counts`` and ``sets`` are work space,
    see `count_by_digits`.
    """
    n_objectives, n_codes = rows.shape[0] // 2, log_spare.size // 3
    low, high = ends[0] >> 6, (ends[1] + 63) >> 6
    for m in range(1, n_objectives):
        fill_row(sorted_places, marks, step, m, no_worse[m, k], 0, high, rows[m])
        fill_row(sorted_places, marks, step, m, better[m, k], low, high, rows[n_objectives + m])
    n_threats, log_keep = 0, 0.0
    for relation in range(1, 3):  # equal in the first objective, or better
        begin, end, base = (ends[0], ends[1], 3) if relation == 1 else (0, ends[0], 2)
        if begin == end:
            continue
        count_by_digits(alive, begin, end, base, rows, counts, sets)
        for chosen in range(base ** (n_objectives - 1)):
            code, rest, place = relation * n_codes, chosen, 1
            while rest > 0:
                code += place * (rest % base * 2 // (base - 1))
                rest, place = rest // base, 3 * place
            if log_spare[code] != 0.0:
                n_threats += counts[chosen]
                log_keep += counts[chosen] * log_spare[code]
    return n_threats, log_keep


@inlined
def forget(found, n_found, active, n_active, columns, log_spare, log_keep, n_threats, beside, work):
    """Take those found, one after the other, off the threats and the chances of the active.

    One found was no threat to those before its level of the first objective. The differences that make up one chance
    are taken in turn, those of eight chances side by side: in a third of the time of chance after chance. Work space:
    ``beside[objective, active]``; two rows of numbers ``work[0][row, active]``, two of integers ``work[1]``.
    """
    chances, threats = work[0][0], work[1][0]
    for a in range(n_active):
        chances[a], threats[a] = log_keep[active[a]], n_threats[active[a]]
        for m in range(columns.shape[0]):
            beside[m, a] = columns[m, active[a]]
    start = 0
    for f in range(n_found):
        while start < n_active and beside[0, start] > columns[0, found[f]]:
            start += 1
        # The last one found may be the first of all, see `choose_next`.
        while start > 0 and beside[0, start - 1] <= columns[0, found[f]]:
            start -= 1
        changes, codes = work[0][1, start:n_active], work[1][1, start:n_active]
        for a in range(codes.size):
            codes[a] = 0
        for m in range(columns.shape[0]):  # how the one found stands to each
            value, column = columns[m, found[f]], beside[m, start:n_active]
            for a in range(codes.size):
                codes[a] = 3 * codes[a] + 1 + np.int64(value > column[a]) - np.int64(value < column[a])
        their_chances, their_threats = chances[start:n_active], threats[start:n_active]
        for a in range(codes.size):
            changes[a] = log_spare[np.uint64(codes[a])]
        for a in range(codes.size):
            their_chances[a] -= changes[a]
            their_threats[a] -= np.int64(changes[a] != 0.0)
    for a in range(n_active):
        log_keep[active[a]], n_threats[active[a]] = chances[a], threats[a]


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
    shift, n_words = 6, (n + 63) >> 6
    while n >> shift > 256:
        shift += 1
    step = 1 << shift
    sorted_places = np.empty((n_objectives, n), np.int64)
    better, no_worse = np.empty((n_objectives, n), np.int64), np.empty((n_objectives, n), np.int64)
    marks = np.zeros((n_objectives, n // step + 2, n_words), np.uint64)
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
    counts = np.empty(3 ** (n_objectives - 1), np.int64)
    sets = np.empty((counts.size, n_words), np.uint64)
    odds, beside, work = (
        np.empty(n),
        np.empty((n_objectives, n)),
        (np.empty((2, n)), np.empty((2, n), np.int64)),
    )
    n_active, n_coming, n_found, n_open = 0, 0, 0, 0
    placed, time, current, floor = 0, 0, 0, -np.inf
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
                    k, reach[k], level[k, 0], p, marks, shift, better, no_worse, alive
                )
            since[k] = -1
            if blocker >= 0:
                reach[k] = group[blocker]
                following[k], waiting[reach[k]] = waiting[reach[k]], k
                continue
            n_threats[k], log_keep[k] = count_threats(
                k,
                level[k],
                log_spare,
                sorted_places,
                marks,
                step,
                better,
                no_worse,
                alive,
                rows,
                counts,
                sets,
            )
            best = max(best, log_keep[k])
            include(coming, k)
            n_coming += 1
        if best - NEGLIGIBLE > floor + 2.0 * MARGIN:
            floor = best - NEGLIGIBLE - MARGIN
        # Waking up costs as much as staying awake for some thirty fronts.
        edge = min(floor, best - NEGLIGIBLE - MARGIN - 32.0 * steepest * n_found)
        if n_coming > 0:
            n_active = merge(active, n_active, entering, list_places(coming, entering), merged)
            active, merged, n_coming = merged, active, 0
        n_awake = 0
        for a in range(n_active):
            k = active[a]
            active[n_awake] = k
            n_awake += (log_keep[k] >= edge) & (size[k] > 0)
            if log_keep[k] < edge and size[k] > 0:
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
        if placed < number and steepest > 0.0:
            forget(
                found, n_found, active, n_active, columns, log_spare, log_keep, n_threats, beside, work
            )
