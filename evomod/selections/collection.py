"""All methods of selection: those of this package's modules, and those that users bring; their part of a config."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ConfigDict, ValidationError, create_model, field_serializer, field_validator

from evomod.errors import EvomodError
from evomod.files.plugins import (
    Origin,
    built_in,
    check_name,
    check_origin,
    entry_points,
    from_entry_point,
    from_file,
    mistakes,
)
from evomod.sections import MethodSection
from evomod.selections.base import Sees, Selection

GROUP = "evomod.selections"
"""Entry points of installed packages, each the name of its method."""


BUILT_IN = {
    selection.name: selection
    for selection in sorted(
        built_in(GROUP, Path(__file__).parent, Selection), key=lambda selection: selection.name
    )
}
"""Those of this package, by name."""


class OwnMethod(MethodSection):
    """The part of a user's method, before what defines it has been read."""

    model_config = ConfigDict(extra="allow")

    entry_point: str | None = None
    sha256: str | None = None

    @field_serializer("method")
    def _name(self, value: str) -> str:
        """A folder holds a copy under the file's name, beside its config."""
        return Path(value).name if value.endswith(".py") else value

    @property
    def given(self) -> dict[str, Any]:
        """The method's own keys."""
        return dict(self.__pydantic_extra__ or {})


class UnknownMethod(MethodSection):
    """What no method is called."""

    model_config = ConfigDict(extra="allow")

    @field_validator("method")
    @classmethod
    def _refuse(cls, value: str) -> str:
        known = ", ".join([*BUILT_IN, *entry_points(GROUP)])
        raise ValueError(f"wanted one of {known}, or a file of your own such as ./mine.py")


def section_class(method: Any) -> type[MethodSection]:
    """What [selection] may hold with a method."""
    if isinstance(method, str) and method in BUILT_IN:
        return BUILT_IN[method].section
    if isinstance(method, str) and (method.endswith(".py") or method in entry_points(GROUP)):
        return OwnMethod
    return UnknownMethod


def selection_of(section: MethodSection) -> Selection | None:
    """The method of a section; None for a user's that has not been read."""
    if type(section) in DEFINED:
        return DEFINED[type(section)][0]
    return BUILT_IN.get(section.method)


def origin_of(section: MethodSection) -> Origin | None:
    """Where a user's method comes from, once it has been read; None of those of evomod."""
    return DEFINED[type(section)][1] if type(section) in DEFINED else None


def resolved(section: MethodSection) -> MethodSection:
    """With a user's method read. Raises `EvomodError` where it cannot be had."""
    if not isinstance(section, OwnMethod):
        return section
    name = section.method
    if name.endswith(".py"):
        selection, origin = from_file(Path(name), Selection, "selection")
    elif name in entry_points(GROUP):
        selection, origin = from_entry_point(GROUP, name, Selection)
    else:
        raise EvomodError(
            f"selection.method: no installed package has the entry point '{name}' of {GROUP}; install the "
            "package that it comes from."
        )
    check_origin("selection.method", origin, section.sha256)
    _check(selection, origin)
    kept = {"method": origin.file or name, "entry_point": origin.entry_point, "sha256": origin.sha256}
    try:
        given = section.given | {key: value for key, value in kept.items() if value is not None}
        return _section_class(selection, origin)(**given)
    except ValidationError as error:
        raise EvomodError(mistakes("selection", selection.section, error)) from None


def beside(section: MethodSection, folder: Path) -> MethodSection:
    """With a file that is named from a folder, in which the config stands."""
    if isinstance(section, OwnMethod) and section.method.endswith(".py"):
        return section.model_copy(update={"method": str(folder / section.method)})
    return section


DEFINED: dict[type[MethodSection], tuple[Selection, Origin]] = {}
"""What is behind the section of a user's method that has been read."""


@lru_cache(maxsize=64)
def _section_class(selection: Selection, origin: Origin) -> type[MethodSection]:
    """The section of a user's method with what identifies the file, the same class for the same file."""
    made = create_model(
        selection.section.__name__,
        __base__=selection.section,
        entry_point=(str | None, None),
        sha256=(str, ...),
    )
    DEFINED[made] = (selection, origin)
    return made


def _check(selection: Selection, origin: Origin) -> None:
    """Refuse, in words, an object that cannot select."""
    where = f"selection file {origin.file}" if origin.file else str(origin.entry_point)
    check_name(where, selection.name)
    if selection.name in BUILT_IN:
        raise EvomodError(
            f"{where}: the name '{selection.name}' is taken by a method of evomod; give it another one."
        )
    if not callable(selection.breed) or not (
        selection.survivors is None or callable(selection.survivors)
    ):
        raise EvomodError(
            f"{where}: '{selection.name}': expected functions breed(candidates, section, rng) and, if not all of "
            "the pool survive, survivors(candidates, number, section, rng)."
        )
    further = (selection.columns, selection.capacity, selection.table)
    if not all(function is None or callable(function) for function in further):
        raise EvomodError(f"{where}: '{selection.name}': columns, capacity and table are functions.")
    if selection.sees not in get_args(Sees):
        raise EvomodError(
            f"{where}: '{selection.name}' sees {selection.sees!r}; expected one of {', '.join(get_args(Sees))}."
        )
    if not (isinstance(selection.section, type) and issubclass(selection.section, MethodSection)):
        raise EvomodError(
            f"{where}: section of '{selection.name}': expected a class made from evomod.sections.MethodSection."
        )
