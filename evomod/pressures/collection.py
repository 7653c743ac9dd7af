"""All pressures: those of this package's modules, and those that users bring; their part of a config."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_serializer,
    model_serializer,
    model_validator,
)

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
from evomod.pressures.base import Acting, Pressure
from evomod.sections import SUPPORTS, Section

GROUP = "evomod.pressures"
"""Entry points of installed packages, each the name of its pressure."""


BUILT_IN = {
    pressure.name: pressure
    for pressure in sorted(
        built_in(GROUP, Path(__file__).parent, Pressure),
        key=lambda pressure: (pressure.order, pressure.name),
    )
}
"""Those of this package, by name."""


class Own(Section):
    """The part of a user's pressure, before what defines it has been read."""

    model_config = ConfigDict(extra="allow")

    file: str | None = None
    entry_point: str | None = None
    sha256: str | None = None

    @field_serializer("file")
    def _name(self, value: str | None) -> str | None:
        """A folder holds a copy under the file's name, beside its config."""
        return None if value is None else Path(value).name

    @property
    def given(self) -> dict[str, Any]:
        """The pressure's own keys."""
        return dict(self.__pydantic_extra__ or {})


class Pressures(Section):
    """Causes of modularity, and controls; one that is left out does not act."""

    own: dict[str, Any] = Field(default_factory=dict, alias="(own)")
    """Users' pressures, by name (or path, until the file has been read)."""

    @model_validator(mode="before")
    @classmethod
    def _apart(cls, data: Any) -> Any:
        """Put those that are not built in apart."""
        if not isinstance(data, dict):
            return data
        own = {name: section for name, section in data.items() if _is_own(name, section)}
        if "own" in data and "own" not in own:
            raise ValueError(f"there is no pressure 'own'; known here: {', '.join(BUILT_IN)}")
        rest = {name: section for name, section in data.items() if name not in own}
        return rest | (
            {"(own)": {name: _own(name, section) for name, section in own.items()}} if own else {}
        )

    @model_serializer(mode="wrap")
    def _together(self, handler: Any) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        own = data.pop("(own)" if "(own)" in data else "own", {})
        return data | own

    def get(self, name: str) -> Any:
        """A built-in pressure's section, None if it does not act."""
        return getattr(self, name.replace("-", "_"))

    @property
    def acting(self) -> tuple[Acting, ...]:
        """Pressures that act, with their sections, in the order of objectives; users' once they are resolved."""
        found = [Acting(BUILT_IN[n], self.get(n)) for n in FIELDS if self.get(n) is not None]
        for section in self.own.values():
            if not isinstance(section, Own):
                pressure, origin = definition_of(section)
                found.append(Acting(pressure, section, origin.file or origin.entry_point))
        return tuple(sorted(found, key=lambda acting: (acting.pressure.order, acting.name)))

    @property
    def objectives(self) -> dict[str, float]:
        """Names of those that are further objectives, in their order, with their probabilities."""
        return {
            acting.name: acting.probability
            for acting in self.acting
            if acting.is_objective and acting.probability is not None
        }

    def resolved(self) -> Pressures:
        """With users' pressures read. Raises `EvomodError` where one cannot be had."""
        if not any(isinstance(section, Own) for section in self.own.values()):
            return self
        own: dict[str, Any] = {}
        for key, section in self.own.items():
            name, read = _read(key, section) if isinstance(section, Own) else (key, section)
            if name in own or name in BUILT_IN:
                raise EvomodError(
                    f"pressures.{key}: the name '{name}' is taken by "
                    f"{'a pressure of evomod' if name in BUILT_IN else 'another file'}; give it another one."
                )
            own[name] = read
        return self.model_copy(update={"own": dict(sorted(own.items()))})

    @property
    def origins(self) -> dict[str, Origin]:
        """Where users' pressures come from, by name; once they are resolved."""
        return {name: definition_of(s)[1] for name, s in self.own.items() if not isinstance(s, Own)}

    def beside(self, folder: Path) -> Pressures:
        """With files that are named from a folder, in which the config stands."""
        if not self.own:
            return self
        own = {
            name: section.model_copy(update={"file": str(folder / section.file)})
            if isinstance(section, Own) and section.file is not None
            else section
            for name, section in self.own.items()
        }
        return self.model_copy(update={"own": own})


def _fields() -> dict[str, Any]:
    return {
        name.replace("-", "_"): (pressure.section | None, Field(default=None, alias=name))
        for name, pressure in BUILT_IN.items()
        if pressure.place != "schedule"
    }


PressuresSection = create_model(
    "PressuresSection", __base__=Pressures, __module__=__name__, __doc__=Pressures.__doc__, **_fields()
)
FIELDS = [name for name, pressure in BUILT_IN.items() if pressure.place != "schedule"]
"""Names of built-in pressures with a section of their own; one whose place is the schedule is written as such."""


def _is_own(name: Any, section: Any) -> bool:
    """Whether a key of [pressures] is a user's: a file, or the name of an entry point."""
    if not isinstance(name, str) or name in BUILT_IN or name.replace("_", "-") in BUILT_IN:
        return False
    if isinstance(section, Own) or type(section) in DEFINED or name.endswith(".py"):
        return True
    if isinstance(section, dict) and ("file" in section or "entry_point" in section):
        return True
    return name in entry_points(GROUP)


def _own(name: str, section: Any) -> Any:
    """A user's section, not yet read."""
    if not isinstance(section, dict):
        if isinstance(section, Section):
            return section
        raise ValueError(f"{name}: expected a section, [pressures.{name}]; got {section!r}")
    if name.endswith(".py"):
        if "file" in section:
            raise ValueError(f"{name}: the file is named twice; leave out file = {section['file']!r}")
        return Own(**section, file=name)
    if "file" not in section:
        point = entry_points(GROUP).get(name)
        return Own(**({"entry_point": point.value if point else None} | section))
    return Own(**section)


DEFINED: dict[type[Section], tuple[Pressure, Origin]] = {}
"""What is behind the section of a user's pressure that has been read."""


def definition_of(section: Section) -> tuple[Pressure, Origin]:
    """A user's pressure, and where it comes from, by its section."""
    return DEFINED[type(section)]


def _read(key: str, section: Own) -> tuple[str, Section]:
    """The name of a user's pressure, and its section, checked by what defines it."""
    where = f"pressures.{key}"
    if section.file is not None:
        pressure, origin = from_file(Path(section.file), Pressure, "pressure")
    else:
        if key not in entry_points(GROUP):
            raise EvomodError(
                f"{where}: no installed package has this entry point of {GROUP} ({section.entry_point}); "
                "install the package that it comes from."
            )
        pressure, origin = from_entry_point(GROUP, key, Pressure)
    if not key.endswith(".py") and key != pressure.name:
        raise EvomodError(
            f"{where}: {origin.file or origin.entry_point} defines the pressure '{pressure.name}'; expected "
            f"'{key}'. Write [pressures.{pressure.name}]."
        )
    check_origin(where, origin, section.sha256)
    check_definition(pressure, str(origin.file or origin.entry_point))
    try:
        kept = {"file": origin.file, "entry_point": origin.entry_point, "sha256": origin.sha256}
        given = section.given | {k: v for k, v in kept.items() if v is not None}
        return pressure.name, _section_class(pressure, origin)(**given)
    except ValidationError as error:
        raise EvomodError(mistakes(f"pressures.{pressure.name}", pressure.section, error)) from None


def check_definition(pressure: Pressure, where: str) -> None:
    """Refuse, in words, an object that cannot act."""
    check_name(where, pressure.name)
    if pressure.place not in ("objective", "constraint"):
        raise EvomodError(
            f"{where}: pressure '{pressure.name}' has the place {pressure.place!r}; expected 'objective' or "
            "'constraint'."
        )
    if not callable(pressure.measure):
        raise EvomodError(f"{where}: pressure '{pressure.name}' has no function measure(view, section).")
    is_section = isinstance(pressure.section, type) and issubclass(pressure.section, Section)
    if not is_section:
        raise EvomodError(
            f"{where}: section of pressure '{pressure.name}': expected a class made from evomod.sections.Section."
        )
    if not callable(pressure.requires):
        unknown = sorted(set(pressure.requires) - set(SUPPORTS))
        if unknown:
            raise EvomodError(
                f"{where}: pressure '{pressure.name}' requires '{unknown[0]}'; known: {', '.join(SUPPORTS)}."
            )


@lru_cache(maxsize=64)
def _section_class(pressure: Pressure, origin: Origin) -> type[Section]:
    """The section of a user's pressure with what identifies the file, the same class for the same file."""
    made = create_model(
        pressure.section.__name__,
        __base__=pressure.section,
        file=(str | None, None),
        entry_point=(str | None, None),
        sha256=(str, ...),
    )
    DEFINED[made] = (pressure, origin)
    return made
