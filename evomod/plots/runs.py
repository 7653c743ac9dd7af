"""Pictures: (Axes, table) -> Axes. The only home of matplotlib."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from shlex import quote
from textwrap import fill, shorten
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.evolution.schedules import modularity_goal
from evomod.files.tables import read_table
from evomod.measures.modularity import modularity
from evomod.measures.normalised import null_distribution
from evomod.measures.report import null_note
from evomod.network import Network
from evomod.plots.circuit_layout import bends_of, circuit_positions, levels
from evomod.plots.looks import fitting, told_apart
from evomod.plots.pictures import picture_bytes, style, write_pictures
from evomod.runs.run import Run, load_run

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#661100", "#999999")
"""Okabe & Ito's palette, safe for colour-blind readers; in place of its yellow, which is hardly seen on white
(contrast 1.3), Tol's wine. A yellow as dark as the others looks like the orange to many."""


DARK = ("#0072B2", "#009E73", "#D55E00", "#661100")
"""Those on which black text is hard to read."""
MARK = "#000000"
"""Of a connection that is pointed out."""
ZOOMED = 6
"""Epochs at the end of a run that are shown generation by generation."""


def switches(log: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Rows of a log in which another goal is rewarded than in the row before."""
    return np.flatnonzero(log["goal"][1:] != log["goal"][:-1]) + 1


MOST_DRAWN = 50_000
"""Points of a curve; with more the least and the largest of every stretch are drawn, which looks the same."""
STRETCHES = 5_000
"""Several a pixel."""


def thinned(
    x: NDArray[Any], y: NDArray[Any], most: int = MOST_DRAWN, stretches: int = STRETCHES
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A curve, or of one of more than ``most`` points the least and the largest value of each of its parts, in their order.

    >>> x, y = thinned(np.arange(100_000), np.tile([0.0, 1.0], 50_000))
    >>> x.size, y[:4].tolist()
    (10000, [0.0, 1.0, 0.0, 1.0])
    """
    if y.size <= most:
        return x, y
    starts = np.linspace(0, y.size, stretches, endpoint=False).astype(int)
    least = np.fmin.reduceat(y, starts)  # those know NaN, and pass it over
    largest = np.fmax.reduceat(y, starts)
    ends = np.append(starts[1:], y.size) - 1
    falls = y[starts] > y[ends]  # so that a slope stays one
    pairs = np.where(falls, [largest, least], [least, largest])
    return np.repeat(x[starts], 2), pairs.T.reshape(-1)


LONG, PARTS = 2_000, 250
"""Generations from which a curve is drawn as the median and the range of so many parts: about two pixels each."""


def plot_course(axes: Axes, x: NDArray[Any], y: NDArray[Any], colour: str, label: str = "") -> Axes:
    """A curve; of a `LONG` one the median of every part, and its range as a band, which shows what a line would hide."""
    if y.size <= LONG:
        axes.plot(x, y, color=colour, lw=1.2, label=label)
        return axes
    starts = np.linspace(0, y.size, PARTS, endpoint=False).astype(int)
    parts = np.split(y, starts[1:])
    known = [part[~np.isnan(part)] for part in parts]
    ends = np.array([(np.median(p), p.min(), p.max()) if p.size else (np.nan,) * 3 for p in known])
    middle = [float(part.mean()) for part in np.split(x, starts[1:])]
    band = "" if label else f"range of {y.size // PARTS} generations"
    axes.fill_between(middle, ends[:, 1], ends[:, 2], color=colour, alpha=0.25, lw=0, label=band)
    axes.plot(middle, ends[:, 0], color=colour, lw=1.2, label=label)
    return axes


def plot_fitness(axes: Axes, log: dict[str, NDArray[Any]], is_fraction: bool = True) -> Axes:
    """Best and mean fitness over generations; the last generation of every epoch if goals switch.

    ``is_fraction``: of right outputs, and not a task's formula. So do Kashtan & Alon 2005, Fig. 1b: between switches both
    curves go up and down too fast to be seen. The last generation is drawn too, and where the last epoch is longer than all
    before it together, as when goals have accumulated, every generation.
    """
    last = log["generation"].size - 1
    ends, label = np.append(switches(log) - 1, last), "best"
    is_long = last > 2 * ends[:-1].max(initial=0)
    ends = ends[~np.isnan(log["best_fitness"][ends])]  # neutral epochs have no fitness
    if ends.size > ZOOMED + 1 and not is_long:
        log, label = {name: column[ends] for name, column in log.items()}, "best before a switch"
    plot_course(axes, log["generation"], log["mean_fitness"], "#999999", "population mean")
    plot_course(axes, log["generation"], log["best_fitness"], COLOURS[0], label)
    if log["generation"].size == 1:
        axes.plot(log["generation"], log["best_fitness"], "o", color=COLOURS[0])
    what = _what_fitness_is(str(log["goal"][0]), is_fraction)
    axes.set_ylabel(f"fitness ({what})" if what else "fitness")
    _fit_fitness(axes, log)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8)
    return axes


def _what_fitness_is(name: str, is_fraction: bool) -> str:
    goal = modularity_goal(name)
    return goal.formula if goal is not None else "fraction right" if is_fraction else ""


def _fit_fitness(axes: Axes, log: dict[str, NDArray[Any]]) -> None:
    if np.isnan(log["best_fitness"]).all():
        axes.set_ylim(0.0, 1.01)
        return
    some = log["mean_fitness"][:: 1 + log["mean_fitness"].size // MOST_DRAWN]
    low = float(np.nanquantile(some, 0.02))
    axes.set_ylim(max(0.0, min(low, float(np.nanmin(log["best_fitness"])), 0.95)) - 0.01, 1.01)


def plot_switches(axes: Axes, log: dict[str, NDArray[Any]]) -> Axes:
    """Best and mean fitness in the last epochs, generation by generation, with the goals' names."""
    starts = np.concatenate(([0], switches(log)))[-ZOOMED:]
    ends = np.append(starts[1:], log["generation"].size)
    shown = {name: column[starts[0] :] for name, column in log.items()}
    axes.plot(*thinned(shown["generation"], shown["mean_fitness"]), color="#999999", lw=1)
    axes.plot(*thinned(shown["generation"], shown["best_fitness"]), color=COLOURS[0], lw=1.5)
    axes.set_ylim(top=1.01)
    names = list(dict.fromkeys(shown["goal"].tolist()))
    for start, end in zip(starts, ends, strict=True):
        colour = COLOURS[(1 + names.index(log["goal"][start])) % len(COLOURS)]
        axes.axvspan(
            log["generation"][start] - 0.5,
            log["generation"][end - 1] + 0.5,
            color=colour,
            alpha=0.18,
            lw=0,
        )
    patches = [Patch(color=COLOURS[(1 + k) % len(COLOURS)], alpha=0.3) for k in range(len(names))]
    axes.legend(
        patches, told_apart(names, 24), loc="lower center", bbox_to_anchor=(0.5, 1.0),
        frameon=False, ncols=3, fontsize=7,
    )  # fmt: skip
    axes.set_xlim(log["generation"][starts[0]] - 0.5, log["generation"][-1] + 0.5)
    axes.set_ylabel("fitness, last epochs")
    axes.set_xlabel("generation")
    return axes


def plot_q(axes: Axes, log: dict[str, NDArray[Any]], method: str) -> Axes:
    """Q of the logged individual over generations."""
    plot_course(axes, log["generation"], log["q_score"], COLOURS[5])
    if log["generation"].size == 1:
        axes.plot(log["generation"], log["q_score"], "o", color=COLOURS[5])
    axes.set_ylabel(f"Q of the best ({method})")
    axes.set_xlabel("generation")
    axes.set_ylim(
        min(0.0, float(log["q_score"].min())) - 0.01, max(0.55, float(log["q_score"].max())) + 0.03
    )
    return axes


def plot_chance(axes: Axes, network: Network, method: str) -> Axes:
    """Q of random networks with the degrees of this one, mean ± sd, as a band; raw Q alone says little."""
    simple = network.simplified()
    if simple.source.size:
        spread = null_distribution(simple, method=method)
        low, high = spread.mean() - spread.std(), spread.mean() + spread.std()
        axes.axhspan(
            low, high, color="#999999", alpha=0.25, lw=0, label="the last network rewired, mean ± sd"
        )
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8)
    return axes


def plot_network(
    axes: Axes,
    network: Network,
    method: str = "clune2013",
    *,
    modules: NDArray[np.int64] | None = None,
) -> Axes:
    """The working network at its coordinates, nodes in the colour and shape of their module; a circuit from inputs up.

    Solid lines are positive weights, dashed ones negative, thickness their size; lines within a module
    have its colour, lines between modules are grey, connections that lead nowhere are left out. ``modules``
    [node] are those of the method unless given.
    """
    if network.is_circuit:
        names = set(network.functions) != {"input", "nand"}
        size = NAMED if names else 240.0
        return plot_circuit(axes, network, method, modules=modules, size=size)
    working = network.simplified()
    modules = modularity(working, method).modules if modules is None else modules
    plot_layers(axes, working, modules)
    positions = network.positions
    if "threshold" in network.functions:
        for node in range(network.inputs.size, network.n_nodes):
            if modules[node] >= 0:
                text = f"{0.0 - network.bias[node]:g}"
                axes.annotate(text, positions[node], ha="center", va="center", fontsize=8, zorder=4)
    if network.is_regulation:
        axes.set_aspect("equal")
    else:  # every gene is an output, beside the input that gives its first state
        _name_outputs(axes, working, positions)
    _finish(axes, network, positions)
    return axes


NAMED = 400.0
"""Size of a gate, in points², that its name fits into."""


def _name_outputs(
    axes: Axes, working: Network, places: NDArray[np.float64], size: float = 240.0
) -> None:
    """Beside each of them."""
    aside = 0.6 * float(np.sqrt(size)) + 2.0
    outputs = working.outputs.tolist()
    for node in dict.fromkeys(outputs):  # several may share a gate
        numbers = ", ".join(str(k) for k, output in enumerate(outputs, 1) if output == node)
        axes.annotate(
            f"out {numbers}" if len(outputs) > 1 else "out", places[node], (aside, 0.7 * aside),
            textcoords="offset points", fontsize=7, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def plot_layers(axes: Axes, working: Network, modules: NDArray[np.int64], size: float = 240.0) -> Axes:
    """Nodes and connections of a layered network at its coordinates; ``size`` of a node in points².

    ``modules[node]`` chooses colours and shapes; -1 (no connection) is white. Of genes that regulate each other every
    connection has a head, those of both ways are bent apart, and a gene that regulates itself has a ring outside.
    """
    if working.is_regulation:
        _plot_regulation(axes, working, modules, size)
        return axes
    positions, thick = working.positions, np.sqrt(size / 240.0)
    for source, target, weight in zip(working.source, working.target, working.weight, strict=True):
        module = modules[source]
        same = module == modules[target]
        axes.plot(
            positions[[source, target], 0],
            positions[[source, target], 1],
            color=COLOURS[module % len(COLOURS)] if same else "#888888",
            linestyle="-" if weight > 0 else (0, (4, 2)),
            linewidth=thick * (0.8 + 0.8 * abs(weight)),
            zorder=2 if same else 1,
        )
    _plot_nodes(axes, working, modules, positions, np.arange(working.n_nodes), size)
    return axes


def _plot_regulation(axes: Axes, working: Network, modules: NDArray[np.int64], size: float) -> None:
    """Genes at their coordinates, with an arrow for every connection; dashed where it represses."""
    positions, width = working.positions, float(np.sqrt(size))
    pairs = list(zip(working.source.tolist(), working.target.tolist(), strict=True))
    both, centre = set(pairs), positions.mean(axis=0)
    for (source, target), weight in zip(pairs, working.weight.tolist(), strict=True):
        same, place = modules[source] == modules[target], positions[source]
        look: dict[str, Any] = {
            "color": COLOURS[modules[source] % len(COLOURS)] if same else "#888888",
            "linestyle": "-" if weight > 0 else (0, (4, 2)),
            "linewidth": 1.1,
            "zorder": 2 if same else 1,
        }
        if source == target:
            outward = (place - centre) / max(float(np.hypot(*(place - centre))), 1e-9)
            axes.add_patch(Circle(place + SELF * outward, SELF, fill=False, **look))
            continue
        bend = 0.16 if (target, source) in both else 0.0
        axes.add_patch(
            FancyArrowPatch(
                place, positions[target], arrowstyle="-|>", mutation_scale=7.0, shrinkA=0.52 * width,
                shrinkB=0.52 * width, connectionstyle=f"arc3,rad={bend}", **look,
            )
        )  # fmt: skip
    _plot_nodes(axes, working, modules, positions, np.arange(working.n_nodes), size)


SELF = 0.11
"""Radius of the ring of a gene that regulates itself; genes stand on a circle of radius 1."""
SHAPES = (
    ("o", 1.0),
    ("s", 0.8),
    ("D", 0.64),
    ("^", 1.0),
    ("v", 1.0),
    ("p", 1.1),
    ("h", 1.1),
    ("8", 1.0),
)
"""Marks of the modules, so that they are told apart in grey, and their sizes beside that of a disc."""


def _plot_nodes(
    axes: Axes, working: Network, modules: NDArray[np.int64], places: NDArray[np.float64],
    shown: NDArray[np.int64], size: float,
) -> None:  # fmt: skip
    """The nodes ``shown``, a module with its colour and shape, -1 as a white disc; outputs have a thick ring."""
    thick = np.sqrt(size / 240.0)
    rings = np.where(np.isin(shown, working.outputs), 2.6, 0.8) * thick
    for module in np.unique(modules[shown]).tolist():
        shape, share = SHAPES[module % len(SHAPES)] if module >= 0 else SHAPES[0]
        mine = modules[shown] == module
        marks = places[shown[mine]]
        axes.scatter(
            marks[:, 0], marks[:, 1], s=share * size, marker=shape,
            c=COLOURS[module % len(COLOURS)] if module >= 0 else "white", edgecolors="black", linewidths=rings[mine],
            zorder=3,
        )  # fmt: skip


def _finish(axes: Axes, network: Network, positions: NDArray[np.float64]) -> None:
    """Names below the inputs, and room around the picture."""
    for node, name in zip(network.inputs, network.about.get("inputs", []), strict=False):
        below, align = (0, "center") if network.is_regulation else (-13, "top")
        axes.annotate(
            name, positions[node], (0, below), "data", "offset points", ha="center", va=align, zorder=4
        )
    span = np.ptp(positions, axis=0) + 1.0
    axes.set_xlim(positions[:, 0].min() - 0.08 * span[0], positions[:, 0].max() + 0.08 * span[0])
    axes.set_ylim(positions[:, 1].min() - 0.16 * span[1], positions[:, 1].max() + 0.1 * span[1])
    axes.set_axis_off()


def plot_circuit(
    axes: Axes,
    network: Network,
    method: str = "clune2013",
    *,
    marked: Collection[tuple[int, int]] = (),
    modules: NDArray[np.int64] | None = None,
    positions: NDArray[np.float64] | None = None,
    size: float = 240.0,
) -> Axes:
    """The effective gates of a circuit, inputs below, in the colour and shape of their module; outputs have a thick ring.

    Arrows within a module have its colour, those between modules are grey; an arrow that would run over a
    gate is bent. Connections in ``marked``, as (source, target), are black and thick. ``positions``
    [node, axis] puts several circuits into the same places, see `circuit_layout.shared_positions`; ``size`` is that of a
    node in points².
    """
    working = network.simplified()
    modules = modularity(working, method).modules if modules is None else modules
    level = levels(working)
    places = circuit_positions(working, level) if positions is None else positions
    shown = np.flatnonzero((level > 0) | (working.layer == 0))
    _finish(axes, network, places[shown])
    _plot_arrows(axes, working, modules, places, shown, marked, float(np.sqrt(size)))
    _plot_nodes(axes, working, modules, places, shown, size)
    if set(working.functions) != {"input", "nand"}:
        for node in np.flatnonzero(level > 0):
            text, module = working.functions[node].upper(), modules[node]
            colour = "white" if COLOURS[module % len(COLOURS)] in DARK else "black"
            axes.annotate(
                text, places[node], ha="center", va="center", fontsize=0.25 * np.sqrt(size), color=colour,
                zorder=4,
            )  # fmt: skip
    _name_outputs(axes, working, places, size)
    return axes


def _plot_arrows(
    axes: Axes, working: Network, modules: NDArray[np.int64], places: NDArray[np.float64],
    shown: NDArray[np.int64], marked: Collection[tuple[int, int]], width: float,
) -> None:  # fmt: skip
    """Every connection once, bent so that it keeps off the other gates; ``width`` of a gate in points."""
    in_points = axes.transData.transform(places) * 72.0 / axes.figure.dpi
    for (source, target), bend in bends_of(working, in_points, shown, 0.8 * width).items():
        same, is_marked = modules[source] == modules[target], (source, target) in marked
        colour = COLOURS[modules[source] % len(COLOURS)] if same else "#888888"
        axes.annotate(
            "", places[target], places[source], zorder=2 if same or is_marked else 1,
            arrowprops={
                "arrowstyle": "-|>", "shrinkA": 0.52 * width, "shrinkB": 0.52 * width,
                "linewidth": 2.6 if is_marked else 1.3, "color": MARK if is_marked else colour,
                "connectionstyle": f"arc3,rad={bend}",
            },
        )  # fmt: skip


def signs_of(networks: Sequence[Network], colours: str = "module") -> list[Line2D]:
    """What colours, lines, rings and numbers in drawings of networks mean; nothing that is not in them."""
    dot: dict[str, Any] = {"color": "none", "marker": "o", "mfc": "white", "mec": "black"}
    signs = [
        Line2D([], [], **dot | {"mfc": COLOURS[0]}, label=f"colour and shape: {colours}"),
        Line2D([], [], color="#888888", label=f"between {colours}s"),
    ]
    signs.append(Line2D([], [], **dot, mew=2.6, label="output"))
    if not networks[0].is_circuit:
        signs += _signs_of_weights(networks)
    if any("threshold" in network.functions for network in networks):
        signs.append(Line2D([], [], color="none", marker="$2$", mec="black", mew=0.3, label="threshold"))
    if any((n.source == n.target).any() for n in networks if n.is_regulation):
        signs.append(Line2D([], [], **dot | {"mec": "#444444", "ms": 9}, label="regulates itself"))
    if any(_has_unused(network) for network in networks):
        regulate = all(network.is_regulation for network in networks)
        signs.append(
            Line2D([], [], **dot, label="first state of a gene" if regulate else "no connection")
        )
    return signs


def _signs_of_weights(networks: Sequence[Network]) -> list[Line2D]:
    signs = [
        Line2D([], [], color="#444444", label="positive weight"),
        Line2D([], [], color="#444444", linestyle=(0, (4, 2)), label="negative"),
    ]
    sizes = np.unique(np.abs(np.concatenate([n.simplified().weight for n in networks])))
    if sizes.size > 1:
        signs.append(Line2D([], [], color="#444444", linewidth=2.8, label="thicker: larger"))
    return signs


def _has_unused(network: Network) -> bool:
    """Whether a node that is drawn has no connection."""
    working = network.simplified()
    used = np.union1d(working.source, working.target)
    shown = network.inputs if network.is_circuit else np.arange(network.n_nodes)
    return not np.isin(shown, used).all()


def _legend(axes: Axes, network: Network) -> None:
    signs = signs_of([network])
    axes.legend(
        handles=signs,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=len(signs) if len(signs) <= 4 else 4,
        frameon=False,
        fontsize=8,
    )


def title_of(run: Run) -> str:
    """One line that says what a run was."""
    pressures = run.config.pressures.model_dump(by_alias=True, exclude_none=True)
    what = [*pressures] or ["performance alone"]
    schedule, goal = run.config.schedule, str(run.config.task.goal)
    if schedule.changes:
        goal = shorten(" / ".join(schedule.goals), 70, placeholder=f" … ({len(schedule.goals)} goals)")
        what = [f"{schedule.kind} every {schedule.period}", *pressures]
    parts = [
        run.config.task.name,
        goal,
        " + ".join(what),
        f"{run.config.network.encoding} networks",
        f"seed {run.manifest['seed']['entropy']}",
    ]
    return ", ".join(part for part in parts if part)


PLOTTED = ("generation", "goal", "best_fitness", "mean_fitness", "q_score")
"""Columns of the log that are drawn."""


def curves_of(run: Run) -> bytes:
    """Fitness and Q over generations, as the bytes of a PNG."""
    log = _log_of(run)
    if log["generation"].size == 0:
        raise EvomodError(f"{run.folder} has no generation yet; nothing to draw.")
    with matplotlib.rc_context(style()):
        switching = switches(log).size > ZOOMED
        size = (6.4, 7.4) if switching else (6.4, 5.2)
        figure = Figure(figsize=size, layout="constrained")  # no pyplot: no window, no backend
        above, below, *last = figure.subplots(3 if switching else 2, 1)
        below.sharex(above)
        plot_fitness(above, log, is_fraction=not run.best.is_regulation)  # tasks of genes have a formula
        plot_q(below, log, run.manifest["q_method"])
        plot_chance(below, run.best, run.manifest["q_method"])
        if switching:
            plot_switches(last[0], log)
        figure.suptitle(fill(title_of(run), 95), fontsize=9)
        last_axes = last[0] if switching else below
        for axes in (above, below, last_axes):
            axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10], integer=True))
        return _png(figure)


def _log_of(run: Run) -> dict[str, NDArray[Any]]:
    path = run.folder / "log.csv"
    log = read_table(path, PLOTTED, growing=True, compact=True)
    lacking = [name for name in PLOTTED if name not in log]
    if lacking:
        raise EvomodError(f"table {path} is damaged: it has no column {lacking[0]}.")
    for name in ("generation", "q_score"):
        if not np.isfinite(log[name]).all():
            raise EvomodError(f"table {path} is damaged: {name} is not a number in every line.")
    for name in ("best_fitness", "mean_fitness"):  # neutral epochs have none
        if np.isinf(log[name]).any():
            raise EvomodError(f"table {path} is damaged: {name} is infinite in a line.")
    return log


def _png(figure: Figure) -> bytes:
    return picture_bytes(figure, "png", 130)


def network_picture_of(run: Run) -> bytes:
    """The best network with its modules, as the bytes of a PNG."""
    network = run.best
    about = network.about
    with matplotlib.rc_context(style()):
        figure = Figure(figsize=(6.4, 4.6), layout="constrained")
        axes = figure.subplots()
        plot_network(axes, network, run.manifest["q_method"])
        _legend(axes, network)
        goal = about["goal"]
        told = f"fitness {about['fitness'][goal]:.4f}, " if goal in about["fitness"] else "no fitness, "
        axes.set_title(
            f"{fill(title_of(run), 95)}\ngeneration {about['generation']}, {fitting(goal, 40)}: {told}"
            f"Q {about['q_score']:.3f} in {about['modules']} modules\n"
            f"Q of random networks: {null_note(network, about['q_method'])}",
            fontsize=8,
        )
        return _png(figure)


def draw_run(folder: str | Path) -> list[Path]:
    """Both pictures of a run, into its folder. Raises `EvomodError` if it is no run folder."""
    run = load_run(folder)
    if not (run.folder / "best.json").exists():
        raise EvomodError(
            f"{run.folder} has no best.json yet: the run has not reached its first checkpoint. "
            f"Go on with `evomod evolve --resume {quote(str(run.folder))}`."
        )
    pictures = {"curves.png": curves_of(run), "network.png": network_picture_of(run)}
    return write_pictures(run.folder, pictures)
