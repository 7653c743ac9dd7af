"""What JSON files of evomod must hold, key by key; other keys are kept, for a later version may add some."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from evomod.errors import shortened, shown
from evomod.files.readers import DamageError

Whole = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0, lt=2**62)]
NUMBER = r"(-?([0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?|inf)|nan)?"
"""A cell of a table, as evomod writes it."""


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a time such as 2026-01-31T12:00:00+00:00") from None
    return text


Moment = Annotated[str, AfterValidator(_moment)]
"""Time of day, as `provenance.now` writes it."""


class Record(BaseModel):
    """Strict: a number in quotes is no number."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class Seed(Record):
    """What a `numpy.random.SeedSequence` is made from."""

    entropy: Whole | Annotated[list[Whole], Field(min_length=1)]
    spawn_key: list[Whole]


class RunManifest(Record):
    """Of a run; the first versions wrote no more than what has no default here."""

    seed: Seed
    q_method: str
    versions: dict[str, str] = Field(default_factory=dict)
    start: Moment | None = None
    end: Moment | None = None
    resumed: list[dict[str, Any]] = Field(default_factory=list)
    files: dict[str, str] = Field(default_factory=dict)
    operators: dict[str, dict[str, Any]] = Field(default_factory=dict)
    stopped: dict[str, Any] | None = None


class Session(Record):
    """A call that evolved runs of a study."""

    start: Moment | None = None
    end: Moment | None = None


class StudyManifest(Record):
    """Of a study."""

    versions: dict[str, str]
    id: str = ""
    tasks: dict[str, str] = Field(default_factory=dict)
    sessions: list[Session] = Field(default_factory=list)


class Failures(Record):
    """Of a study: what failed."""

    failures: list[dict[str, Any]]


class TrainingManifest(Record):
    """Of a training by gradient."""

    seed: Whole
    start: Moment | None = None
    end: Moment | None = None


class About(Record):
    """What may be known of a network beside its nodes and connections."""

    task: str | None = None
    inputs: list[str] = Field(default_factory=list)
    goal: str | None = None
    generation: Count | None = None
    fitness: dict[str, float] = Field(default_factory=dict)
    tie_rule: Literal["strict", "zero-is-no"] = "strict"
    connection_cost: float | None = None
    q_score: float | None = None
    q_method: str | None = None
    modules: Count | None = None


class Logged(About):
    """What a run knows of its best network."""

    goal: str
    generation: Count
    fitness: dict[str, float]
    connection_cost: float
    q_score: float
    q_method: str
    modules: Count


class StudyNetwork(Logged):
    """A line of a study's networks."""

    treatment: str
    replicate: Count


NETWORKS: TypeAdapter[Any] = TypeAdapter(list[StudyNetwork])
"""The networks of a study."""


class QMeasures(Record):
    """Q_m and z of a run's best network, and the digest of the file that it was read from."""

    best_sha256: str
    q_rand: float | None
    q_z: float | None
    q_max: float | None
    q_m: float | None
    q_rand_layered: float | None
    q_z_layered: float | None


class Rows(Record):
    """A run's part of the tables of its study."""

    model_config = ConfigDict(extra="forbid")

    source: dict[str, Any]
    summary: dict[str, Annotated[str, Field(pattern=r"^[^,\"\n\r]*$")]]
    course: Annotated[str, Field(pattern=rf"^([0-9]+(,{NUMBER})+\n)*$")]
    density: Annotated[str, Field(pattern=rf"^([0-9]+(,{NUMBER}){{3}}\n)*$")]
    network: Annotated[str, Field(pattern=r"^\{[^\n\r]*\}$")]


class Words(Record):
    """The state of PCG64."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[int, Field(ge=0, lt=2**128)]
    inc: Annotated[int, Field(ge=0, lt=2**128)]


class RandomState(Record):
    """Where a run's stream of random numbers stands."""

    model_config = ConfigDict(extra="forbid")

    bit_generator: Literal["PCG64"]
    state: Words
    has_uint32: Annotated[int, Field(ge=0, le=1)]
    uinteger: Annotated[int, Field(ge=0, lt=2**32)]


SCHEDULE: TypeAdapter[Any] = TypeAdapter(
    tuple[Annotated[int, Field(ge=0, lt=2**62)], list[str]], config=ConfigDict(strict=True)
)
"""Generations since the goal changed, and the goals that were solved one after the other."""


def check_record(kind: type[BaseModel] | TypeAdapter[Any], data: Any) -> None:
    """Raises `DamageError` that names the first value that is not what it must be."""
    check = kind.validate_python if isinstance(kind, TypeAdapter) else kind.model_validate
    try:
        check(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step)[:60] for step in first["loc"])
        if first["type"] == "missing":
            raise DamageError(f"it lacks '{shortened(where)}'") from None
        message = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
        at = f"{where}: " if where else ""
        raise DamageError(f"{at}{shortened(message)}, got {shown(first['input'])}") from None
