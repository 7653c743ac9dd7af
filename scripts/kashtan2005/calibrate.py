"""Q_m of networks whose values Kashtan & Alon (2005) print, from files that you name: is it the measure that differs?

    python scripts/kashtan2005/calibrate.py coli.txt [worm.net ...] [--draws 1000] [--published 0.54] [--q-max 0.84]

The paper has 0.54 for the transcription network of E. coli and for the neurons of C. elegans, 0.58 for human signalling. The
files are not evomod's to publish: transcription networks are on the Alon lab's pages, C. elegans in WormAtlas. A file is any
that `evomod measure` reads. Q is of the undirected graph without weights and loops, by "refined", as for circuits. Q_max of
hundreds of nodes is not sought: --q-max gives one, and the last column has the one that the published Q_m implies.
"""

import argparse
from pathlib import Path

import numpy as np

from evomod.measures import normalised_modularity
from evomod.measures.files import read_graph
from evomod.measures.graphs import adjacency_of
from evomod.measures.normalised import NormalisedModularity

METHOD = "refined"
HEAD = (
    "| file | nodes | connections | Q | Q_rand | z | Q_max | Q_m | Q_max of the published Q_m |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def connected(path):
    """The undirected adjacency of a file's network, without loops and nodes that have no connection."""
    matrix = np.asarray(adjacency_of(read_graph(path))) != 0.0
    both = (matrix | matrix.T) & ~np.eye(len(matrix), dtype=bool)
    kept = both.any(axis=0)
    return both[np.ix_(kept, kept)].astype(float)


def row(path, draws, published, q_max=None):
    """One line of the table."""
    graph = connected(path)
    found = normalised_modularity(graph, draws=draws, directed=False, method=METHOD, q_max=q_max)
    assert isinstance(found, NormalisedModularity)
    implied = found.q_rand + (found.q - found.q_rand) / published
    numbers = (found.q, found.q_rand, found.z, found.q_max, found.q_m, implied)
    cells = ["-" if np.isnan(number) else f"{number:.3f}" for number in numbers]
    return f"| {Path(path).name} | {len(graph)} | {int(graph.sum()) // 2} | {' | '.join(cells)} |"


def main():
    """One line per file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--published", type=float, default=0.54)
    parser.add_argument("--q-max", type=float)
    given = parser.parse_args()
    print(HEAD)
    for path in given.files:
        print(row(path, given.draws, given.published, given.q_max), flush=True)


if __name__ == "__main__":
    main()
