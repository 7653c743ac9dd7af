"""A picture of who imports whom, one panel a package folder; the one of CONTRIBUTING.md is made by

python scripts/draw_imports.py OLD/evomod evomod --titles "version 0.1" "version 0.2" --out docs/imports.svg
"""

import argparse
import ast
from pathlib import Path

import matplotlib
import networkx
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evomod.plots.pictures import style, write_picture

APART = ("scripts", "tasks", "results")
"""Links to what lies beside the package."""


def room_of(path: Path, package: Path) -> str:
    """A module of the package, or the package inside it that a file lies in."""
    first = path.relative_to(package).parts[0]
    return first.removesuffix(".py")


def imported(path: Path, package: Path) -> set[str]:
    """Rooms that a file imports when it is loaded or later."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            top, _, rest = name.partition(".")
            if top == package.name and rest:
                found.add(rest.split(".")[0])
    return found


def graph_of(package: Path) -> "networkx.DiGraph[str]":
    """Rooms of a package, and an edge to every room that one imports."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    files = [path for path in sorted(package.rglob("*.py")) if room_of(path, package) not in APART]
    rooms = {room_of(path, package) for path in files} - {"__init__", "__main__"}
    for path in files:
        room = room_of(path, package)
        if room in rooms:
            graph.add_node(room)
            graph.add_edges_from(
                (room, other) for other in sorted(imported(path, package) & rooms - {room})
            )
    return graph


def floors_of(graph: "networkx.DiGraph[str]") -> dict[str, int]:
    """0 for a room that imports none, else one more than the highest that it imports; rooms of a circle share one."""
    whole = networkx.condensation(graph)
    floors: dict[int, int] = {}
    for part in reversed(list(networkx.topological_sort(whole))):
        floors[part] = 1 + max((floors[other] for other in whole.successors(part)), default=-1)
    return {room: floors[part] for part in whole for room in whole.nodes[part]["members"]}


def draw(axes: Axes, graph: "networkx.DiGraph[str]", title: str) -> None:
    """Rooms by floor, the more often imported the further left; an arrow to what is imported."""
    floors, places = floors_of(graph), {}
    for floor in range(max(floors.values()) + 1):
        here = sorted((r for r in graph if floors[r] == floor), key=lambda r: (-graph.in_degree(r), r))
        for k, room in enumerate(here):
            places[room] = ((k + 0.5 + 0.25 * (floor % 2)) / (len(here) + 0.25), float(floor))
    for one, other in graph.edges:
        axes.annotate(
            "", places[other], places[one],
            arrowprops={"arrowstyle": "-|>", "color": "0.8", "lw": 0.4, "shrinkA": 4, "shrinkB": 4, "mutation_scale": 4},
        )  # fmt: skip
    for room, (x, y) in places.items():
        box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": "#4477aa", "lw": 0.7}
        axes.text(x, y, room, ha="center", va="center", fontsize=5.5, bbox=box)
    n, floor, edges = graph.number_of_nodes(), max(floors.values()) + 1, graph.number_of_edges()
    axes.set_title(f"{title}: {n} modules and packages, {edges} imports, {floor} floors", fontsize=8)
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.6, floor - 0.4))
    axes.axis("off")


def main() -> None:
    """Draw the folders side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--titles", nargs="+", default=[])
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    with matplotlib.rc_context(style()):
        figure = Figure(figsize=(5.2 * len(given.folders), 6.2), layout="constrained")
        panels = figure.subplots(1, len(given.folders), squeeze=False)[0]
        titles = [*given.titles, *map(str, given.folders[len(given.titles) :])]
        for axes, folder, title in zip(panels, given.folders, titles, strict=True):
            draw(axes, graph_of(folder), title)
        write_picture(figure, given.out)


if __name__ == "__main__":
    main()
