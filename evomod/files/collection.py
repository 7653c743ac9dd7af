"""All objects of a kind: those that a package of evomod defines, and those that users bring; their part of a config.

A user's object stands in a file, or is an installed package's entry point. Before that is read its part of a config may
hold any key (`OwnSection`); once it has been read, the part is of a class of its own, which says what it came from.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import ConfigDict, ValidationError, create_model

from evomod.errors import EvomodError, shown
from evomod.files.plugins import (
    READING,
    Origin,
    built_in,
    check_name,
    check_origin,
    entry_points,
    from_entry_point,
    from_file,
    mistakes,
)
from evomod.sections import Section


class Defined(Protocol):
    """What an object of any kind has."""

    @property
    def name(self) -> str:
        """As in a config."""

    @property
    def section(self) -> type[Any]:
        """Its part of a config."""


T = TypeVar("T", bound=Defined)


class OwnSection(Section):
    """A part of a user's object, before what defines it has been read."""

    model_config = ConfigDict(extra="allow")

    @property
    def given(self) -> dict[str, Any]:
        """The object's own keys."""
        return dict(self.__pydantic_extra__ or {})


class Collection(Mapping[str, T]):
    """Those of a package of evomod by name; and users', by the classes of their sections."""

    def __init__(
        self,
        kind: type[T],
        what: str,
        folder: Path,
        further: Mapping[str, Any],
        order: Callable[[T], Any] = lambda one: one.name,
    ) -> None:
        self.kind, self.what, self.further = kind, what, further
        self.group = f"evomod.{folder.name}"
        self._ours = {one.name: one for one in sorted(built_in(self.group, folder, kind), key=order)}
        self._classes: dict[tuple[T, Origin], type[Any]] = {}
        self._defined: dict[type[Any], tuple[T, Origin]] = {}

    def __getitem__(self, name: str) -> T:
        return self._ours[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ours)

    def __len__(self) -> int:
        return len(self._ours)

    def points(self) -> Mapping[str, Any]:
        """Entry points of installed packages, each the name of its object."""
        return entry_points(self.group)

    def known(self) -> list[str]:
        """All names that may stand in a config."""
        return [*self, *self.points()]

    def defined(self, section: Any) -> tuple[T, Origin] | None:
        """What is behind the section of a user's object, and where it comes from; None before it has been read."""
        return self._defined.get(type(section))

    def origin_of(self, section: Any) -> Origin | None:
        """Where a user's object comes from, once it has been read; None of those of evomod."""
        found = self.defined(section)
        return None if found is None else found[1]

    def read(self, name: str, where: str, sha256: str | None) -> tuple[T, Origin]:
        """A user's object by its file or entry point. Raises `EvomodError` where it cannot be had, or was edited."""
        if name.endswith(".py"):
            one, origin = from_file(Path(name), self.kind, self.what)
        elif name in self.points():
            one, origin = from_entry_point(self.group, name, self.kind)
        else:
            raise EvomodError(
                f"{where}: no installed package has the entry point '{name}' of {self.group}; install the package "
                "that it comes from."
            )
        check_origin(where, origin, sha256)
        return one, origin

    def section_of(self, one: T, origin: Origin, where: str, given: Mapping[str, Any]) -> Any:
        """The section of a user's object, which also says what it came from."""
        kept = {"entry_point": origin.entry_point, "sha256": origin.sha256}
        return made(where, self._class_of(one, origin), {**given, **_known(kept)})

    def _class_of(self, one: T, origin: Origin) -> type[Any]:
        """The same class for the same file."""
        with READING:
            if (one, origin) not in self._classes:
                fields: dict[str, Any] = {
                    **self.further, "entry_point": (str | None, None), "sha256": (str, ...)
                }  # fmt: skip
                section = create_model(one.section.__name__, __base__=one.section, **fields)
                self._classes[one, origin], self._defined[section] = section, (one, origin)
            return self._classes[one, origin]

    def check(self, one: T, origin: Origin, base: type[Section]) -> str:
        """Refuse, in words, a name or a section that cannot be; returns what an error calls the object's place."""
        where = f"{self.what} file {origin.file}" if origin.file else str(origin.entry_point)
        check_name(where, one.name)
        self.check_section(f"{where}: section of {self.what} '{one.name}'", one.section, base)
        return where

    def check_section(self, what: str, section: Any, base: type[Section]) -> None:
        """Refuse a section of another class."""
        if not (isinstance(section, type) and issubclass(section, base)):
            raise EvomodError(f"{what}: expected a class made from evomod.sections.{base.__name__}.")


class Named(Collection[T]):
    """A collection of which a config names one, ``where``: a key of its section such as "network.encoding".

    ``base`` is what sections are made from, ``own`` that of a user's, ``unknown`` that of a name that there is not, and
    ``refuse`` refuses, in words, an object that cannot do what it is for.
    """

    def __init__(
        self,
        kind: type[T],
        what: str,
        folder: Path,
        where: str,
        sections: tuple[type[Any], type[Any], type[Any]],
        refuse: Callable[[str, T], None],
    ) -> None:
        self.place, self.refuse = where, refuse
        self.base, self.own, self.unknown = sections
        self.part, _, self.key = where.partition(".")
        super().__init__(kind, what, folder, {self.key: (str, ...)})

    def class_for(self, name: Any) -> type[Any]:
        """What the section may hold that names one."""
        if not isinstance(name, str) or name not in self:
            is_own = isinstance(name, str) and (name.endswith(".py") or name in self.points())
            return self.own if is_own else self.unknown
        return self[name].section

    def of(self, section: Any) -> T | None:
        """What a section names; None for a user's that has not been read."""
        found = self.defined(section)
        return self.get(getattr(section, self.key)) if found is None else found[0]

    def resolved(self, section: Any) -> Any:
        """With a user's object read. Raises `EvomodError` where it cannot be had."""
        if not isinstance(section, self.own):
            return section
        name = getattr(section, self.key)
        one, origin = self.read(name, self.place, section.sha256)
        where = self.check(one, origin, self.base)
        if one.name in self:
            raise EvomodError(
                f"{where}: the name '{one.name}' is taken by evomod's own {self.what}; give it another one."
            )
        self.refuse(where, one)
        given = section.given | {self.key: origin.file or name}
        return self.section_of(one, origin, self.part, given)

    def path_of(self, section: Any) -> Path | None:
        """The file that a section names and that has not been read."""
        is_file = isinstance(section, self.own) and getattr(section, self.key).endswith(".py")
        return Path(getattr(section, self.key)) if is_file else None

    def beside(self, section: Any, folder: Path) -> Any:
        """With a file that is named from a folder, in which the config stands."""
        path = self.path_of(section)
        return section if path is None else section.model_copy(update={self.key: str(folder / path)})


def made(where: str, section: type[Any], given: Mapping[str, Any]) -> Any:
    """A section of a user's object. Raises `EvomodError` that lists its mistakes."""
    try:
        return section(**given)
    except ValidationError as error:
        raise EvomodError(mistakes(where, section, error)) from None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def file_name(value: str | None) -> str | None:
    """How a folder names a file: it holds a copy beside its config."""
    return Path(value).name if value is not None and value.endswith(".py") else value


def check_keys(what: str, keys: Any) -> None:
    """Refuse, in words, what is no set of names; a text would be taken letter by letter."""
    if (
        isinstance(keys, str)
        or not isinstance(keys, abc.Collection)
        or not all(isinstance(k, str) for k in keys)
    ):
        raise EvomodError(f"{what} {shown(keys)}; expected a set of names, such as {{'weights'}}.")
