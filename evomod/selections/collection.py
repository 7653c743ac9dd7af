"""All methods of selection: those of this package's modules, and those that users bring; their part of a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from pydantic import ConfigDict, field_serializer, field_validator

from evomod.errors import EvomodError
from evomod.files.collection import Named, OwnSection, file_name
from evomod.sections import MethodSection
from evomod.selections.base import Sees, Selection


class OwnMethod(MethodSection, OwnSection):
    """The part of a user's method, before what defines it has been read."""

    entry_point: str | None = None
    sha256: str | None = None

    _name = field_serializer("method")(file_name)


class UnknownMethod(MethodSection):
    """What no method is called."""

    model_config = ConfigDict(extra="allow")

    @field_validator("method")
    @classmethod
    def _refuse(cls, value: str) -> str:
        known = ", ".join(METHODS.known())
        raise ValueError(f"wanted one of {known}, or a file of your own such as ./mine.py")


def _refuse(where: str, selection: Selection) -> None:
    """Refuse, in words, an object that cannot select."""
    if not callable(selection.breed) or not (
        selection.survivors is None or callable(selection.survivors)
    ):
        raise EvomodError(
            f"{where}: '{selection.name}': expected functions breed(candidates, section, rng) and, if not all of "
            "the pool survive, survivors(candidates, number, section, rng)."
        )
    further: tuple[Any, ...] = (selection.columns, selection.capacity, selection.table)
    if not all(function is None or callable(function) for function in further):
        raise EvomodError(f"{where}: '{selection.name}': columns, capacity and table are functions.")
    if selection.sees not in get_args(Sees):
        raise EvomodError(
            f"{where}: '{selection.name}' sees {selection.sees!r}; expected one of {', '.join(get_args(Sees))}."
        )


METHODS = Named(
    Selection,
    "selection",
    Path(__file__).parent,
    "selection.method",
    (MethodSection, OwnMethod, UnknownMethod),
    _refuse,
)
