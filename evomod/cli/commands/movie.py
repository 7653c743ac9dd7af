"""``evomod movie``: the best network of a run through its generations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Put the command into the command line."""
    movie = commands.add_parser(
        "movie",
        help="a run's best network through its generations as WebP, GIF or MP4",
        description="Evolve a run again from its seed, compare it with its log, and draw its best network through the "
        "generations above fitness and Q.",
    )
    movie.add_argument("run", metavar="RUN", help="a run folder")
    movie.add_argument(
        "--out",
        metavar="FILE",
        help=".webp, .gif, or .mp4 if ffmpeg is installed (default: movie.webp in the folder)",
    )
    movie.add_argument(
        "--trust",
        action="store_true",
        help="execute the folder's Python files, though evomod does not know them",
    )
    movie.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Write the movie, and say where."""
    from evomod.plots.movie import check_movie, write_movie
    from evomod.runs.run import load_run

    run = load_run(given.run)
    out = check_movie(Path(given.run) / "movie.webp" if given.out is None else given.out)
    path = write_movie(run, out, trust=given.trust)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0
