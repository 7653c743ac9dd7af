"""How pictures look and how they are written: one style, every format that matplotlib has, whole or not at all."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from evomod.errors import EvomodError, shortened
from evomod.files.disk import write_whole

UNDATED: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "svgz": {"Date": None},
    "pdf": {"CreationDate": None},
}
"""What to leave out of a file, by its format, so that the same figure makes the same bytes."""


@cache
def style() -> Any:
    """The settings of ``evomod.mplstyle``, for `matplotlib.rc_context` around every figure."""
    with files("evomod.plots").joinpath("evomod.mplstyle").open(encoding="utf-8") as file:
        lines = [line.partition("#")[0].partition(":") for line in file]
    return {key.strip(): value.strip() for key, _, value in lines if key.strip()}


def check_format(path: str | Path) -> Path:
    """The path with ``.png`` where it has no ending. Raises `EvomodError` where no picture can be written there."""
    path = Path(path)
    path = path if path.suffix else path.with_suffix(".png")
    known = sorted(Figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in known:
        raise EvomodError(
            f"{shortened(path)}: expected a picture's ending, one of .{', .'.join(known)}; got '{path.suffix}'."
        )
    if path.is_dir():
        raise EvomodError(
            f"the picture cannot be written to {shortened(path)}: it is a folder. Give a file's name."
        )
    if not path.parent.is_dir():
        raise EvomodError(
            f"the picture cannot be written to {shortened(path)}: there is no folder {path.parent}."
        )
    return path


def write_picture(figure: Figure, path: str | Path, dpi: float | str = "figure") -> Path:
    """Write a figure in the format of the path's ending, whole or not at all; returns the path.

    Raises `EvomodError` for an unknown ending, and where the picture cannot be drawn or written.
    """
    path = check_format(path)
    content = picture_bytes(figure, path.suffix[1:].lower(), dpi)
    try:
        write_whole(path, content)
    except OSError as error:
        raise EvomodError(
            f"the picture cannot be written to {shortened(path)}: {error.strerror or error}."
        ) from None
    return path


def write_pictures(folder: Path, pictures: dict[str, bytes]) -> list[Path]:
    """Write pictures by name into a folder; returns their paths. Raises `EvomodError` where they cannot be written."""
    try:
        for name, picture in pictures.items():
            write_whole(folder / name, picture)
    except OSError as error:
        raise EvomodError(
            f"the pictures cannot be written into {folder}: {error.strerror or error}."
        ) from None
    return [folder / name for name in pictures]


def picture_bytes(figure: Figure, kind: str = "png", dpi: float | str = "figure") -> bytes:
    """A figure as the bytes of a file of this kind. Raises `EvomodError` where it cannot be drawn."""
    picture = BytesIO()
    try:
        with matplotlib.rc_context({"svg.hashsalt": "evomod"}):
            small: dict[str, Any] = {"pil_kwargs": {"optimize": True}} if kind == "png" else {}
            figure.savefig(picture, format=kind, dpi=dpi, metadata=UNDATED.get(kind), **small)
    except (OSError, RuntimeError, ValueError) as error:
        raise EvomodError(f"a picture of the kind .{kind} cannot be drawn: {error}.") from None
    return picture.getvalue()
