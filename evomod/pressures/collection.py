"""All pressures: those of this package's modules, and those that users bring; their part of a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import (
    Field,
    create_model,
    field_serializer,
    model_serializer,
    model_validator,
)

from evomod.errors import EvomodError
from evomod.files.collection import Collection, OwnSection, check_keys, file_name
from evomod.files.plugins import Origin
from evomod.pressures import adaptability
from evomod.pressures.base import Acting, Pressure
from evomod.sections import SUPPORTS, PricedSection, Section

PRESSURES = Collection(
    Pressure,
    "pressure",
    Path(__file__).parent,
    {"file": (str | None, None)},
    lambda pressure: (pressure.order, pressure.name),
)


class Own(OwnSection):
    """The part of a user's pressure, before what defines it has been read."""

    file: str | None = None
    entry_point: str | None = None
    sha256: str | None = None

    _name = field_serializer("file")(file_name)


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
            raise ValueError(f"there is no pressure 'own'; known here: {', '.join(PRESSURES)}")
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

    def towards(self, goal: str) -> Pressures:
        """Without adaptability to this goal, which is to be rewarded."""
        section = self.get("adaptability")
        if section is None or goal not in section.goals:
            return self
        return self.model_copy(update={"adaptability": adaptability.towards(section, goal)})

    @property
    def acting(self) -> tuple[Acting, ...]:
        """Pressures that act, with their sections, in the order of objectives; users' once they are resolved."""
        found = [Acting(PRESSURES[n], self.get(n)) for n in FIELDS if self.get(n) is not None]
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
            if name in own and own[name].sha256 == getattr(read, "sha256", None):
                raise EvomodError(
                    f"pressures.{key}: the pressure '{name}' stands there twice, of the same file; name it once."
                )
            if name in own or name in PRESSURES:
                raise EvomodError(
                    f"pressures.{key}: the name '{name}' is taken by "
                    f"{'a pressure of evomod' if name in PRESSURES else 'another file'}; give it another one."
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
        for name, pressure in PRESSURES.items()
        if pressure.place != "schedule"
    }


PressuresSection = create_model(
    "PressuresSection", __base__=Pressures, __module__=__name__, __doc__=Pressures.__doc__, **_fields()
)
FIELDS = [name for name, pressure in PRESSURES.items() if pressure.place != "schedule"]
"""Names of built-in pressures with a section of their own; one whose place is the schedule is written as such."""


def _is_own(name: Any, section: Any) -> bool:
    """Whether a key of [pressures] is a user's: a file, or the name of an entry point."""
    if not isinstance(name, str) or name in PRESSURES or name.replace("_", "-") in PRESSURES:
        return False
    if isinstance(section, Own) or PRESSURES.defined(section) is not None or name.endswith(".py"):
        return True
    if isinstance(section, dict) and ("file" in section or "entry_point" in section):
        return True
    return name in PRESSURES.points()


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
        point = PRESSURES.points().get(name)
        return Own(**({"entry_point": point.value if point else None} | section))
    return Own(**section)


def definition_of(section: Section) -> tuple[Pressure, Origin]:
    """A user's pressure, and where it comes from, by its section."""
    found = PRESSURES.defined(section)
    assert found is not None
    return found


def _read(key: str, section: Own) -> tuple[str, Section]:
    """The name of a user's pressure, and its section, checked by what defines it."""
    where = f"pressures.{key}"
    pressure, origin = PRESSURES.read(section.file or key, where, section.sha256)
    if not key.endswith(".py") and key != pressure.name:
        raise EvomodError(
            f"{where}: {origin.file or origin.entry_point} defines the pressure '{pressure.name}'; expected "
            f"'{key}'. Write [pressures.{pressure.name}]."
        )
    _refuse(PRESSURES.check(pressure, origin, Section), pressure)
    given = section.given if origin.file is None else section.given | {"file": origin.file}
    return pressure.name, PRESSURES.section_of(pressure, origin, f"pressures.{pressure.name}", given)


def _refuse(where: str, pressure: Pressure) -> None:
    """Refuse, in words, an object that cannot act."""
    if pressure.place not in ("objective", "constraint"):
        raise EvomodError(
            f"{where}: pressure '{pressure.name}' has the place {pressure.place!r}; expected 'objective' or "
            "'constraint'."
        )
    if pressure.place == "constraint" and issubclass(pressure.section, PricedSection):
        raise EvomodError(
            f"{where}: pressure '{pressure.name}' is a constraint, which has no probability and no penalty; expected a section made "
            "from evomod.sections.Section."
        )
    if pressure.place == "objective" and not {"probability", "penalty"} & set(
        pressure.section.model_fields
    ):
        raise EvomodError(
            f"{where}: pressure '{pressure.name}' is an objective, and its section has neither probability nor penalty, so it would "
            "press nothing; expected a section made from evomod.sections.PricedSection."
        )
    if not callable(pressure.measure):
        raise EvomodError(f"{where}: pressure '{pressure.name}' has no function measure(view, section).")
    if not (isinstance(pressure.is_maximised, bool) or callable(pressure.is_maximised)):
        raise EvomodError(
            f"{where}: pressure '{pressure.name}' has is_maximised={pressure.is_maximised!r}; expected True or False, "
            "or a function of the section."
        )
    if not callable(pressure.requires):
        check_keys(f"{where}: pressure '{pressure.name}' requires", pressure.requires)
        unknown = sorted(set(pressure.requires) - set(SUPPORTS))
        if unknown:
            raise EvomodError(
                f"{where}: pressure '{pressure.name}' requires '{unknown[0]}'; known: {', '.join(SUPPORTS)}."
            )
