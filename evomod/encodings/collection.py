"""All encodings: those of this package's modules, and those that users bring; their parts of a config."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import ConfigDict, ValidationError, create_model, field_serializer, field_validator

from evomod.encodings.base import Encoding, EncodingKind
from evomod.encodings.checked import Checked
from evomod.errors import EvomodError
from evomod.files.plugins import (
    Origin,
    built_in,
    called,
    check_name,
    check_origin,
    entry_points,
    from_entry_point,
    from_file,
    mistakes,
)
from evomod.sections import SUPPORTS, NetworkSection, Section
from evomod.task import Task

GROUP = "evomod.encodings"
"""Entry points of installed packages, each the name of its encoding."""


BUILT_IN = {
    kind.name: kind
    for kind in sorted(built_in(GROUP, Path(__file__).parent, EncodingKind), key=lambda kind: kind.name)
}
"""Those of this package, by name."""


class OwnNetwork(NetworkSection):
    """The part of a user's encoding, before what defines it has been read."""

    model_config = ConfigDict(extra="allow")

    encoding: str
    entry_point: str | None = None
    sha256: str | None = None

    @field_serializer("encoding")
    def _name(self, value: str) -> str:
        """A folder holds a copy under the file's name, beside its config."""
        return Path(value).name if value.endswith(".py") else value

    @property
    def given(self) -> dict[str, Any]:
        """The encoding's own keys."""
        return dict(self.__pydantic_extra__ or {})


class OwnVariation(Section):
    """Likewise of its variation."""

    model_config = ConfigDict(extra="allow")

    @property
    def given(self) -> dict[str, Any]:
        """Its keys."""
        return dict(self.__pydantic_extra__ or {})


class UnknownNetwork(NetworkSection):
    """What no encoding is called."""

    model_config = ConfigDict(extra="allow")

    encoding: Any

    @field_validator("encoding")
    @classmethod
    def _refuse(cls, value: Any) -> Any:
        known = ", ".join([*BUILT_IN, *entry_points(GROUP)])
        raise ValueError(f"wanted one of {known}, or a file of your own such as ./mine.py")


def section_class(encoding: Any) -> type[NetworkSection]:
    """What [network] may hold with an encoding."""
    if isinstance(encoding, str) and encoding in BUILT_IN:
        return BUILT_IN[encoding].section
    if isinstance(encoding, str) and (encoding.endswith(".py") or encoding in entry_points(GROUP)):
        return OwnNetwork
    return UnknownNetwork


def variation_class(encoding: Any) -> type[Section]:
    """What [variation] may hold with an encoding."""
    if isinstance(encoding, str) and encoding in BUILT_IN:
        return BUILT_IN[encoding].variation
    return OwnVariation


def kind_of(section: NetworkSection) -> EncodingKind | None:
    """The encoding of a section; None for a user's that has not been read."""
    if type(section) in DEFINED:
        return DEFINED[type(section)][0]
    return BUILT_IN.get(section.encoding)


def origin_of(section: NetworkSection) -> Origin | None:
    """Where a user's encoding comes from, once it has been read; None of those of evomod."""
    return DEFINED[type(section)][1] if type(section) in DEFINED else None


def resolved(network: NetworkSection, variation: Section) -> tuple[NetworkSection, Section]:
    """With a user's encoding read. Raises `EvomodError` where it cannot be had."""
    if not isinstance(network, OwnNetwork):
        return network, variation
    name = network.encoding
    if name.endswith(".py"):
        kind, origin = from_file(Path(name), EncodingKind, "encoding")
    elif name in entry_points(GROUP):
        kind, origin = from_entry_point(GROUP, name, EncodingKind)
    else:
        raise EvomodError(
            f"network.encoding: no installed package has the entry point '{name}' of {GROUP}; install the package "
            "that it comes from."
        )
    check_origin("network.encoding", origin, network.sha256)
    _check(kind, origin)
    kept = {"encoding": origin.file or name, "entry_point": origin.entry_point, "sha256": origin.sha256}
    given = network.given | {key: value for key, value in kept.items() if value is not None}
    own = variation.given if isinstance(variation, OwnVariation) else {}
    own = dict(kind.defaults.get("variation", {})) | own
    return (
        _made("network", _section_class(kind, origin), given),
        _made("variation", kind.variation, own),
    )


def _made(where: str, section: type[Any], given: dict[str, Any]) -> Any:
    try:
        return section(**given)
    except ValidationError as error:
        raise EvomodError(mistakes(where, section, error)) from None


def built(network: NetworkSection, task: Task, variation: Section) -> Encoding:
    """The encoding of a resolved section for a task. Raises `EvomodError` where they do not fit."""
    kind, origin = kind_of(network), origin_of(network)
    assert kind is not None
    if origin is None:
        return kind.build(network, task, variation)
    what = f"encoding '{kind.name}' ({origin.file or origin.entry_point})"
    found: Any = called(what, origin.file, kind.build, network, task, variation)
    lacking = [name for name in NEEDED if not hasattr(found, name)]
    if lacking:
        raise EvomodError(
            f"{what}: build returned a {type(found).__name__} without {lacking[0]}; expected a class made from "
            "evomod.Encoding."
        )
    if (found.name, found.supports) != (kind.name, kind.supports):
        raise EvomodError(
            f"{what}: build returned an encoding named {found.name!r} that supports {sorted(found.supports)}; "
            f"expected {kind.name!r} and {sorted(kind.supports)}."
        )
    checked: Any = Checked(found, what, origin.file)
    return cast(Encoding, checked)


NEEDED = (
    "name",
    "supports",
    "wiring",
    "variation",
    "n_genes",
    "is_pattern",
    "birth",
    "vary",
    "network",
    "bounds",
)
"""What an `Encoding` must have of its own."""


def beside(section: NetworkSection, folder: Path) -> NetworkSection:
    """With a file that is named from a folder, in which the config stands."""
    if isinstance(section, OwnNetwork) and section.encoding.endswith(".py"):
        return section.model_copy(update={"encoding": str(folder / section.encoding)})
    return section


DEFINED: dict[type[NetworkSection], tuple[EncodingKind, Origin]] = {}
"""What is behind the section of a user's encoding that has been read."""


@lru_cache(maxsize=64)
def _section_class(kind: EncodingKind, origin: Origin) -> type[NetworkSection]:
    """The section of a user's encoding with what identifies the file, the same class for the same file."""
    made = create_model(
        kind.section.__name__,
        __base__=kind.section,
        encoding=(str, ...),
        entry_point=(str | None, None),
        sha256=(str, ...),
    )
    DEFINED[made] = (kind, origin)
    return made


def _check(kind: EncodingKind, origin: Origin) -> None:
    """Refuse, in words, an object that is not an encoding."""
    where = f"encoding file {origin.file}" if origin.file else str(origin.entry_point)
    check_name(where, kind.name)
    if kind.name in BUILT_IN:
        raise EvomodError(
            f"{where}: the name '{kind.name}' is taken by an encoding of evomod; give it another one."
        )
    unknown = sorted(set(kind.supports) - set(SUPPORTS))
    if unknown:
        raise EvomodError(
            f"{where}: encoding '{kind.name}' supports '{unknown[0]}'; known: {', '.join(SUPPORTS)}."
        )
    if not callable(kind.build):
        raise EvomodError(
            f"{where}: encoding '{kind.name}' has no function build(network, task, variation)."
        )
    for what, section, base in (
        ("section", kind.section, NetworkSection),
        ("variation", kind.variation, Section),
    ):
        if not (isinstance(section, type) and issubclass(section, base)):
            raise EvomodError(
                f"{where}: {what} of encoding '{kind.name}': expected a class made from "
                f"evomod.sections.{base.__name__}."
            )
