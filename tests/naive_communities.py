"""Oracle in plain Python of the search for communities: gains as sums over pairs of nodes, no short cuts.

A pair of nodes in the same module is worth ``scale * link`` less ``price`` times the products of their
strengths; all are whole numbers here, so that nothing is rounded.
"""

from collections import deque
from collections.abc import Callable, Sequence

DISSOLVE, LARGE = 0.05, 100
SMALL, EVERY = 25, 4


class Search:
    """A partition and the lists that decide in which order things happen."""

    def __init__(
        self, pair: Sequence[Sequence[float]], near: Sequence[Sequence[int]], start: Sequence[int]
    ):
        self.pair, self.near, self.n = pair, near, len(start)
        self.module = list(start)
        self.members: list[list[int]] = [[] for _ in start]
        for node, k in enumerate(start):
            self.members[k].insert(0, node)
        self.empty: list[int] = []
        self.changed: list[int] = []
        self.waiting: deque[int] = deque()
        self.touched: deque[int] = deque()
        self.signed = False

    def wait(self, node: int) -> None:
        if node not in self.waiting:
            self.waiting.append(node)

    def touch(self, k: int) -> None:
        if k not in self.touched:
            self.touched.append(k)

    def put(self, node: int, to: int) -> None:
        was = self.module[node]
        self.members[was].remove(node)
        self.members[to].insert(0, node)
        self.module[node] = to
        if not self.members[was] and was not in self.empty:
            self.empty.append(was)
        if node not in self.changed:
            self.changed.append(node)

    def empty_module(self) -> int:
        while self.members[self.empty[-1]]:
            self.empty.pop()
        return self.empty[-1]

    def with_module(self, node: int, k: int) -> float:
        return sum(self.pair[node][other] for other in self.members[k] if other != node)

    def candidates(self, nodes: Sequence[int], own: int | None = None) -> list[int]:
        """Modules that may gain: all with signs, else those of neighbours, in the order in which they are met."""
        found = [k for k in range(self.n) if self.members[k]] if self.signed else []
        found += [] if own is None else [own]
        found += [self.module[other] for node in nodes for other in self.near[node]]
        return list(dict.fromkeys(found))

    def settle(self, largest: int) -> None:
        while True:
            while self.waiting:
                self.move(self.waiting.popleft())
            if not self.touched:
                return
            one = self.touched.popleft()
            if self.members[one] and len(self.members[one]) <= largest:
                self.merge(one)

    def move(self, node: int) -> None:
        at = self.module[node]
        stay = self.with_module(node, at)
        most, best = stay, at
        for to in self.candidates([node], at):
            if to != at and self.with_module(node, to) > most:
                most, best = self.with_module(node, to), to
        if most < 0 and len(self.members[at]) > 1:
            best = self.empty_module()
        if best == at:
            return
        self.put(node, best)
        self.touch(at)
        self.touch(best)
        for other in self.near[node]:
            if self.module[other] != best:
                self.wait(other)

    def merge(self, one: int) -> None:
        most, best = 0.0, -1
        for to in self.candidates(self.members[one]):
            gain = sum(self.with_module(node, to) for node in self.members[one])
            if to != one and gain > most:
                most, best = gain, to
        if best < 0:
            return
        if len(self.members[one]) > len(self.members[best]):
            one, best = best, one
        while self.members[one]:
            node = self.members[one][0]
            self.put(node, best)
            for other in self.near[node]:
                if self.module[other] not in (one, best):
                    self.wait(other)
        self.touch(best)

    def leave(self, node: int, to: int) -> None:
        self.touch(self.module[node])
        self.touch(to)
        self.put(node, to)
        for other in self.near[node]:
            self.wait(other)
        self.wait(node)

    def kick(self, draw: Callable[[], float]) -> None:
        middle = int(draw() * self.n)
        is_whole, drawn = draw() < DISSOLVE, draw()
        own = self.module[middle]
        if is_whole:
            for node in self.members[own][:LARGE]:
                if len(self.members[own]) > 1:
                    self.leave(node, self.empty_module())
            return
        to = own
        if self.signed:
            to = self.module[int(drawn * self.n)]
        elif self.near[middle]:
            to = self.module[self.near[middle][int(drawn * len(self.near[middle]))]]
        if to == own and len(self.members[to]) > 1:
            to = self.empty_module()
        for k, node in enumerate([middle, *self.near[middle]]):
            if (k == 0 or draw() < 0.5) and self.module[node] != to:
                self.leave(node, to)

    def worth(self) -> float:
        return sum(self.with_module(node, self.module[node]) for node in range(self.n)) / 2


def searched(
    pair: Sequence[Sequence[float]],
    near: Sequence[Sequence[int]],
    start: Sequence[int],
    worse: float,
    largest: int,
    rounds: int,
    signed: bool,
    draw: Callable[[], float],
) -> list[int]:
    """The best partition of the search that `evomod.kernels.communities.search` describes."""
    n = len(start)
    state = Search(pair, near, start)
    state.signed = signed
    order = list(range(n))
    for k in reversed(range(n)):
        if not state.members[k]:
            state.empty.append(k)
        else:
            state.touch(k)
        other = int(draw() * (k + 1))
        order[k], order[other] = order[other], order[k]
        state.wait(order[k])
    best: list[int] = []
    best_worth = kept_worth = 0.0
    kept = list(start)
    for number in range(rounds + 1):
        if number > 0:
            state.kick(draw)
        state.settle(largest if number == 0 else LARGE if number % EVERY == 0 else SMALL)
        worth = state.worth()
        if number == 0 or worth > best_worth:
            best, best_worth = list(state.module), worth
        allowed = worse * (1.0 - number / (rounds + 1)) + 1e-9
        if number == 0 or worth >= kept_worth - allowed:
            kept, kept_worth = list(state.module), worth
        else:
            for node in list(state.changed):
                if state.module[node] != kept[node]:
                    state.put(node, kept[node])
        state.changed.clear()
    return best
