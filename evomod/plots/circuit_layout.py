"""Places of a circuit's gates, and bends of its arrows, so that a drawing of it can be read: numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evomod.network import Network

LEVEL = 1.2
"""From one level of a circuit to the next."""
SLOTS = 17
"""Places of a level in which a gate may stand."""
WIDER = np.array(((1.0, 1.0), (1.35, 1.0)))
"""What the layout of a figure may do to a panel, of x and y."""
BENDS = (0.0, 0.12, -0.12, 0.2, -0.2, 0.3, -0.3, 0.42, -0.42)
"""Of arrows, the first being preferred."""


def levels(working: Network) -> NDArray[np.int64]:
    """Longest path from the inputs to every effective gate, connections that lead back left out; else 0."""
    level, open_gates = np.zeros(working.n_nodes, np.int64), []

    def visit(node: int) -> None:
        if working.layer[node] == 0 or level[node] or node in open_gates:
            return
        open_gates.append(node)
        sources = [s for s in working.source[working.target == node].tolist() if s not in open_gates]
        for source in sources:
            visit(source)
        level[node] = 1 + max((level[s] for s in sources), default=0)
        open_gates.remove(node)

    for output in working.outputs.tolist():
        visit(output)
    return level


def circuit_positions(working: Network, level: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places ``[node, axis]``: one row per level, gates near what they are connected to and off the arrows."""
    x, y = np.zeros(working.n_nodes), level.astype(float)
    shown = np.flatnonzero((level > 0) | (working.layer == 0))
    width = float(max(np.bincount(level[shown]).max(), working.inputs.size) - 1)
    x[working.inputs] = np.linspace(-width / 2, width / 2, working.inputs.size)
    for row in range(1, int(level.max()) + 1):
        nodes = np.flatnonzero(level == row)
        means = [
            float(x[own].mean()) if (own := working.source[working.target == node]).size else 0.0
            for node in nodes
        ]
        x[nodes[np.argsort(means, kind="stable")]] = _spread(np.sort(means), width)
    places = np.stack((x, LEVEL * y), axis=1)
    return _clear_places(places, working, shown, width)


def _spread(wanted: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Places near the ``wanted`` ones (in their order) at least 1 apart."""
    x = wanted.copy()
    for k in range(1, x.size):
        x[k] = max(x[k], x[k - 1] + 1.0)
    return x - max(x[-1] - width / 2, 0.0)


def _clear_places(
    places: NDArray[np.float64], working: Network, shown: NDArray[np.int64], width: float
) -> NDArray[np.float64]:
    """Gates moved along their levels, one after the other, as long as that makes the picture clearer."""
    gates = [node for node in shown.tolist() if working.layer[node] > 0]
    ends = np.unique(np.stack((working.source, working.target)), axis=1)
    slots = np.linspace(-width / 2, width / 2, SLOTS)
    least = float(_crowding(places[None], ends, shown)[0])
    for _ in range(8):
        before = least
        for node in gates:
            moved = np.tile(places, (SLOTS, 1, 1))
            moved[:, node, 0] = slots
            crowding = _crowding(moved, ends, shown)
            best = int(crowding.argmin())
            if crowding[best] < least - 1e-9:
                places, least = moved[best], float(crowding[best])
        if least == before:
            break
    return places


def _crowding(
    places: NDArray[np.float64], ends: NDArray[np.int64], shown: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far arrows run over gates and gates over gates, plus a little for long arrows: ``[picture]``.

    Of ``places[picture, node, axis]``, in a square picture of side 1, where 0.09 is a gate's width.
    """
    drawn = places[:, shown]
    low, side = drawn.min(axis=1, keepdims=True), np.maximum(np.ptp(drawn, axis=1, keepdims=True), 1.0)
    unit = (places - low) / side
    nodes, start, end = unit[:, shown], unit[:, ends[0]], unit[:, ends[1]]
    along = end - start
    length2 = np.maximum((along**2).sum(axis=2), 1e-12)
    from_start = nodes[:, None] - start[:, :, None]  # [picture, arrow, node, axis]
    t = np.einsum("panx,pax->pan", from_start, along) / length2[:, :, None]
    aside = from_start - np.clip(t, 0.0, 1.0)[..., None] * along[:, :, None]
    distance = np.sqrt(np.einsum("panx,panx->pan", aside, aside))
    is_end = (shown[None] == ends[0][:, None]) | (shown[None] == ends[1][:, None])
    over = np.where(is_end, 0.0, np.maximum(1.0 - distance / 0.09, 0.0)).sum(axis=(1, 2))
    first, second = np.triu_indices(shown.size, 1)
    gaps = np.linalg.norm(nodes[:, first] - nodes[:, second], axis=2)
    close = np.maximum(1.0 - gaps / 0.16, 0.0).sum(axis=1)
    crowding: NDArray[np.float64] = over + 3.0 * close + 0.2 * np.sqrt(length2).sum(axis=1)
    return crowding


def shared_positions(networks: Sequence[Network]) -> NDArray[np.float64]:
    """Places ``[node, axis]`` that suit several circuits of one encoding: those of all their connections."""
    working = [network.simplified() for network in networks]
    union = replace(
        working[0],
        source=np.concatenate([network.source for network in working]),
        target=np.concatenate([network.target for network in working]),
        weight=np.concatenate([network.weight for network in working]),
        outputs=np.unique(np.concatenate([network.outputs for network in working])),
    )
    return circuit_positions(union, levels(union))


def bends_of(
    working: Network, places: NDArray[np.float64], shown: NDArray[np.int64], room: float
) -> dict[tuple[int, int], float]:
    """``{(source, target): bend}`` of every arrow, so that it passes no other node by less than ``room``, and both ways are seen."""
    pairs = dict.fromkeys(zip(working.source.tolist(), working.target.tolist(), strict=True))
    return {
        (source, target): bend_of(
            places[source],
            places[target],
            places[np.setdiff1d(shown, (source, target))],
            room,
            BENDS[1:] if (target, source) in pairs else BENDS,
        )
        for source, target in pairs
    }


def bend_of(
    source: NDArray[np.float64], target: NDArray[np.float64], others: NDArray[np.float64], room: float,
    bends: Sequence[float] = BENDS,
) -> float:  # fmt: skip
    """The first bend whose arc passes no other node by less than ``room``; else that with most room.

    In the picture as wide as it is now, and in a wider one: it is laid out when all that it holds is known.
    """
    best, most = bends[0], -1.0
    for bend in bends:
        found = min(_least_distance(_arc(source * w, target * w, bend), others * w) for w in WIDER)
        if found >= room:
            return bend
        if found > most:
            best, most = bend, found
    return best


def _arc(source: NDArray[np.float64], target: NDArray[np.float64], bend: float) -> NDArray[np.float64]:
    """Points ``[point, axis]`` of matplotlib's connection style "arc3"."""
    (dx, dy), t = target - source, np.linspace(0.0, 1.0, 25)[:, None]
    middle = (source + target) / 2.0 + bend * np.array([dy, -dx])
    return (1 - t) ** 2 * source + 2 * t * (1 - t) * middle + t**2 * target


def _least_distance(points: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    if not others.size:
        return np.inf
    return float(np.linalg.norm(points[:, None] - others[None], axis=2).min())
