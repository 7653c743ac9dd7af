"""A partition of high modularity of a sparse graph: moves, merges, and kicks out of local optima.

What is maximised is the sum, over pairs of nodes of a module, of ``scale * link`` less what the strengths of
nodes let expect; of a graph whose connections count 1 these are whole numbers, m^2 Q, and therefore exact.
A search costs what it touches: a kick changes a few modules, and nothing else is looked at.

The neighbours of a node are ``near[first[node] : first[node + 1]]``, by weights both ways ``link``. A node has
``strength[side]``, the weights out of it and into it, ``[2]`` and ``[3]`` those of negative weights if there
are any; ``price[kind]`` is what a product of strengths costs. Arrays are arguments one by one: in a tuple,
each access would count references, which makes a search ten times as slow.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform

LARGE = 100  # members beyond which a module that a kick changed is not merged: the look at all of them costs more
SMALL, EVERY = 25, 4  # a larger one only after every fourth kick: a tenth less time, Q within 0.4 %
DISSOLVE = 0.05  # share of the kicks that take a whole module apart


@inlined
def wait(one, queue, is_waiting, waiting):
    """Put a node or module at the end of a queue unless it is in it; ``waiting``: first place and number."""
    if not is_waiting[one]:
        is_waiting[one] = True
        place = waiting[0] + waiting[1]
        if place >= queue.size:
            place -= queue.size
        queue[place] = one
        waiting[1] += 1


@inlined
def next_of(queue, is_waiting, waiting):
    """Take the first of a queue that is not empty."""
    one = queue[waiting[0]]
    waiting[0] = waiting[0] + 1 if waiting[0] + 1 < queue.size else 0
    waiting[1] -= 1
    is_waiting[one] = False
    return one


@inlined
def note(one, listed, is_listed, counts, which):
    """Add a number to a list unless it is in it; ``counts[which]`` is the list's length."""
    if not is_listed[one]:
        is_listed[one] = True
        listed[counts[which]] = one
        counts[which] += 1


@inlined
def put(
    node,
    to,
    strength,
    module,
    size,
    total,
    member,
    after,
    before,
    empty,
    is_empty,
    changed,
    is_changed,
    counts,
):
    """Move a node into a module; it becomes the first of its members, and is noted as changed."""
    was, next_, last = module[node], after[node], before[node]
    if last >= 0:
        after[last] = next_
    else:
        member[was] = next_
    if next_ >= 0:
        before[next_] = last
    before[node] = -1
    after[node] = member[to]
    if member[to] >= 0:
        before[member[to]] = node
    member[to] = node
    size[was] -= 1
    size[to] += 1
    for side in range(strength.shape[0]):
        total[side, was] -= strength[side, node]
        total[side, to] += strength[side, node]
    module[node] = to
    if size[was] == 0:
        for side in range(strength.shape[0]):
            total[side, was] = 0.0
        note(was, empty, is_empty, counts, 0)
    note(node, changed, is_changed, counts, 1)


@inlined
def empty_module(size, empty, is_empty, counts):
    """The number of a module without nodes, the one that was emptied last; there is one, as a module has two."""
    while size[empty[counts[0] - 1]] > 0:
        counts[0] -= 1
        is_empty[empty[counts[0]]] = False
    return empty[counts[0] - 1]


@inlined
def link_up(node, first, near, link, module, weight, is_seen, seen, n_seen):
    """Add a node's weights to ``weight[module]``, 0 before, and new modules to ``seen``; returns their number.

    Without branches, which are guessed wrong: a tenth of the time of a search. ``seen`` has one place more.
    """
    for k in range(first[node], first[node + 1]):
        to = module[near[k]]
        seen[n_seen] = to
        n_seen += not is_seen[to]
        is_seen[to] = True
        weight[to] += link[k]
    return n_seen


@inlined
def all_modules(size, weight, is_seen, seen):
    """List every module: with negative weights one without a connection to a node may gain too."""
    n_seen = 0
    for k in range(size.size):
        if size[k] > 0:
            is_seen[k] = True
            seen[n_seen] = k
            n_seen += 1
    return n_seen


@inlined
def share(node, first, near, link, strength, price, scale, module, total):
    """What a node is worth to the rest of its module."""
    at, found = module[node], 0.0
    for k in range(first[node], first[node + 1]):
        if module[near[k]] == at:
            found += scale * link[k]
    for kind in range(price.size):
        out, into = strength[2 * kind, node], strength[2 * kind + 1, node]
        found -= price[kind] * (
            out * (total[2 * kind + 1, at] - into) + into * (total[2 * kind, at] - out)
        )
    return found


@compiled
def settle(
    first, near, link, strength, price, scale, tiny, module, size, total, member, after, before, empty, is_empty,
    changed, is_changed, counts, queue, is_waiting, waiting, touched, is_touched, merging, weight, is_seen, seen, largest,
):  # fmt: skip
    """Moves of the nodes that wait, then merges of the modules that changed, until none gains; the gain in all.

    A node goes to the module, perhaps an empty one, that gains most by it, the first of equals; its neighbours
    elsewhere wait then. A module that changed is merged with the one that gains most by it.
    """
    whole, n_kinds = 0.0, price.size
    while True:
        while waiting[1] > 0:
            node = next_of(queue, is_waiting, waiting)
            at, n_seen = module[node], 0
            if n_kinds > 1:
                n_seen = all_modules(size, weight, is_seen, seen)
            if not is_seen[at]:
                is_seen[at] = True
                seen[n_seen] = at
                n_seen += 1
            n_seen = link_up(node, first, near, link, module, weight, is_seen, seen, n_seen)
            out, into = strength[0, node], strength[1, node]
            stay = scale * weight[at]
            stay -= price[0] * (out * (total[1, at] - into) + into * (total[0, at] - out))
            if n_kinds > 1:
                out2, into2 = strength[2, node], strength[3, node]
                stay -= price[1] * (out2 * (total[3, at] - into2) + into2 * (total[2, at] - out2))
            most, best = tiny + stay, at
            for k in range(n_seen):
                to = seen[k]
                is_seen[to] = False
                gain = scale * weight[to] - price[0] * (out * total[1, to] + into * total[0, to])
                weight[to] = 0.0
                if n_kinds > 1:
                    gain -= price[1] * (out2 * total[3, to] + into2 * total[2, to])
                if to != at and gain > most:
                    most, best = gain, to
            if most < 0.0 and size[at] > 1:
                most, best = 0.0, empty_module(size, empty, is_empty, counts)
            if best == at:
                continue
            whole += most - stay
            put(
                node, best, strength, module, size, total, member, after, before, empty, is_empty, changed,
                is_changed, counts,
            )  # fmt: skip
            wait(at, touched, is_touched, merging)
            wait(best, touched, is_touched, merging)
            for k in range(first[node], first[node + 1]):
                if module[near[k]] != best:
                    wait(near[k], queue, is_waiting, waiting)
        if merging[1] == 0:
            return whole
        one = next_of(touched, is_touched, merging)
        if size[one] == 0 or size[one] > largest:
            continue
        n_seen = all_modules(size, weight, is_seen, seen) if n_kinds > 1 else 0
        node = member[one]
        while node >= 0:
            n_seen = link_up(node, first, near, link, module, weight, is_seen, seen, n_seen)
            node = after[node]
        most, best = tiny, -1
        for k in range(n_seen):
            to = seen[k]
            is_seen[to] = False
            gain = scale * weight[to] - price[0] * (
                total[0, one] * total[1, to] + total[1, one] * total[0, to]
            )
            weight[to] = 0.0
            if n_kinds > 1:
                gain -= price[1] * (total[2, one] * total[3, to] + total[3, one] * total[2, to])
            if to != one and gain > most:
                most, best = gain, to
        if best < 0:
            continue
        whole += most
        if size[one] > size[best]:
            one, best = best, one
        while member[one] >= 0:
            node = member[one]
            put(
                node, best, strength, module, size, total, member, after, before, empty, is_empty, changed,
                is_changed, counts,
            )  # fmt: skip
            for k in range(first[node], first[node + 1]):
                if module[near[k]] != best and module[near[k]] != one:
                    wait(near[k], queue, is_waiting, waiting)
        wait(best, touched, is_touched, merging)


@inlined
def leave(
    node, to, first, near, strength, module, size, total, member, after, before, empty, is_empty, changed,
    is_changed, counts, queue, is_waiting, waiting, touched, is_touched, merging,
):  # fmt: skip
    """A kicked node goes into a module, whatever it gains; its neighbours wait, and it waits behind them.

    Were it first, it would often go back before a neighbour can follow or leave: in 240 random graphs Q was lower by
    0.02 % in the mean.
    """
    wait(module[node], touched, is_touched, merging)
    wait(to, touched, is_touched, merging)
    put(
        node, to, strength, module, size, total, member, after, before, empty, is_empty, changed, is_changed,
        counts,
    )  # fmt: skip
    for k in range(first[node], first[node + 1]):
        wait(near[k], queue, is_waiting, waiting)
    wait(node, queue, is_waiting, waiting)


@inlined
def worth(first, near, link, strength, price, scale, module, total):
    """What a partition is worth beyond every node alone: the sum over pairs of nodes of a module."""
    whole = 0.0
    for node in range(module.size):
        whole += 0.5 * share(node, first, near, link, strength, price, scale, module, total)
    return whole


@compiled
def search(first, near, link, strength, price, scale, tiny, worse, largest, rounds, rng, modules):
    """Iterated local search from ``modules[node]``, which become the best that is found; returns its worth.

    First all nodes wait, in random order, and modules of at most ``largest`` members are merged (0: none). A round: a node, drawn, goes with each neighbour at probability
    1/2 into a drawn neighbour's module, or an empty one where that is its own; or its module falls into
    single nodes. Then `settle`. What comes out is kept if it is not worse than before by more than the
    allowance of the round, which falls from ``worse`` to 0 in a straight line. ``tiny``: a gain below it is none.
    Draws: one double a node for the first order; three a round, and one a neighbour of a node that is kicked.
    """
    n = modules.size
    module, size, total = modules.copy(), np.zeros(n, np.int64), np.zeros(strength.shape)
    member, after, before = np.full(n, -1), np.full(n, -1), np.full(n, -1)
    empty, changed, queue, touched = modules.copy(), modules.copy(), modules.copy(), modules.copy()
    seen, kept = np.empty(n + 1, np.int64), modules.copy()
    waiting, merging, counts = np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64)
    flags, weight = np.zeros((5, n), np.bool_), np.zeros(n)
    is_empty, is_changed, is_waiting, is_touched, is_seen = (
        flags[0],
        flags[1],
        flags[2],
        flags[3],
        flags[4],
    )
    for node in range(n):
        k = module[node]
        after[node] = member[k]
        if member[k] >= 0:
            before[member[k]] = node
        member[k] = node
        size[k] += 1
        for side in range(strength.shape[0]):
            total[side, k] += strength[side, node]
        seen[node] = node
    for k in range(n - 1, -1, -1):
        if size[k] == 0:
            note(k, empty, is_empty, counts, 0)
        else:
            wait(k, touched, is_touched, merging)
        other = int(uniform(rng) * (k + 1))
        seen[k], seen[other] = seen[other], seen[k]
        wait(seen[k], queue, is_waiting, waiting)
    value = worth(first, near, link, strength, price, scale, module, total)
    best = kept_value = value
    for number in range(rounds + 1):
        if number > 0:
            middle = int(uniform(rng) * n)
            is_whole, drawn = uniform(rng) < DISSOLVE, uniform(rng)
            degree, to = first[middle + 1] - first[middle], module[middle]
            if price.size > 1 and not is_whole:
                to = module[int(drawn * n)]
            elif degree > 0 and not is_whole:
                to = module[near[first[middle] + int(drawn * degree)]]
            node, k = middle, first[middle] - 1
            if is_whole:
                node = member[module[middle]]
            if to == module[middle] and size[to] > 1:
                to = empty_module(size, empty, is_empty, counts)
            n_kicked = 0
            while node >= 0:
                n_kicked += 1
                following = after[node] if is_whole and n_kicked < LARGE else -1
                if is_whole:
                    to = module[node]
                    if size[to] > 1:
                        to = empty_module(size, empty, is_empty, counts)
                if module[node] != to:
                    value -= share(node, first, near, link, strength, price, scale, module, total)
                    leave(
                        node, to, first, near, strength, module, size, total, member, after, before, empty, is_empty,
                        changed, is_changed, counts, queue, is_waiting, waiting, touched, is_touched, merging,
                    )  # fmt: skip
                    value += share(node, first, near, link, strength, price, scale, module, total)
                node = following
                while not is_whole and node < 0 and k + 1 < first[middle + 1]:
                    k += 1
                    if uniform(rng) < 0.5:
                        node = near[k]
        value += settle(
            first, near, link, strength, price, scale, tiny, module, size, total, member, after, before, empty,
            is_empty, changed, is_changed, counts, queue, is_waiting, waiting, touched, is_touched, merging, weight, is_seen, seen,
            largest if number == 0 else (LARGE if number % EVERY == 0 else SMALL),
        )  # fmt: skip
        if value > best + tiny or number == 0:
            best = value
            for node in range(n):
                modules[node] = module[node]
        allowed = worse * (1.0 - number / (rounds + 1)) + tiny
        is_kept = value >= kept_value - allowed or number == 0
        n_changed = counts[1]
        for k in range(n_changed):
            node = changed[k]
            if is_kept:
                kept[node] = module[node]
            elif module[node] != kept[node]:
                put(
                    node, kept[node], strength, module, size, total, member, after, before, empty, is_empty,
                    changed, is_changed, counts,
                )  # fmt: skip
        for k in range(n_changed):
            is_changed[changed[k]] = False
        counts[1] = 0
        kept_value = value if is_kept else kept_value
        value = kept_value
    return best
