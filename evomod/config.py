"""Run configurations: TOML in sections, strict, every mistake reported at once with its path."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tomli_w
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from evomod.errors import EvomodError
from evomod.task import load_task


def _tuple(value: Any) -> Any:
    return tuple(_tuple(v) for v in value) if isinstance(value, list | tuple) else value


Integers = Annotated[tuple[int, ...], BeforeValidator(_tuple)]
Pair = Annotated[tuple[int, int], BeforeValidator(_tuple)]
Range = Annotated[tuple[float, float], BeforeValidator(_tuple)]
Points = Annotated[tuple[tuple[float, float], ...], BeforeValidator(_tuple)]
Gates = Annotated[
    tuple[Literal["nand", "and", "or", "nor"], ...],
    BeforeValidator(_tuple),
    Field(min_length=1, max_length=100),
]
Names = Annotated[tuple[str, ...], BeforeValidator(_tuple)]
Operators = Annotated[
    tuple[Literal["and", "or", "nand", "nor", "xor", "eq"], ...], BeforeValidator(_tuple)
]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """Strict, frozen, and refusing unknown keys."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )


class TaskSection(Section):
    """Which task, by name or by a file's path, which of its goals is rewarded, and on which patterns."""

    name: str
    goal: str | None = None
    """None: the task's first goal. `[schedule]` tells how it varies."""
    patterns: int | None = Field(default=None, ge=1)
    """Fitness counts this many patterns, drawn without replacement once a run. None: all of them."""
    resample: bool = False
    """Draw the patterns anew in every generation."""


class ScheduleSection(Section):
    """Which goal is rewarded in which generation; `goals.epochs` tells what each kind does."""

    kind: Literal[
        "fixed",
        "modular",
        "random-walk",
        "sampled",
        "random",
        "random-constant",
        "neutral",
    ] = "fixed"
    goals: Names = ()
    """Names of goals of the task, in their order. Empty: the task's goal; for a random walk all goals
    that are related to another; for random goals none but random ones."""
    period: int = Field(default=20, ge=1)
    """Generations of one epoch."""
    probability: Probability = 1.0
    """With which the goal changes at the end of an epoch."""
    operators: Operators = ("and", "or")
    """With which kind "sampled" combines subgoals."""

    @model_validator(mode="after")
    def _enough(self) -> ScheduleSection:
        least, most = GOALS_OF.get(self.kind, (0, 1_000_000))
        if not least <= len(self.goals) <= most:
            span = f"{least} or more" if len(self.goals) < least else f"at most {most}" if most else "no"
            raise ValueError(
                f"kind '{self.kind}' wants {span} goals; goals has {len(self.goals)}"
                + (" (one goal is the kind 'fixed')" if self.kind == "modular" else "")
            )
        if self.kind == "modular" and len(set(self.goals)) < 2:
            raise ValueError("kind 'modular' wants goals that differ (one goal is the kind 'fixed')")
        following = (*self.goals[1:], *self.goals[:1])
        if self.kind == "modular" and any(a == b for a, b in zip(self.goals, following, strict=True)):
            raise ValueError("goals: the same goal twice in a row (the last meets the first again)")
        return self


GOALS_OF = {"fixed": (0, 1), "modular": (2, 1_000_000), "sampled": (0, 0), "neutral": (0, 1)}
"""Fewest and most goals of the kinds of schedule that are not free in it."""


def _checked_layers(value: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if value is not None and (len(value) < 2 or min(value) < 1):
        raise ValueError("wanted at least an input and an output layer, each with a node or more")
    return value


class Layers(Section):
    """What all layered networks share; connections run from each layer to the next."""

    layers: Integers | None = None
    """Nodes a layer, inputs first. None: the task's own, else halving from inputs to outputs."""
    initial_connections: Pair = (0, 119)
    """Fewest and most connections attempted at birth (an attempt at an existing one is lost)."""
    gain: float = Field(default=20.0, gt=0.0)
    """Slope of tanh(gain * sum)."""
    tie_rule: Literal["strict", "zero-is-no"] = "strict"
    """Whether an output of exactly 0 is wrong for both answers, or counts as no."""
    coordinates: Literal["grid"] | Points = "grid"
    """Place (x, y) of every node: rows centred on 0, one unit apart, or given in the order of ids."""

    _layers = field_validator("layers")(_checked_layers)

    @field_validator("initial_connections")
    @classmethod
    def _initial(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= value[0] <= value[1] <= 1_000_000:
            raise ValueError("wanted [fewest, most] with 0 <= fewest <= most <= 1000000")
        return value


class LayeredNetwork(Layers):
    """Layered networks with integer weights and biases (Clune et al. 2013)."""

    encoding: Literal["layered"] = "layered"
    weights: Integers = (-2, -1, 1, 2)
    """Ordered alphabet: a mutation moves one place along it; a value may stand in it twice."""
    biases: Integers = (-2, -1, 0, 1, 2)

    @field_validator("weights", "biases")
    @classmethod
    def _alphabet(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(value) <= 100:
            raise ValueError("wanted 1 to 100 integers")
        if max(map(abs, value)) > 127:
            raise ValueError("wanted integers from -127 to 127, the range of the kernel's type int8")
        return value

    @field_validator("weights")
    @classmethod
    def _weights(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if 0 in value:
            raise ValueError("0 is no weight: it stands for a connection that is not there")
        return value


class RealNetwork(Layers):
    """Layered networks with real-valued weights and biases (Clune et al. 2013, supplement)."""

    encoding: Literal["layered-real"]
    weight_range: Range = (-2.0, 2.0)
    bias_range: Range = (-2.0, 2.0)

    @field_validator("weight_range", "bias_range")
    @classmethod
    def _range(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError("wanted [low, high] with low < high")
        return value


class Sized(Section):
    """What the encodings of Kashtan and Alon share: a price of size."""

    penalty: float = Field(default=0.0, ge=0.0)
    """Taken off the fitness for every effective gate or neuron above ``penalty_above``."""
    penalty_above: int = Field(default=0, ge=0, le=64)


class CircuitNetwork(Sized):
    """Circuits of NAND gates, feedback allowed (Kashtan & Alon 2005, system A)."""

    encoding: Literal["circuit"]
    gates: int = Field(default=12, ge=1, le=58)
    feed_forward: bool = False
    """Whether a gate may only be fed by inputs and by gates before it."""
    steps: int = Field(default=20, ge=1, le=1000)
    """Synchronous updates from all-zero to come to rest; then an output is watched for as many more."""
    feedback: Literal["synchronous", "ternary"] = "synchronous"
    """How a circuit that leads back into itself is answered (ternary: unknown until it is forced)."""
    penalty: float = Field(default=0.2, ge=0.0)
    penalty_above: int = Field(default=11, ge=0, le=64)


class GateLayersNetwork(Sized):
    """Layers of two-input gates, each fed by the layer before (Kashtan et al. 2007, model 2)."""

    encoding: Literal["gate-layers"]
    layers: Integers | None = None
    """Inputs, then gates a layer. None: the task's own, else halving from inputs to outputs."""
    gates: Gates = ("and", "or", "nand")
    """Kinds of gate; one that stands here twice is drawn twice as often."""

    _layers = field_validator("layers")(_checked_layers)


class ThresholdNetwork(Sized):
    """Layers of threshold neurons with limited fan-in (Kashtan & Alon 2005, system B)."""

    encoding: Literal["threshold"]
    layers: Integers | None = None
    """Nodes a layer, inputs first. None: the task's own, else halving from inputs to outputs."""
    fan_in: Integers | None = None
    """Connections of a neuron, a number a layer. None: 3, but 2 for the last layer."""
    thresholds: Integers = (0, 1, 2, 3)
    """A neuron fires where the sum of its inputs (0 or 1) exceeds its threshold."""
    penalty: float = Field(default=0.01, ge=0.0)
    penalty_above: int = Field(default=13, ge=0, le=64)

    _layers = field_validator("layers")(_checked_layers)

    @field_validator("fan_in")
    @classmethod
    def _fan_in(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value is not None and not all(1 <= n <= 7 for n in value):
            raise ValueError("wanted 1 to 7 connections a neuron, a number for each layer of neurons")
        return value

    @field_validator("thresholds")
    @classmethod
    def _thresholds(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not 1 <= len(value) <= 100 or max(map(abs, value)) > 100:
            raise ValueError("wanted 1 to 100 integers from -100 to 100")
        return value


NETWORKS: dict[str, type[Section]] = {
    "layered": LayeredNetwork,
    "layered-real": RealNetwork,
    "circuit": CircuitNetwork,
    "gate-layers": GateLayersNetwork,
    "threshold": ThresholdNetwork,
}


class RecombinationSection(Section):
    """Crossover and mutation of circuits, gate layers and threshold networks."""

    crossover: Probability = 0.0
    """With which two offspring swap their genes from a random place on."""
    mutation: Probability = 0.7
    """With which one gene of a genome is changed."""
    change: Literal["bit", "value"] = "bit"
    """A changed gene gets a value that differs in one bit of its binary code, or any other value."""


class VariationSection(Section):
    """Mutation, asexual. Defaults: the retina of Clune et al. 2013, authors' code."""

    weight_changes: float = Field(default=2.0, ge=0.0)
    """Expected changes a network: each of its n connections with probability weight_changes / n."""
    bias_rate: Probability = 1.0 / 24.0
    bias_change: Literal["resample", "step"] = "resample"
    add_connection: Probability = 0.2
    delete_connection: Probability = 0.2
    min_connections: int = Field(default=0, ge=0)
    eta: float = Field(default=10.0, gt=0.0)
    """Crowding degree of polynomial mutation (real-valued networks only)."""


class SelectionSection(Section):
    """Who survives and who has offspring.

    "nsga2": mu + lambda; an objective with a probability below 1 makes it PNSGA (Clune et al. 2013).
    "elite": the best pass unchanged, the rest are their mutated copies (Kashtan & Alon 2005);
    "elite-worst": the best pass unchanged, as many of the worst are replaced by copies of them, and all
    but the best are recombined and mutated (Kashtan et al. 2007). "roulette": everybody is resampled in
    proportion to exp(strength * fitness) (Parter et al. 2008).
    """

    method: Literal["nsga2", "elite", "elite-worst", "roulette"] = "nsga2"
    elite: float = 0.3
    """Share of the population that passes unchanged (elite methods)."""
    strength: float = Field(default=30.0, ge=0.0, le=10_000.0)
    """Of roulette selection."""

    @field_validator("elite")
    @classmethod
    def _share(cls, value: float) -> float:
        if not 0.0 < value <= 1.0:
            raise ValueError("wanted a share of the population, above 0 and at most 1, such as 0.3")
        return value

    @model_validator(mode="after")
    def _shares(self) -> SelectionSection:
        if self.method == "elite-worst" and self.elite > 0.5:
            raise ValueError("elite: method 'elite-worst' replaces as many as it keeps, so at most 0.5")
        return self


class PricedSection(Section):
    """A number that is to be small: an objective, or with ``penalty`` a price taken off the fitness."""

    probability: Probability | None = 1.0
    """With which the objective takes part in a comparison of two individuals. None: it is no objective."""
    penalty: float | None = Field(default=None, ge=0.0)
    """Times the number, taken off the fitness that selection sees."""

    @model_validator(mode="before")
    @classmethod
    def _one_form(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if data.get("penalty") is None:
            return {k: v for k, v in data.items() if k != "probability" or v is not None}
        if data.get("probability") is not None:
            raise ValueError(
                "give probability (an objective) or penalty (taken off the fitness), not both"
            )
        return data | {"probability": None}


class ConnectionCostSection(PricedSection):
    """A cost of connections (Clune et al. 2013)."""

    measure: Literal["wiring-length", "fixed-length", "connections", "nodes"] = "wiring-length"
    probability: Probability | None = 0.25


class DiversitySection(Section):
    """Mean Hamming distance of the answers to the whole pool as an objective (Mouret & Doncieux)."""

    probability: Probability = 1.0


class L1Section(PricedSection):
    """Sum of |weight| over the connections of the simplified network."""


class L2Section(PricedSection):
    """Root of the sum of weight**2 over the connections of the simplified network."""


class PruningSection(Section):
    """Removal of the least connections of all survivors, now and then."""

    every: int = Field(default=100, ge=1)
    """Generations from one pruning to the next."""
    fraction: float = Field(default=0.1, gt=0.0, le=1.0)
    """Of an individual's connections, rounded, at least one."""
    by: Literal["weight", "lesion"] = "weight"
    """Least by |weight|, or by the fitness that is lost when a connection is removed."""


class DropoutSection(Section):
    """Hidden neurons fall silent at random while the fitness that selection sees is measured."""

    rate: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Probability that a hidden neuron is silent. 0: no dropout."""
    draws: int = Field(default=8, ge=1, le=4096)
    """Silent sets drawn a generation, the same for all individuals."""
    exact: bool = False
    """All silent sets, weighted by their probabilities, in place of draws. It resolves to true where there
    are no more sets than draws."""


class ConnectionRangeSection(Section):
    """Networks of about as many connections, so that causes differ in something else: a control."""

    fewest: int = Field(ge=0)
    """Connections of the simplified network."""
    most: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> ConnectionRangeSection:
        if self.fewest > self.most:
            raise ValueError(f"wanted fewest <= most; got {self.fewest} and {self.most}")
        return self


class PressuresSection(Section):
    """Causes of modularity; one that is left out does not act."""

    connection_cost: ConnectionCostSection | None = Field(default=None, alias="connection-cost")
    behavioural_diversity: DiversitySection | None = Field(default=None, alias="behavioural-diversity")
    l1: L1Section | None = Field(default=None, alias="l1")
    l2: L2Section | None = Field(default=None, alias="l2")
    pruning: PruningSection | None = Field(default=None, alias="pruning")
    dropout: DropoutSection | None = Field(default=None, alias="dropout")
    connection_range: ConnectionRangeSection | None = Field(default=None, alias="connection-range")

    @property
    def objectives(self) -> dict[str, float]:
        """Names of those that are further objectives, in their order, with their probabilities."""
        sections = {info.alias or name: getattr(self, name) for name, info in FIELDS.items()}
        found = {name: getattr(section, "probability", None) for name, section in sections.items()}
        return {name: p for name, p in found.items() if p is not None}


FIELDS = PressuresSection.model_fields
GOAL_SWITCHING = "goal-switching"
"""A pressure that is spelt as one and is the schedule "modular"."""


def _switching(data: dict[str, Any]) -> dict[str, Any]:
    """Config data in which the pressure "goal-switching" is written as the schedule that it is.

    Its goals are those of the schedule, else the rewarded goal and all that share subgoals with it.
    """
    pressures = data.get("pressures")
    if not isinstance(pressures, dict) or GOAL_SWITCHING not in pressures:
        return data
    data = data | {"pressures": {k: v for k, v in pressures.items() if k != GOAL_SWITCHING}}
    section, schedule, task = pressures[GOAL_SWITCHING], data.get("schedule", {}), data.get("task")
    if isinstance(schedule, ScheduleSection):
        schedule = schedule.model_dump(exclude_unset=True)
    if not isinstance(section, dict) or not isinstance(schedule, dict):
        raise ValueError(f"pressures.{GOAL_SWITCHING}: wanted a section, such as {{period = 20}}")
    if not set(section) <= {"period", "probability"}:
        raise ValueError(
            f"pressures.{GOAL_SWITCHING}: known keys are period, probability; got {', '.join(section)}"
        )
    if schedule.get("kind", "modular") not in ("fixed", "modular"):
        raise ValueError(
            f"pressures.{GOAL_SWITCHING} is the schedule 'modular'; schedule.kind is '{schedule['kind']}'"
        )
    goals = schedule.get("goals") or _related_goals(task)
    data["schedule"] = schedule | {"kind": "modular", "goals": goals} | section
    return data


def _related_goals(section: Any) -> tuple[str, ...]:
    """The rewarded goal, else the first that is related to another, and all that share subgoals with it."""
    name = section.get("name") if isinstance(section, dict) else getattr(section, "name", None)
    goal = section.get("goal") if isinstance(section, dict) else getattr(section, "goal", None)
    if not isinstance(name, str):
        return ()
    task = load_task(name)
    goal = goal or next((goal for goal in task.goals if task.related(goal)), next(iter(task.goals)))
    goals = (goal, *task.related(goal))
    if len(goals) < 2:
        raise ValueError(
            f"pressures.{GOAL_SWITCHING}: no goal of task '{name}' shares subgoals with '{goal}'; name the "
            "goals with schedule.goals"
        )
    return goals


class EvolutionSection(Section):
    """Size, beginning and end of a run."""

    population: int = Field(default=1000, ge=1, le=1_000_000)
    generations: int = Field(default=25_000, ge=0)
    stop: Literal["generations", "solved", "all-solved", "never"] = "generations"
    """A run ends after ``generations``, or earlier: when the goal is solved; when all goals of the
    schedule have been solved in successive epochs (Kashtan & Alon 2005). "never": only by Ctrl-C."""
    solved_at: float = Field(default=1.0, gt=0.0, le=1.0)
    """Fraction of right answers of the best that solves a goal."""
    start: str = Field(default="random", min_length=1)
    """"random"; a run's folder or its checkpoint, whose population goes on; or a network's JSON, of
    which every individual is a copy."""


class TrackingSection(Section):
    """What is recorded, and how often."""

    q_method: Literal["clune2013", "leading-eigenvector"] = "clune2013"
    """Partition behind every logged Q."""
    population_every: int = Field(default=100, ge=0)
    """Measure Q and cost of the whole population every so many generations; 0: never."""
    hierarchy: bool = False
    """Log the hierarchy of the logged individual too (Mengistu et al. 2016)."""
    checkpoint_seconds: float = Field(default=30.0, gt=0.0)


Network = LayeredNetwork | RealNetwork | CircuitNetwork | GateLayersNetwork | ThresholdNetwork
Variation = VariationSection | RecombinationSection

DEFAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "circuit": {
        "variation": {"crossover": 0.0, "mutation": 0.7},
        "selection": {"method": "elite", "elite": 0.3},
        "evolution": {"population": 1000, "generations": 10_000},
        "tracking": {"population_every": 1000},
    },
    "gate-layers": {
        "variation": {"crossover": 0.5, "mutation": 0.7},
        "selection": {"method": "elite", "elite": 0.3},
        "evolution": {"population": 1000, "generations": 10_000},
        "tracking": {"population_every": 1000},
    },
    "threshold": {
        "variation": {"crossover": 0.5, "mutation": 0.5},
        "selection": {"method": "elite", "elite": 0.25},
        "evolution": {"population": 600, "generations": 10_000, "solved_at": 0.95},
        "tracking": {"population_every": 1000},
    },
}
"""What a config leaves open, where an encoding's paper has other values than the retina of 2013."""


def _encoding(data: dict[str, Any]) -> str:
    """The encoding that config data name, else the one of the task's paper."""
    network, section = data.get("network"), data.get("task")
    if isinstance(network, Section):
        return str(getattr(network, "encoding", "layered"))
    if isinstance(network, dict) and "encoding" in network:
        return str(network["encoding"])
    name = section.get("name") if isinstance(section, dict) else getattr(section, "name", None)
    return load_task(name).encoding if isinstance(name, str) else "layered"


class Config(Section):
    """One evolution run. ``Config(task="retina")`` is performance alone (PA) of Clune et al. 2013.

    What is left out has the values of the paper that the encoding comes from (`DEFAULTS`).

    Raises `EvomodError` that lists every mistake with its path and what was wanted.

    >>> Config(task="retina", evolution={"population": 100}).evolution.population
    100
    """

    task: TaskSection
    schedule: ScheduleSection = ScheduleSection()
    network: Network = LayeredNetwork()
    variation: Variation = VariationSection()
    selection: SelectionSection = SelectionSection()
    pressures: PressuresSection = PressuresSection()
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
        data = _switching(data)
        encoding = _encoding(data)
        for name in ("variation", "selection", "evolution", "tracking"):
            section, known = data.get(name, {}), DEFAULTS.get(encoding, {}).get(name)
            if known and isinstance(section, dict):
                data[name] = known | section
        if isinstance(data.get("network", {}), dict):
            data["network"] = {"encoding": encoding} | data.get("network", {})
        if isinstance(data.get("variation", {}), dict):
            wanted = VariationSection if encoding.startswith("layered") else RecombinationSection
            data["variation"] = (wanted, data.get("variation", {}))
        return data

    @field_validator("network", mode="wrap")
    @classmethod
    def _network(cls, value: Any, handler: Any) -> Section:
        """The encoding decides which keys a network may have; each key is checked by that one only."""
        if isinstance(value, Section):
            return value
        if not isinstance(value, dict):
            raise ValueError("wanted a section, [network]")
        wanted = NETWORKS.get(str(value.get("encoding", "layered")))
        if wanted is None:
            raise ValueError(f"encoding: wanted one of {', '.join(NETWORKS)}; got {value['encoding']!r}")
        return wanted.model_validate(value)

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

    @model_validator(mode="after")
    def _fits(self) -> Config:
        varies = (
            VariationSection if self.network.encoding.startswith("layered") else RecombinationSection
        )
        if not isinstance(self.variation, varies):
            raise ValueError(f"variation: encoding '{self.network.encoding}' wants a {varies.__name__}")
        _check_pressures(self.pressures, self.network.encoding)
        objectives = self.pressures.objectives
        if self.selection.method != "nsga2" and objectives:
            raise ValueError(
                f"selection.method: '{self.selection.method}' knows fitness only, and "
                f"{' and '.join(objectives)} is a further objective; set selection.method=nsga2"
                + (" or give it a penalty" if {*objectives} - {"behavioural-diversity"} else "")
            )
        if self.selection.method == "nsga2" and self.evolution.population < 2:
            raise ValueError("evolution.population: nsga2 compares individuals, so it wants 2 or more")
        return self

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise EvomodError(describe(error, data)) from None


def _check_pressures(pressures: PressuresSection, encoding: str) -> None:
    """Refuse pressures that an encoding cannot have."""
    for name in ("l1", "l2"):
        if getattr(pressures, name) is not None and encoding in ("circuit", "gate-layers"):
            raise ValueError(
                f"pressures.{name}: the connections of encoding '{encoding}' have no weights; use "
                "connection-cost with measure=connections"
            )
    if pressures.connection_range is not None and encoding in ("circuit", "gate-layers"):
        raise ValueError(
            f"pressures.connection-range: every gate has two connections in encoding '{encoding}'; set "
            "network.penalty_above, the number of gates above which each is penalised"
        )
    if pressures.pruning is not None and not encoding.startswith("layered"):
        part = "neuron has a fixed number of" if encoding == "threshold" else "gate has two"
        raise ValueError(
            f"pressures.pruning: every {part} connections in encoding '{encoding}', so none can be "
            "removed; use the encoding 'layered' or 'layered-real'"
        )


def _encoding_or_layered(data: dict[str, Any]) -> str:
    task = data.get("task")
    return _encoding(data | {"task": {"name": task}} if isinstance(task, str) else data)


def _model_at(path: Sequence[str | int], data: dict[str, Any]) -> type[BaseModel]:
    """The section that a path of a validation error leads into."""
    model: type[BaseModel] = Config
    for step in path:
        if model is Config and step == "network":
            model = NETWORKS.get(_encoding_or_layered(data), LayeredNetwork)
            continue
        if model is Config and step == "variation":
            is_layered = _encoding_or_layered(data).startswith("layered")
            model = VariationSection if is_layered else RecombinationSection
            continue
        for name, info in model.model_fields.items():
            if step in (name, info.alias):
                candidates = [info.annotation, *get_args(info.annotation)]
                sections = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
                model = sections[0] if sections else model
    return model


def _unknown_key(path: Sequence[str | int], data: dict[str, Any]) -> str:
    known = [info.alias or name for name, info in _model_at(path[:-1], data).model_fields.items()]
    if path[0] == "network":
        for encoding, model in NETWORKS.items():
            if path[-1] in model.model_fields and path[-1] not in known:
                used = _encoding_or_layered(data)
                return f"belongs to the encoding '{encoding}'; this config's is '{used}'"
    close = difflib.get_close_matches(str(path[-1]), known, 1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown key; {hint}known here: {', '.join(known)}"


def describe(error: ValidationError, data: dict[str, Any]) -> str:
    """One line a mistake: its path, what was wanted, what came."""
    lines = []
    for item in error.errors():
        steps = [s for s in item["loc"] if not (isinstance(s, str) and ("[" in s or s in _TYPE_TAGS))]
        path = ".".join(map(str, steps))
        if item["type"] == "extra_forbidden":
            text = _unknown_key(steps, data)
        elif item["type"] == "missing":
            text = "is missing"
        elif item["type"] == "value_error":
            text = str(item["msg"]).removeprefix("Value error, ")
            if not isinstance(item["input"], dict):
                text += f"; got {_shown(item['input'])}"
        else:
            wanted = "wanted a section" if item["type"] in SECTION_TYPES else item["msg"]
            wanted = wanted.replace("Input should be", "wanted").replace("a valid tuple", "a list")
            text = f"{wanted}; got {_shown(item['input'])}"
        line = f"  {path}: {text}" if path else f"  {text}"
        if line not in lines:
            lines.append(line)
    return "the config is not valid:\n" + "\n".join(lines)


SECTION_TYPES = ("model_type", "model_attributes_type", "dict_type")
_TYPE_TAGS = {
    *(model.__name__ for model in NETWORKS.values()),
    "VariationSection",
    "RecombinationSection",
    "function-before",
    "constrained-str",
}


def _shown(value: Any) -> str:
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def parse_value(text: str) -> Any:
    """A value as TOML reads it; anything else is a string.

    >>> parse_value("[1, 2]"), parse_value("0.5"), parse_value("step")
    ([1, 2], 0.5, 'step')
    """
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def apply_settings(data: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """Put ``dotted.name=value`` settings into config data (changed in place and returned)."""
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise EvomodError(f"--set wants dotted.name=value, got '{setting}'.")
        *path, last = name.strip().split(".")
        place = data
        for step in path:
            if isinstance(place.get(step), str) and step == "task":
                place[step] = {"name": place[step]}
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise EvomodError(f"--set {setting}: '{step}' is a value, not a section.")
        place[last] = parse_value(value.strip())
    return data


def apply_pressures(data: dict[str, Any], pressures: Sequence[str]) -> dict[str, Any]:
    """Add pressures given as ``name`` or ``name:key=value,key=value`` to config data."""
    known = [*(info.alias for info in FIELDS.values()), GOAL_SWITCHING]
    if pressures and not isinstance(data.setdefault("pressures", {}), dict):
        raise EvomodError("pressures: wanted a section, [pressures]; got a value.")
    for text in pressures:
        name, _, arguments = text.partition(":")
        if name not in known:
            raise EvomodError(f"there is no pressure '{name}'; known: {', '.join(map(str, known))}.")
        section = data.setdefault("pressures", {}).setdefault(name, {})
        for argument in filter(None, arguments.split(",")):
            key, equals, value = argument.partition("=")
            if not equals:
                raise EvomodError(f"--pressure wants name:key=value,…; got '{text}'.")
            section[key] = parse_value(value)
    return data


def locate(path: str | Path) -> Path:
    """The file of this path, or the one of that path that comes with evomod."""
    package = Path(__file__).parent
    places = [Path(path), package / path, package.parent / path]
    return next((place for place in places if place.is_file()), Path(path))


def read_config(path: str | Path) -> dict[str, Any]:
    """The data of a TOML config. Raises `EvomodError` where it cannot be read, with the line.

    A path such as ``scripts/clune2013/connection_cost.toml`` that is not there is looked for among the
    configs that come with evomod.
    """
    try:
        return tomllib.loads(locate(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise EvomodError(f"there is no config {path}.") from None
    except tomllib.TOMLDecodeError as error:
        raise EvomodError(f"config {path} is no valid TOML: {error}.") from None
    except UnicodeDecodeError:
        raise EvomodError(f"config {path} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise EvomodError(f"config {path} cannot be read: {error}.") from None


def load_config(path: str | Path, settings: Sequence[str] = ()) -> Config:
    """Read a TOML config; ``settings`` are ``dotted.name=value`` strings that override it."""
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
