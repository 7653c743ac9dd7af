"""Networks of a report: small drawings of many, and the data of the view in which one is looked at."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.measures.modularity import modularity
from evomod.network import Network
from evomod.plots.circuit_layout import bends_of, circuit_positions, levels
from evomod.report.svg import COLOURS, short, svg
from evomod.runs.replay import steady_modules

SMALL = 120.0, 92.0
"""Width and height of a small drawing."""
VIEW = np.array((348.0, 244.0))
"""Between the outermost nodes of the view, as in script.js."""
ROOM = 16.0
"""Of an arrow's middle from nodes that it passes there, whose radius is 9."""

Frame = dict[str, Any]
"""What the view shows of a network."""


def frames(networks: Sequence[Network], captions: Sequence[str], method: str) -> dict[str, Any]:
    """The data of the view: what networks share once (``kinds``), and a frame a network.

    Of a frame: ``k`` its kind, ``t`` its caption, ``x`` and ``y`` the places of nodes (0 to 1, y downwards, null of
    gates that lead nowhere), ``m`` their modules (-1: no connection), ``b`` biases, ``e`` connections as source,
    target, weight, and in a circuit how far the arrow bends: the working ones.
    """
    kinds: list[dict[str, Any]] = []
    found = []
    for network, caption, own in zip(networks, captions, _modules(networks, method), strict=True):
        kind, place = _kind(network), place_of(network)
        if kind not in kinds:
            kinds.append(kind)
        found.append(
            {
                "k": kinds.index(kind),
                "t": caption,
                "x": [None if np.isnan(x) else round(x, 3) for x in place[:, 0].tolist()],
                "y": [None if np.isnan(y) else round(y, 3) for y in place[:, 1].tolist()],
                "m": own.tolist(),
                "b": [_plain(bias) for bias in network.bias.tolist()],
                "e": _connections(network.simplified(), place),
            }
        )
    return {"kinds": kinds, "frames": found}


def _connections(working: Network, place: NDArray[np.float64]) -> list[list[float | int]]:
    ends = list(zip(working.source.tolist(), working.target.tolist(), strict=True))
    weights = list(map(_plain, working.weight.tolist()))
    if not working.is_circuit:
        return [[*pair, weight] for pair, weight in zip(ends, weights, strict=True)]
    shown = np.flatnonzero(~np.isnan(place[:, 0]))
    bends = bends_of(working, place * VIEW, shown, ROOM)
    return [[*pair, weight, bends[pair]] for pair, weight in zip(ends, weights, strict=True)]


def _kind(network: Network) -> dict[str, Any]:
    names = network.about.get("inputs") or [f"input {k}" for k in range(network.inputs.size)]
    return {
        "inputs": names,
        "layer": network.layer.tolist(),
        "fn": list(network.functions),
        "out": network.outputs.tolist(),
        "gain": network.gain,
        "steps": network.steps,
        "feedback": network.feedback,
    }


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else float(f"{value:.9g}")


def _modules(networks: Sequence[Network], method: str) -> list[NDArray[np.int64]]:
    """Of the course of one run, modules keep their colours."""
    if len({(n.about.get("treatment"), n.about.get("replicate")) for n in networks}) == 1:
        return steady_modules(networks, method)
    return [modularity(network.simplified(), method).modules for network in networks]


def place_of(network: Network) -> NDArray[np.float64]:
    """Places ``[node, axis]`` in a unit square, y downwards; NaN of gates that lead to no output.

    Every circuit has the places that suit it best: in places that suit a whole run arrows crossed each other everywhere.
    """
    places = network.positions.astype(float)
    if network.is_circuit:
        working = network.simplified()
        level = levels(working)
        places = circuit_positions(working, level)
        places[(level == 0) & (working.layer > 0)] = np.nan
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    unit = (places - low) / np.where(high > low, high - low, 1.0)
    unit[:, 0] = np.where(high[0] > low[0], unit[:, 0], 0.5)
    unit[:, 1] = 1.0 - np.where(high[1] > low[1], unit[:, 1], 0.5)
    return unit


def small(frame: Frame, said: str) -> str:
    """A frame in small: connections inside a module in its colour, others grey, negative ones dashed."""
    width, height = SMALL
    modules = frame["m"]
    places = [
        None if x is None else (short(8 + x * (width - 16)), short(8 + y * (height - 16)))
        for x, y in zip(frame["x"], frame["y"], strict=True)
    ]
    strokes: dict[str, list[str]] = {}
    for source, target, weight, *_ in frame["e"]:
        start, end = places[source], places[target]
        if start is None or end is None:
            continue
        module = modules[source] if modules[source] == modules[target] else -1
        kind = (f"c{module % COLOURS}" if module >= 0 else "between") + (" neg" if weight < 0 else "")
        strokes.setdefault(kind, []).append(f"M{start[0]} {start[1]}L{end[0]} {end[1]}")
    lines = [
        f'<path class="edge {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(strokes.items())
    ]
    # A dot is a stroke of no length with round ends: a tenth of the text of a circle.
    dots: dict[str, list[str]] = {}
    for place, module in zip(places, modules, strict=True):
        if place is not None:
            kind = f"c{module % COLOURS}" if module >= 0 else "none"
            dots.setdefault(kind, []).append(f"M{place[0]} {place[1]}h0")
    lines += [
        f'<path class="node {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(dots.items())
    ]
    return svg(width, height, lines, said, "small")


def said_of(network: Network) -> str:
    """What a small drawing is called."""
    about = network.about
    q, modules = about.get("q_score"), about.get("modules")
    return f"network with Q {q:.3f} in {modules} modules" if q is not None else "network"


def multiples(
    networks: Sequence[Network], shown: Sequence[Frame], titles: Sequence[str], first: int
) -> str:
    """Small drawings of frames, each a button that shows it in the view; ``first``: the number of the first."""
    cells = [
        f'<button type="button" class="multiple" data-frame="{first + k}" aria-label="show {html.escape(title)}">'
        f"{small(frame, said_of(network))}<span>{html.escape(title)}</span></button>"
        for k, (network, frame, title) in enumerate(zip(networks, shown, titles, strict=True))
    ]
    return f'<div class="multiples">{"".join(cells)}</div>'
