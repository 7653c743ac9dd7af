"""All encodings: those of this package's modules, and those that users bring; their parts of a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from pydantic import ConfigDict, field_serializer, field_validator

from evomod.encodings.base import Encoding, EncodingKind
from evomod.encodings.checked import METHODS, Checked, check_bounds, without_methods
from evomod.errors import EvomodError
from evomod.files.collection import Named, OwnSection, check_keys, file_name, made
from evomod.files.plugins import called
from evomod.sections import SUPPORTS, NetworkSection, Section
from evomod.task import Task


class OwnNetwork(NetworkSection, OwnSection):
    """The part of a user's encoding, before what defines it has been read."""

    encoding: str
    entry_point: str | None = None
    sha256: str | None = None

    _name = field_serializer("encoding")(file_name)


class UnknownNetwork(NetworkSection):
    """What no encoding is called."""

    model_config = ConfigDict(extra="allow")

    encoding: Any

    @field_validator("encoding")
    @classmethod
    def _refuse(cls, value: Any) -> Any:
        known = ", ".join(ENCODINGS.known())
        raise ValueError(f"wanted one of {known}, or a file of your own such as ./mine.py")


def _refuse(where: str, kind: EncodingKind) -> None:
    """Refuse, in words, an object that is not an encoding."""
    check_keys(f"{where}: encoding '{kind.name}' supports", kind.supports)
    unknown = sorted(set(kind.supports) - set(SUPPORTS))
    if unknown:
        raise EvomodError(
            f"{where}: encoding '{kind.name}' supports '{unknown[0]}'; known: {', '.join(SUPPORTS)}."
        )
    if not callable(kind.build):
        raise EvomodError(
            f"{where}: encoding '{kind.name}' has no function build(network, task, variation)."
        )
    ENCODINGS.check_section(f"{where}: variation of encoding '{kind.name}'", kind.variation, Section)


ENCODINGS = Named(
    EncodingKind,
    "encoding",
    Path(__file__).parent,
    "network.encoding",
    (NetworkSection, OwnNetwork, UnknownNetwork),
    _refuse,
)


def variation_class(encoding: Any) -> type[Section]:
    """What [variation] may hold with an encoding."""
    known = isinstance(encoding, str) and encoding in ENCODINGS
    return ENCODINGS[encoding].variation if known else OwnSection


def resolved(network: NetworkSection, variation: Section) -> tuple[NetworkSection, Section]:
    """With a user's encoding read. Raises `EvomodError` where it cannot be had."""
    found: NetworkSection = ENCODINGS.resolved(network)
    if found is network:
        return network, variation
    kind = ENCODINGS.of(found)
    assert kind is not None
    own = variation.given if isinstance(variation, OwnSection) else {}
    return found, made("variation", kind.variation, dict(kind.defaults.get("variation", {})) | own)


def built(network: NetworkSection, task: Task, variation: Section) -> Encoding:
    """The encoding of a resolved section for a task. Raises `EvomodError` where they do not fit."""
    kind, origin = ENCODINGS.of(network), ENCODINGS.origin_of(network)
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
    missing = without_methods(found)
    if missing:
        raise EvomodError(f"{what}: {type(found).__name__} has no method {' and no '.join(missing)}.")
    if (found.name, found.supports) != (kind.name, kind.supports):
        raise EvomodError(
            f"{what}: build returned an encoding named {found.name!r} that supports {sorted(found.supports)}; "
            f"expected {kind.name!r} and {sorted(kind.supports)}."
        )
    check_bounds(what, called(f"{what}: bounds", origin.file, found.bounds), found.n_genes)
    checked: Any = Checked(found, what, origin.file)
    return cast(Encoding, checked)


NEEDED = (
    "name",
    "supports",
    "wiring",
    "variation",
    "n_genes",
    "is_pattern",
    *METHODS,
)
"""What an `Encoding` must have of its own."""
