"""A study: treatments × replicates, defined by one TOML.

The whole format::

    name = "clune2013"
    seed = 2013              # root: every replicate's own seed follows from it, see `seed_of`
    replicates = 50

    settings.tracking.population_every = 1000     # of all treatments; may be left out

    [treatments.pa]
    config = "performance_alone.toml"             # a path from this file
    label = "PA"                                  # for tables and figures; may be left out

    [treatments.pa-binary]
    config = "performance_alone.toml"
    settings.network.weights = [2, -1, 1, 2]      # what differs from the config

In place of a ``config`` in every treatment there may be one ``base`` for all of them: a path, or a table
``[base]`` that is written like a config. A treatment is its config or the base, changed by the study's
``settings``, then by its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, ValidationError

from evomod.config import (
    SECTION_TYPES,
    Config,
    check_stored,
    config_data,
    dump_toml,
    first_of,
    users_files,
    users_paths,
)
from evomod.errors import EvomodError, nearest, shortened, shown
from evomod.evolution.setup import prepare
from evomod.files.configs import apply_settings, flat, locate, read_config
from evomod.files.disk import is_file
from evomod.files.tables import Key
from evomod.sections import Section
from evomod.studies.stated import other_outline, treated
from evomod.task import Task
from evomod.trust import check_trust, shipped_task_named

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
"""Of studies and treatments: they are names of folders."""

Name = Annotated[str, Field(pattern=NAME, max_length=60)]


class TreatmentSection(Section):
    """One table ``[treatments.<name>]``."""

    config: str | None = None
    """Path of a config, from the study's file."""
    label: str | None = None
    """None: the treatment's name."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What differs, in tables as in a config."""


class StudySection(Section):
    """The whole file."""

    name: Name
    """Of the study, and of its folder."""
    seed: Annotated[int, Field(ge=0)]
    """From which the seed of every run follows."""
    replicates: Annotated[int, Field(ge=1, le=100_000)]
    """Runs of each treatment."""
    base: str | dict[str, Any] | None = None
    """What all treatments share: a config, or the path of one."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What all treatments share besides, in tables as in a config."""
    treatments: Annotated[dict[Name, TreatmentSection], Field(min_length=1)]
    """By name, in their order."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """A condition: a config, resolved, and the task as it was found."""

    name: str
    label: str
    config: Config
    found: Task | None = None
    """The task as it was found; None where a study was read and not one of its tasks executed."""

    @property
    def task(self) -> Task:
        """The task; of a study that was only read, the one of its name that comes with evomod.

        Raises `EvomodError` for another: it would have to be executed, and `evomod.load_task` does that.
        """
        if self.found is not None:
            return self.found
        task = shipped_task_named(self.config.task.name)
        if task is None:
            raise EvomodError(
                f"the task '{shortened(self.config.task.name)}' of treatment '{self.name}' does not come with evomod, "
                "and reading a study executes no other: load it with evomod.load_task."
            )
        return task

    @property
    def task_name(self) -> str:
        """The task's name, as far as the config tells it."""
        return Path(self.config.task.name).stem.replace("_", "-").lower()


@dataclass(frozen=True, slots=True)
class Study:
    """Treatments × replicates."""

    name: str
    seed: int
    replicates: int
    treatments: tuple[Treatment, ...]


@dataclass(frozen=True, slots=True)
class Replicate:
    """One run of a study."""

    treatment: Treatment
    number: int
    """From 0."""
    seed: int

    @property
    def key(self) -> Key:
        """Its treatment's name and its number."""
        return self.treatment.name, self.number

    @property
    def place(self) -> str:
        """Its run folder, from the study's folder."""
        return place_of(self.key)


def place_of(run: Key) -> str:
    """A run's folder, from the study's folder."""
    return f"{run[0]}/{run[1]:03d}"


def seed_of(root: int, treatment: str, replicate: int) -> int:
    """Seed of a replicate: it depends on no other treatment and on no order.

    >>> seed_of(2013, "pa", 1)
    1341391129
    """
    sequence = np.random.SeedSequence(root, spawn_key=(*treatment.encode(), replicate))
    return int(sequence.generate_state(1)[0])


def replicates_of(study: Study) -> list[Replicate]:
    """All of them, replicate by replicate: a study that is stopped early has as many of each treatment.

    Every other time from the last treatment to the first. In the same order each time, one of two workers got
    all cheap runs and the other all dear ones: by the CPU of 8 runs 1.88 times as fast as one, so 1.95.
    """
    return [
        Replicate(treatment, number, seed_of(study.seed, treatment.name, number))
        for number in range(study.replicates)
        for treatment in study.treatments[:: -1 if number % 2 else 1]
    ]


def order_of(study: Study) -> list[Key]:
    """Every run, treatment by treatment: the order of rows."""
    return [(t.name, number) for t in study.treatments for number in range(study.replicates)]


def load_definition(
    path: str | Path,
    settings: Sequence[str] = (),
    replicates: int | None = None,
    *,
    trust: bool = True,
) -> Study:
    """Read a study's TOML and resolve its treatments, for which their tasks and users' files are executed.

    Parameters
    ----------
    path
        Of the TOML.
    settings
        ``dotted.name=value``, which change every treatment.
    replicates
        In place of the file's number.
    trust
        False: a Python file that a treatment names by its path is executed only if evomod finds the same file itself, or
        has executed it.

    Returns
    -------
    Study
        Its treatments with resolved configs.

    Raises
    ------
    EvomodError
        That lists every mistake with its path.
    """
    return _defined(path, settings, replicates, partial(_resolved, trust=trust))


def read_definition(path: str | Path) -> Study:
    """Read the TOML in a study's folder; nothing is executed. Raises `EvomodError` as `load_definition` does."""
    return _defined(path, (), None, _as_stored)


Resolve = Callable[["StudySection", str, "TreatmentSection", Path, Sequence[str]], Treatment]


def _defined(
    path: str | Path, settings: Sequence[str], replicates: int | None, resolve: Resolve
) -> Study:
    path = Path(path)
    if path.suffix != ".toml":
        raise EvomodError(f"{shortened(path)} is no study: wanted a TOML file, or a study's folder.")
    if not is_file(locate(path)):
        raise EvomodError(f"there is no study {shortened(path)}.")
    file, data = locate(path), read_config(path)
    if replicates is not None:
        data["replicates"] = replicates
    section = _checked(data, path)
    problems, treatments = _conflicts(section), []
    for name, part in section.treatments.items():
        if any(problem.startswith(f"treatments.{name}:") for problem in problems):
            continue
        try:
            treatments.append(resolve(section, name, part, file.parent, settings))
        except EvomodError as error:
            problems += [f"treatments.{name}: {line}" for line in _mistakes(error)]
    problems += _twins(treatments)
    problems += _namesakes(treatments)
    if problems:
        raise EvomodError(_listed(path, problems))
    return Study(section.name, section.seed, section.replicates, tuple(treatments))


def dump_study(study: Study) -> str:
    """The study as TOML, every treatment in full: it needs no other file, and is a definition again."""
    treatments = {
        treatment.name: {"label": treatment.label, "settings": config_data(treatment.config)}
        for treatment in study.treatments
    }
    return dump_toml(
        {
            "name": study.name,
            "seed": study.seed,
            "replicates": study.replicates,
            "treatments": treatments,
        }
    )


def difference(
    ours: Study, theirs: Study, free: Collection[str] = (), *, may_grow: bool = False
) -> str | None:
    """The first difference that makes two studies two, in words; the number of replicates makes none.

    Replicates that are there stay what they are when more are added, and when fewer are asked for. So do
    treatments, `seed_of`: with ``may_grow`` ours may have some that theirs lacks. Settings that are ``free``
    may differ, such as "evolution.generations".
    """
    mine, other = ({t.name: t for t in study.treatments} for study in (ours, theirs))
    outlines = (ours.name, ours.seed, mine), (theirs.name, theirs.seed, other)
    different = other_outline(*outlines, may_grow=may_grow)
    if different:
        return different
    for name, treatment in other.items():
        changed = changed_setting(mine[name].config, treatment.config, free)
        if changed:
            return f"treatment '{name}' has {changed}"
    return None


def with_edited_files(ours: Study, theirs: Study) -> list[str]:
    """Names of treatments of which nothing differs but the text of a user's file."""
    mine = {t.name: t for t in ours.treatments}
    found = []
    for treatment in theirs.treatments:
        ours_of_it = mine.get(treatment.name, treatment)
        if ours_of_it.config == treatment.config:
            continue
        a, b = (
            flat(one.config.model_dump(mode="json", by_alias=True)) for one in (ours_of_it, treatment)
        )
        differ = {key for key in a.keys() | b.keys() if a.get(key) != b.get(key)} - {SAVED}
        if differ and all(key.endswith(".sha256") for key in differ):
            found.append(treatment.name)
    return found


SAVED = "tracking.checkpoint_seconds"
"""How often a state is saved may differ."""


def changed_setting(wanted: Config, found: Config, free: Collection[str] = ()) -> str | None:
    """The first setting that differs, as "a.b = found, not wanted"."""
    if found == wanted:
        return None  # of replicates, all but always; 0.2 ms less
    a, b = (flat(config.model_dump(mode="json", by_alias=True)) for config in (wanted, found))
    for key in sorted((a.keys() | b.keys()) - {SAVED, *free}):
        if a.get(key) != b.get(key):
            if key.endswith(".sha256"):
                return (
                    f"another text of the file of {key.removesuffix('.sha256')}, which was edited since"
                )
            return f"{key} = {b.get(key)}, not {a.get(key)}"
    return None


def _checked(data: dict[str, Any], path: Path) -> StudySection:
    try:
        return StudySection(**data)
    except ValidationError as error:
        raise EvomodError(_listed(path, [_described(item) for item in error.errors()])) from None


def _listed(path: Path, problems: Sequence[str]) -> str:
    lines = [f"  {problem}" for problem in dict.fromkeys(problems)]
    return f"the study {path} is not valid:\n" + "\n".join(first_of(lines))


def _described(item: Any) -> str:
    """One mistake: its path, what was wanted, what came."""
    steps = [
        shortened(step, 60) for step in item["loc"] if step not in ("[key]", "str", "dict[str,any]")
    ]
    where = ".".join(steps)
    if item["type"] == "extra_forbidden":
        section = TreatmentSection if steps[0] == "treatments" else StudySection
        known = list(section.model_fields)
        inside = "; a setting stands in `settings`" if steps[-1] in Config.model_fields else ""
        return f"{where}: unknown key; {nearest(steps[-1], known)}known here: {', '.join(known)}{inside}"
    if item["type"] == "missing":
        return f"{where}: is missing"
    if item["type"] == "string_pattern_mismatch":
        return f"{where}: wanted a name of letters, digits, - and _, for it is a folder's; got {shown(item['input'])}"
    wanted = "wanted a table" if item["type"] in SECTION_TYPES else str(item["msg"])
    return f"{where}: {wanted.replace('Input should be', 'wanted')}; got {shown(item['input'])}"


def _conflicts(section: StudySection) -> list[str]:
    """Treatments that have two beginnings, or none, or a name or label that does not tell them apart."""
    problems = []
    for name, part in section.treatments.items():
        if section.base is not None and part.config is not None:
            problems.append(f"treatments.{name}: the study has a base, so config must not be given")
        if (
            section.base is None
            and part.config is None
            and "task" not in part.settings | section.settings
        ):
            problems.append(f"treatments.{name}: wanted a config, a base of the study, or settings.task")
    folded = [name.casefold() for name in section.treatments]
    if len(set(folded)) < len(folded):
        problems.append("treatments: two names differ in capitals only")
    labels: dict[str, list[str]] = {}
    for name, part in section.treatments.items():
        labels.setdefault(part.label or name, []).append(name)
    problems += [
        f"treatments: {' and '.join(names)} have one label, {label!r}, and figures tell them apart by it"
        for label, names in labels.items()
        if len(names) > 1
    ]
    return problems


def _resolved(
    section: StudySection,
    name: str,
    part: TreatmentSection,
    home: Path,
    settings: Sequence[str],
    *,
    trust: bool,
) -> Treatment:
    data = apply_settings(_data_of(section, part, home), settings)
    named = data.get("task", {})
    file = named.get("name") if isinstance(named, dict) else named
    if not trust and isinstance(file, str) and file.endswith(".py"):
        check_trust(Path(file))
    config = Config(**data)
    if not trust:
        check_trust(*users_paths(config))
    setup = prepare(config)
    return Treatment(name, part.label or name, setup.config, setup.task)


def _as_stored(
    section: StudySection, name: str, part: TreatmentSection, home: Path, settings: Sequence[str]
) -> Treatment:
    data = _data_of(section, part, home)
    check_stored(data, f"treatment '{name}'")
    return Treatment(name, part.label or name, Config(**data))


def _data_of(section: StudySection, part: TreatmentSection, home: Path) -> dict[str, Any]:
    """Config data of a treatment: its config or the base, with the study's settings and its own."""
    changes = {"settings": section.settings}, {"settings": part.settings}
    return treated(part.config or section.base or {}, home, changes)


def _mistakes(error: EvomodError) -> list[str]:
    """The lines of a list of mistakes, or the one sentence."""
    first, *rest = str(error).splitlines()
    return [line.strip() for line in rest] or [first]


def _twins(treatments: Sequence[Treatment]) -> list[str]:
    return [
        f"treatments.{a.name} and treatments.{b.name} are the same config; a difference between them would "
        "be chance"
        for a, b in combinations(treatments, 2)
        if a.config == b.config
    ]


def _namesakes(treatments: Sequence[Treatment]) -> list[str]:
    """Users' files that differ and have one name: the study's folder keeps a copy of each."""
    known: dict[str, tuple[str, bytes]] = {}
    found = []
    for treatment in treatments:
        for name, content in users_files(treatment.config).items():
            first, other = known.setdefault(name, (treatment.name, content))
            if other != content:
                found.append(
                    f"treatments.{first} and treatments.{treatment.name}: two files that differ are named {name}; "
                    "rename one of them"
                )
    return found


def users_files_of(study: Study) -> dict[str, bytes]:
    """The files that a study's treatments name, by the name of their copies."""
    return {n: content for t in study.treatments for n, content in users_files(t.config).items()}
