"""A run as a movie: its best network through the generations, above fitness and Q."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, features
from tqdm import tqdm

from evomod.errors import EvomodError, shortened
from evomod.files.disk import write_whole
from evomod.network import Network
from evomod.plots.looks import fitting
from evomod.plots.pictures import style
from evomod.plots.runs import COLOURS, plot_network, thinned, title_of
from evomod.runs.replay import replayed, steady_modules
from evomod.runs.run import Run

Picture = NDArray[np.uint8]

ENDINGS = (".webp", ".gif", ".mp4")
SIZE, DPI = (6.4, 6.4), 100
"""Of a frame: 640 pixels a side, an even number, which MP4 requires."""
PACE, HELD = 8, 16
"""Frames a second, and frames for which the last one stands."""


def check_movie(out: str | Path) -> Path:
    """The path of a movie that can be written. Raises `EvomodError` before anything is computed."""
    out = Path(out)
    if out.suffix.lower() not in ENDINGS:
        raise EvomodError(
            f"{shortened(out)}: expected a movie's ending, {', '.join(ENDINGS)}; got '{out.suffix}'."
        )
    if out.is_dir() or not out.parent.is_dir():
        raise EvomodError(
            f"the movie cannot be written to {shortened(out)}: expected a file in a folder that is there."
        )
    if out.suffix.lower() == ".mp4" and shutil.which("ffmpeg") is None:
        raise EvomodError(
            "MP4 requires ffmpeg, which is not installed; give --out a name that ends in .webp or .gif."
        )
    if out.suffix.lower() == ".webp" and not features.check("webp"):
        raise EvomodError(
            "this installation of Pillow writes no WebP; give --out a name that ends in .gif."
        )
    return out


def write_movie(run: Run, out: str | Path, *, trust: bool = False) -> Path:
    """Write a run's movie in the format of the ending, whole or not at all; returns the path.

    Raises `EvomodError` where the run's networks cannot be made again (see `replay.replayed`), and for an ending, a
    place or a program that is not there.
    """
    out = check_movie(out)
    pictures = frames(run, replayed(run, trust=trust))
    try:
        if out.suffix.lower() == ".mp4":
            _write_mp4(pictures, out)
        else:
            write_whole(out, _animated(pictures, out.suffix[1:].lower()))
    except OSError as error:
        raise EvomodError(
            f"the movie cannot be written to {shortened(out)}: {error.strerror or error}."
        ) from None
    return out


def frames(run: Run, networks: Sequence[Network]) -> Iterator[Picture]:
    """A picture ``[row, column, rgba]`` a network."""
    method = str(run.manifest["q_method"])
    modules = steady_modules(networks, method)
    log = run.log
    bar = tqdm(networks, delay=2, unit="frame", disable=not sys.stderr.isatty())
    for network, own in zip(bar, modules, strict=True):
        yield _frame(run, network, own, log, method)


def _frame(
    run: Run,
    network: Network,
    modules: NDArray[np.int64],
    log: dict[str, NDArray[Any]],
    method: str,
) -> Picture:
    about = network.about
    with matplotlib.rc_context(style()):
        figure = Figure(figsize=SIZE, dpi=DPI)
        canvas = FigureCanvasAgg(figure)
        above = figure.add_axes((0.03, 0.33, 0.94, 0.54))
        plot_network(above, network, method, modules=modules)
        below = figure.add_axes((0.09, 0.09, 0.86, 0.2))
        _curves(below, log, int(about["generation"]))
        told = about["fitness"].get(about["goal"])
        fitness = "" if told is None else f"fitness {told:.3f}, "
        figure.text(0.03, 0.955, fitting(title_of(run), 100), fontsize=9)
        figure.text(
            0.03, 0.92, f"generation {about['generation']:,}, {fitting(about['goal'], 40)}: {fitness}"
            f"Q {about['q_score']:.3f} in {about['modules']} modules", fontsize=9,
        )  # fmt: skip
        canvas.draw()  # type: ignore[no-untyped-call]
        return np.asarray(canvas.buffer_rgba()).copy()  # type: ignore[no-untyped-call]


def _curves(axes: Any, log: dict[str, NDArray[Any]], generation: int) -> None:
    """Fitness and Q of all generations, those that are still to come pale, and where the frame is."""
    for k, (column, name) in enumerate((("best_fitness", "fitness"), ("q_score", "Q"))):
        x, y = thinned(log["generation"], log[column], 2000, 1000)  # with the falls after switches
        axes.plot(x, y, color=COLOURS[k], lw=0.8, alpha=0.25)
        axes.plot(x[x <= generation], y[x <= generation], color=COLOURS[k], lw=1.2, label=name)
    axes.axvline(generation, color="#888888", lw=0.8)
    axes.set_xlim(0, max(int(log["generation"][-1]), 1))
    axes.set_ylim(min(0.0, float(np.nanmin(log["q_score"]))) - 0.02, 1.05)
    axes.set_xlabel("generation")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, frameon=False)


def _animated(pictures: Iterator[Picture], kind: str) -> bytes:
    """The bytes of an animated WebP or GIF that begins again at its end."""
    first, *others = (Image.fromarray(picture).convert("RGB") for picture in pictures)
    content = BytesIO()
    times = [1000 // PACE] * len(others) + [1000 * HELD // PACE]
    how: dict[str, Any] = {"quality": 80, "method": 3} if kind == "webp" else {"optimize": True}
    first.save(content, kind, save_all=True, append_images=others, duration=times, loop=0, **how)
    return content.getvalue()


def _write_mp4(pictures: Iterator[Picture], out: Path) -> None:
    """By ffmpeg, which is given the frames one after the other."""
    part = out.with_name(out.name + ".part")
    width, height = (round(side * DPI) for side in SIZE)
    command = [
        "ffmpeg",
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        f"{width}x{height}",
    ]
    command += [
        "-r",
        str(PACE),
        "-i",
        "-",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
        str(part),
    ]
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stderr is not None
            try:
                picture = None
                for picture in pictures:
                    process.stdin.write(picture.tobytes())
                for _ in range(HELD - 1):
                    assert picture is not None
                    process.stdin.write(picture.tobytes())
                process.stdin.close()
            except BrokenPipeError:
                pass  # ffmpeg has ended, and says why
            said = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise EvomodError(
                f"ffmpeg could not write {out}: {said.splitlines()[-1] if said else 'it said nothing'}."
            )
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
