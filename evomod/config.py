"""Run configurations: TOML in sections, strict, every mistake reported at once with its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import tomli_w
from pydantic import (
    BaseModel,
    SerializeAsAny,
    ValidationError,
    field_validator,
    model_validator,
)

from evomod.encodings.collection import ENCODINGS, variation_class
from evomod.errors import EvomodError, nearest, shortened, shown
from evomod.files.collection import OwnSection
from evomod.files.configs import apply_settings, parse_value, read_config
from evomod.files.plugins import Origin
from evomod.pressures.base import Acting
from evomod.pressures.collection import PRESSURES, Own, Pressures, PressuresSection
from evomod.pressures.goal_switching import NAME as GOAL_SWITCHING
from evomod.pressures.goal_switching import with_switching
from evomod.sections import (
    METHOD,
    SUPPORTS,
    EvolutionSection,
    MethodSection,
    NetworkSection,
    ScheduleSection,
    Section,
    SelectionSection,
    TaskSection,
    TrackingSection,
    VariationSection,
)
from evomod.selections.collection import METHODS
from evomod.selections.columns import known as measurable
from evomod.task import load_task


def _encoding(data: dict[str, Any]) -> str:
    """The encoding that config data name, else the one of the task's paper."""
    network, section = data.get("network"), data.get("task")
    if isinstance(network, Section):
        return str(getattr(network, "encoding", DEFAULT))
    if isinstance(network, dict) and "encoding" in network:
        return str(network["encoding"])
    name = section.get("name") if isinstance(section, dict) else getattr(section, "name", None)
    return load_task(name).encoding if isinstance(name, str) else DEFAULT


DEFAULT = "layered"
"""The encoding of a task that names none: that of `Config`'s paper."""


def _defaults(encoding: str) -> Mapping[str, Mapping[str, Any]]:
    return ENCODINGS[encoding].defaults if encoding in ENCODINGS else {}


class Config(Section):
    """One evolution run. ``Config(task="retina")`` is performance alone (PA) of Clune et al. 2013, but that chance
    decides among equals (`selection.ties`).

    What is left out has the values of the paper that the encoding comes from (`EncodingKind.defaults`).

    Raises `EvomodError` that lists every mistake with its path and what was wanted.

    >>> Config(task="retina", evolution={"population": 100}).evolution.population
    100
    """

    task: TaskSection
    schedule: ScheduleSection = ScheduleSection()
    network: SerializeAsAny[NetworkSection] = ENCODINGS["layered"].section.model_validate({})
    variation: SerializeAsAny[Section] = ENCODINGS["layered"].variation()
    selection: SerializeAsAny[MethodSection] = SelectionSection()
    pressures: SerializeAsAny[Pressures] = PressuresSection()
    evolution: EvolutionSection = EvolutionSection()
    tracking: TrackingSection = TrackingSection()

    @model_validator(mode="before")
    @classmethod
    def _shorthands(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if isinstance(data.get("task"), str):
            data["task"] = {"name": data["task"]}
        elif "task" in data and not isinstance(data["task"], dict | TaskSection):
            raise ValueError(
                f"task: wanted a task's name or the path of its file, or a section, [task]; got {shown(data['task'])}"
            )
        data = with_switching(data)
        encoding = _encoding(data)
        for name in ("variation", "selection", "evolution", "tracking"):
            section, known = data.get(name, {}), _defaults(encoding).get(name)
            if known and isinstance(section, dict) and (name != "selection" or _shares(section)):
                data[name] = dict(known) | section
        if isinstance(data.get("network", {}), dict):
            data["network"] = {"encoding": encoding} | data.get("network", {})
        if isinstance(data.get("variation", {}), dict):
            data["variation"] = (variation_class(encoding), data.get("variation", {}))
        elif type(data["variation"]) is VariationSection and issubclass(
            variation_class(encoding), VariationSection
        ):
            data["variation"] = (variation_class(encoding), data["variation"].model_dump())
        return data

    @field_validator("network", mode="wrap")
    @classmethod
    def _network(cls, value: Any, handler: Any) -> Section:
        """The encoding decides which keys a network may have; each key is checked by that one only."""
        if isinstance(value, Section):
            return value
        if not isinstance(value, dict):
            raise ValueError("wanted a section, [network]")
        return ENCODINGS.class_for(value.get("encoding", DEFAULT)).model_validate(value)

    @field_validator("variation", mode="wrap")
    @classmethod
    def _variation(cls, value: Any, handler: Any) -> Section:
        """Likewise for what varies a genome; the section arrives with its data."""
        if isinstance(value, Section):
            return value
        if not isinstance(value, tuple):
            raise ValueError("wanted a section, [variation]")
        section, data = value
        return section.model_validate(data)

    @field_validator("selection", mode="wrap")
    @classmethod
    def _selection(cls, value: Any, handler: Any) -> MethodSection:
        """The method decides which keys [selection] may have."""
        if isinstance(value, MethodSection):
            return value
        if not isinstance(value, dict):
            raise ValueError("wanted a section, [selection]")
        return METHODS.class_for(value.get("method", METHOD)).model_validate(value)

    @field_validator("pressures", mode="wrap")
    @classmethod
    def _pressures(cls, value: Any, handler: Any) -> Pressures:
        """The class whose fields are the built-in pressures."""
        return value if isinstance(value, PressuresSection) else PressuresSection.model_validate(value)

    @model_validator(mode="after")
    def _fits(self) -> Config:
        kind = ENCODINGS.of(self.network)
        varies = OwnSection if kind is None else kind.variation
        if not isinstance(self.variation, varies):
            raise ValueError(f"variation: encoding '{self.network.encoding}' wants a {varies.__name__}")
        problems = conflicts(self)
        selection = METHODS.of(self.selection)
        if selection is not None and self.evolution.population < selection.fewest:
            problems.append(
                f"evolution.population: {selection.name} compares individuals, so it wants {selection.fewest} or more"
            )
        if problems:
            raise ValueError("\n  ".join(problems))
        return self

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**{name: _plain(value) for name, value in data.items()})
        except ValidationError as error:
            causes = (item.get("ctx", {}).get("error") for item in error.errors())
            ours = next((cause for cause in causes if isinstance(cause, EvomodError)), None)
            raise ours or EvomodError(describe(error, data)) from None


def _plain(value: Any) -> Any:
    """Numbers and arrays of NumPy, and paths, as a TOML file would have them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_plain, value))
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return str(value) if isinstance(value, Path) else value


def conflicts(config: Config) -> list[str]:
    """What pressures require and the encoding lacks, and what selection does not see; one sentence each."""
    found, network = [], config.network
    for acting in config.pressures.acting:
        if lacking := _lacking(acting, config):
            having = [name for name, kind in ENCODINGS.items() if kind.supports.issuperset(lacking)]
            so = " with these settings" if callable(acting.pressure.requires) else ""
            found.append(
                f"pressures.{acting.name}{so} requires {' and '.join(SUPPORTS[what] for what in lacking)}, which "
                f"encoding '{network.encoding}' lacks; use the encoding {' or '.join(map(repr, having))}"
            )
    return found + _unseen(config) + _unmeasured(config)


def _lacking(acting: Acting | None, config: Config) -> list[str]:
    """What a pressure requires and the networks of a config lack."""
    kind = ENCODINGS.of(config.network)
    if acting is None or kind is None:
        return []
    return sorted(acting.pressure.needs(acting.section) - kind.supports)


def _unmeasured(config: Config) -> list[str]:
    """Columns that the method of selection looks at and that are not measured of these networks."""
    selection, found = METHODS.of(config.selection), []
    if selection is None:
        return []
    there = measurable(config.pressures)
    is_read = not any(isinstance(section, Own) for section in config.pressures.own.values())
    for name in selection.columns(config.selection):
        if name not in there and is_read:
            found.append(
                f"selection.method '{config.selection.method}' looks at '{name}', which is not measured once an "
                f"individual; known: {', '.join(there)}"
            )
        elif lacking := _lacking(there.get(name), config):
            found.append(
                f"selection.method '{config.selection.method}' looks at '{name}', which requires "
                f"{' and '.join(SUPPORTS[what] for what in lacking)}; encoding '{config.network.encoding}' lacks them"
            )
    return found


def _unseen(config: Config) -> list[str]:
    """Pressures that act on what the method of selection does not see."""
    selection, method = METHODS.of(config.selection), config.selection.method
    if selection is None or selection.sees == "objectives":
        return []
    acting, sees_fitness = config.pressures.acting, selection.sees == "fitness"
    objectives = [a for a in acting if a.is_objective]
    scores = [a.name for a in acting if not a.is_objective and a.pressure.place in SCORING]
    seeing = " or ".join(name for name, one in METHODS.items() if one.sees == "objectives")
    sees, found = f"selection.method: '{method}' sees {SEEN[selection.sees]} only", []
    if objectives:
        can_be_priced = sees_fitness and any(
            "penalty" in type(a.section).model_fields for a in objectives
        )
        found.append(
            f"{sees}, and {' and '.join(a.name for a in objectives)} is a further objective; set "
            f"selection.method={seeing}{' or give it a penalty' if can_be_priced else ''}"
        )
    if scores and not sees_fitness:
        found.append(
            f"{sees}, and {' and '.join(scores)} changes the fitness; set selection.method={seeing}"
        )
    return found


SCORING = ("objective", "constraint", "evaluation")
"""Places in which a pressure changes what individuals are worth."""
SEEN = {"fitness": "fitness", "outputs": "which outputs are right"}
"""What a method that does not see all objectives sees, in words."""


def _shares(section: dict[str, Any]) -> bool:
    """Whether a method has the keys whose values an encoding's defaults give."""
    name = section.get("method", METHOD)
    return (
        isinstance(name, str) and name in METHODS and issubclass(METHODS[name].section, SelectionSection)
    )


def _encoding_or_layered(data: dict[str, Any]) -> str:
    task = data.get("task")
    return _encoding(data | {"task": {"name": task}} if isinstance(task, str) else data)


def _model_at(path: Sequence[str | int], data: dict[str, Any]) -> type[BaseModel]:
    """The section that a path of a validation error leads into."""
    model: type[BaseModel] = Config
    for step in path:
        if model is Config and step == "network":
            model = ENCODINGS.class_for(_encoding_or_layered(data))
            continue
        if model is Config and step == "pressures":
            model = PressuresSection
            continue
        if model is Config and step == "variation":
            model = variation_class(_encoding_or_layered(data))
            continue
        if model is Config and step == "selection":
            section = data.get("selection")
            model = METHODS.class_for(
                section.get("method", METHOD) if isinstance(section, dict) else METHOD
            )
            continue
        for name, info in model.model_fields.items():
            if step in (name, info.alias):
                candidates = [info.annotation, *get_args(info.annotation)]
                sections = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
                model = sections[0] if sections else model
    return model


def _unknown_key(path: Sequence[str | int], data: dict[str, Any]) -> str:
    fields = _model_at(path[:-1], data).model_fields.items()
    known = [info.alias or name for name, info in fields if info.alias != "(own)"]
    if path[0] == "network":
        for encoding, kind in ENCODINGS.items():
            if path[-1] in kind.section.model_fields and path[-1] not in known:
                used = _encoding_or_layered(data)
                return f"belongs to the encoding '{encoding}'; this config's is '{used}'"
    if path[0] == "variation":
        having = [name for name, kind in ENCODINGS.items() if path[-1] in kind.variation.model_fields]
        if having:
            names = " or ".join(f"'{name}'" for name in having)
            return f"belongs to the encoding {names}; this config's is '{_encoding_or_layered(data)}'"
    homes = homes_of(str(path[0])) if len(path) == 1 else []
    hint = f"did you mean '{homes[0]}'? " if homes else nearest(path[-1], known)
    return f"unknown key; {hint}known here: {', '.join(known)}"


def homes_of(key: str) -> list[str]:
    """The config values of that last name, which was given without its section.

    >>> homes_of("generations"), homes_of("colour")
    (['evolution.generations'], [])
    """
    sections = {name: _model_at([name], {}) for name in Config.model_fields}
    return [f"{name}.{key}" for name, section in sections.items() if key in section.model_fields]


def describe(error: ValidationError, data: dict[str, Any]) -> str:
    """One line a mistake: its path, what was wanted, what came."""
    lines = []
    for item in error.errors():
        steps = [s for s in item["loc"] if not (isinstance(s, str) and ("[" in s or s in TYPE_TAGS))]
        path = ".".join(shortened(step, 60) for step in steps)
        if item["type"] == "extra_forbidden":
            text = _unknown_key(steps, data)
        elif item["type"] == "missing":
            text = "is missing"
        elif item["type"] == "value_error":
            text = str(item["msg"]).removeprefix("Value error, ")
            if not isinstance(item["input"], dict):
                text += f"; got {shown(item['input'])}"
        else:
            wanted = "wanted a section" if item["type"] in SECTION_TYPES else item["msg"]
            wanted = wanted.replace("Input should be", "wanted").replace("a valid tuple", "a list")
            text = f"{wanted}; got {shown(item['input'])}"
        line = f"  {path}: {text}" if path else f"  {text}"
        if line not in lines:
            lines.append(line)
    return "the config is not valid:\n" + "\n".join(first_of(lines))


MOST_LINES = 30
"""Mistakes that are listed."""


def first_of(lines: Sequence[str]) -> list[str]:
    """The first mistakes of a list, and how many more there are."""
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"  and {more} more"] if more > 0 else [])]


TYPE_TAGS = ("function-before", "constrained-str")
"""Steps of a path in an error of pydantic that are none of a config."""
SECTION_TYPES = ("model_type", "model_attributes_type", "dict_type")


def apply_pressures(data: dict[str, Any], pressures: Sequence[str]) -> dict[str, Any]:
    """Add pressures given as ``name`` or ``name:key=value,key=value`` to config data; a name or a file's path."""
    if pressures and not isinstance(data.setdefault("pressures", {}), dict):
        raise EvomodError("pressures: wanted a section, [pressures]; got a value.")
    names = [text.partition(":")[0].strip() for text in pressures]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise EvomodError(f"--pressure {twice} was given twice; give it once with all that it wants.")
    for name, text in zip(names, pressures, strict=True):
        arguments = text.partition(":")[2]
        if not name.endswith(".py") and name not in PRESSURES.known():
            known = PRESSURES.known()
            raise EvomodError(
                f"there is no pressure {shown(name)}; {nearest(name, known)}known: {', '.join(known)}. One of your own is named by its "
                "file, such as ./fan_in.py."
            )
        section = data.setdefault("pressures", {}).setdefault(name, {})
        pairs = [argument.partition("=") for argument in arguments.split(",")] if ":" in text else []
        keys = [key.strip() for key, _, _ in pairs]
        if not all(equals for _, equals, _ in pairs):
            raise EvomodError(f"--pressure wants name:key=value,…; got '{text}'.")
        if len(set(keys)) < len(keys):
            raise EvomodError(f"--pressure {text}: a key is given twice; give each once.")
        section |= {
            key: parse_value(value.strip()) for key, (_, _, value) in zip(keys, pairs, strict=True)
        }
    return data


def stored_config(path: Path, settings: Sequence[str] = ()) -> Config:
    """A config that evomod wrote into a folder. Reading it executes no task file.

    A config of the user's may leave open what the task decides, such as the encoding, so reading that one
    executes the task. Raises `EvomodError` where the config leaves that open.
    """
    data = apply_settings(read_config(path), settings)
    check_stored(data, str(path))
    return Config(**data)


def check_stored(data: dict[str, Any], what: str) -> None:
    """Refuse config data that leave open what only the execution of a task could decide."""
    network, pressures = data.get("network"), data.get("pressures", {})
    has_encoding = isinstance(network, dict) and isinstance(network.get("encoding"), str)
    if not has_encoding or (isinstance(pressures, dict) and GOAL_SWITCHING in pressures):
        raise EvomodError(
            f"{what} is not a config that evomod wrote into a folder: it leaves network.encoding open, or names "
            f"the pressure {GOAL_SWITCHING}. Begin a run with it by `evomod evolve`."
        )


ConfigLike = Config | str | Path | Mapping[str, Any]
"""A config, a task's name or file, a TOML's path, or a config's data."""


def as_config(what: ConfigLike) -> Config:
    """The config that a name, a path or data stand for.

    >>> as_config("retina") == as_config({"task": "retina"}) == Config(task="retina")
    True
    """
    if isinstance(what, Config):
        return what
    if isinstance(what, Mapping):
        return Config(**what)
    if not isinstance(what, str | Path):
        raise EvomodError(f"expected a Config, a task's name, a path or a config's data; got {what!r}.")
    return load_config(what) if str(what).endswith(".toml") else Config(task=str(what))


def beside(config: Config, folder: Path) -> Config:
    """A config that was read in a folder, with users' files named from anywhere."""
    found = {
        "pressures": config.pressures.beside(folder),
        "selection": METHODS.beside(config.selection, folder),
        "network": ENCODINGS.beside(config.network, folder),
    }
    if all(section is getattr(config, name) for name, section in found.items()):
        return config
    return config.model_copy(update=found)


def _origins(config: Config) -> list[Origin]:
    """Where users' pressures, selection and encoding of a resolved config come from."""
    found = [
        *config.pressures.origins.values(),
        METHODS.origin_of(config.selection),
        ENCODINGS.origin_of(config.network),
    ]
    return [origin for origin in found if origin is not None]


def users_files(config: Config) -> dict[str, bytes]:
    """The files that a resolved config names, by the name of their copies. Raises `EvomodError` for two of a name."""
    found: dict[str, bytes] = {}
    for origin in _origins(config):
        if origin.file is None or origin.content is None:
            continue
        if found.setdefault(origin.file, origin.content) != origin.content:
            raise EvomodError(f"two files that differ are named {origin.file}; rename one of them.")
    return found


def users_paths(config: Config) -> list[Path]:
    """Users' files that a config names and that have not been read."""
    files = [s.file for s in config.pressures.own.values() if isinstance(s, Own) and s.file is not None]
    named = [METHODS.path_of(config.selection), ENCODINGS.path_of(config.network)]
    return [*map(Path, files), *(path for path in named if path is not None)]


def users_origins(config: Config) -> dict[str, str]:
    """SHA-256 of what defines users' pressures, selection and encoding, by file or entry point."""
    return {str(o.file or o.entry_point): o.sha256 for o in _origins(config)}


def load_config(path: str | Path, settings: Sequence[str] = ()) -> Config:
    """Read a TOML config.

    Parameters
    ----------
    path
        Of the file; one such as ``scripts/clune2013/connection_cost.toml`` that is not there is looked for among those
        that come with evomod.
    settings
        ``dotted.name=value``, which override the file's.

    Returns
    -------
    Config
        Checked, and not resolved: what the task decides may be open.

    Raises
    ------
    EvomodError
        Where the file cannot be read, or that lists every mistake with its path.
    """
    return Config(**apply_settings(read_config(path), settings))


def config_data(config: Config) -> dict[str, Any]:
    """The config as data of a TOML file; what is None is left out."""
    return config.model_dump(mode="json", by_alias=True, exclude_none=True)


def towards(config: Config, goal: str, **evolution: Any) -> Config:
    """The config with one goal in all generations and a random start; ``evolution`` are changes of its section.

    >>> towards(Config(task="retina"), "left-or-right", generations=5).task.goal
    'left-or-right'
    """
    return config.model_copy(
        update={
            "task": config.task.model_copy(update={"goal": goal}),
            "pressures": config.pressures.towards(goal),
            "schedule": ScheduleSection(),
            "evolution": config.evolution.model_copy(update={"start": "random"} | evolution),
        }
    )


def dump_config(config: Config) -> str:
    """The config as TOML; what is None is left out."""
    return tomli_w.dumps(config_data(config))


def dump_toml(data: dict[str, Any]) -> str:
    """Data as TOML."""
    return tomli_w.dumps(data)
