"""Sections of a config: what every key may hold, what it means, and its value where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator


def _tuple(value: Any) -> Any:
    return tuple(_tuple(v) for v in value) if isinstance(value, list | tuple) else value


Integers = Annotated[tuple[int, ...], BeforeValidator(_tuple)]
Pair = Annotated[tuple[int, int], BeforeValidator(_tuple)]
Range = Annotated[tuple[float, float], BeforeValidator(_tuple)]
Ranges = Annotated[tuple[Range, Range], BeforeValidator(_tuple)]
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


SUPPORTS = {
    "weights": "connections with weights",
    "places": "nodes with places",
    "sparsity": "a number of connections that is not fixed by the number of nodes",
    "removal": "connections that can be removed one by one",
    "silence": "hidden nodes that can be silent",
    "real": "genes that are real numbers",
    "gradient": "weights that can learn by gradient",
}
"""What networks of an encoding may have, and pressures may require."""


class TaskSection(Section):
    """Which task, by name or by a file's path, which of its goals is rewarded, and on which patterns."""

    name: str
    """A task's name, or the path of its file."""
    goal: str | None = None
    """None: the task's first goal. `[schedule]` tells how it varies."""
    patterns: int | None = Field(default=None, ge=1)
    """Fitness counts this many patterns, drawn without replacement once a run. None: all of them."""
    resample: bool = False
    """Draw the patterns anew in every generation, where ``patterns`` says how many."""


FIXED: Literal["fixed"] = "fixed"
"""The kind of schedule by which no goal changes, of a config that names none."""


class ScheduleSection(Section):
    """Which goal is rewarded in which generation; `schedules.epochs` tells what each kind does."""

    kind: Literal[
        "fixed",
        "modular",
        "random-walk",
        "sampled",
        "random",
        "random-constant",
        "neutral",
        "accumulating",
    ] = FIXED
    """How one goal follows another."""
    goals: Names = ()
    """Names of goals of the task, in their order. Empty: the task's goal; for a random walk all goals
    that are related to another; for random goals none but random ones; accumulating: all of the task."""
    period: int = Field(default=20, ge=1)
    """Generations of one epoch."""
    probability: Probability = 1.0
    """With which the goal changes at the end of an epoch."""
    operators: Operators = ("and", "or")
    """With which kind "sampled" combines subgoals."""

    @property
    def changes(self) -> bool:
        """Whether another goal may follow the first."""
        return SCHEDULES[self.kind].changes

    @model_validator(mode="after")
    def _fits(self) -> ScheduleSection:
        schedule, n = SCHEDULES[self.kind], len(self.goals)
        if not schedule.least <= n <= schedule.most:
            most = f"at most {schedule.most}" if schedule.most else "no"
            span = f"{schedule.least} or more" if n < schedule.least else most
            raise ValueError(f"kind '{self.kind}' wants {span} goals; goals has {n}{schedule.note}")
        if schedule.is_round:
            _check_round(self.kind, self.goals)
        return self


def _check_round(kind: str, goals: tuple[str, ...]) -> None:
    """Goals that come in their order, again and again."""
    if len(set(goals)) < 2:
        raise ValueError(f"kind '{kind}' wants goals that differ{SCHEDULES[kind].note}")
    if any(a == b for a, b in zip(goals, (*goals[1:], *goals[:1]), strict=True)):
        raise ValueError("goals: the same goal twice in a row (the last meets the first again)")


@dataclass(frozen=True, slots=True)
class GoalsOf:
    """The goals that a kind of schedule takes."""

    least: int = 0
    most: int = 1_000_000
    note: str = ""
    """What is said besides where there are too few."""
    is_round: bool = False
    """They come in their order, again and again, so none may follow itself."""
    changes: bool = True
    """Whether another goal may follow the first."""


SCHEDULES = {
    FIXED: GoalsOf(most=1, changes=False),
    "modular": GoalsOf(least=2, note=f" (one goal is the kind '{FIXED}')", is_round=True),
    "random-walk": GoalsOf(),
    "sampled": GoalsOf(most=0),
    "random": GoalsOf(),
    "random-constant": GoalsOf(),
    "neutral": GoalsOf(most=1),
    "accumulating": GoalsOf(),
}
"""Kinds of schedule; `evomod.evolution.schedules` has what each does."""


def changes_goals(schedule: dict[str, Any]) -> bool:
    """Whether data of a [schedule], not checked yet, let goals change; of a kind that there is not, they do."""
    return SCHEDULES.get(str(schedule.get("kind", FIXED)), GoalsOf()).changes


MOST_NODES = 4096
"""Of a network. Its adjacency has that number squared of entries, and a genome up to half as many genes."""


def checked_layers(value: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """At least an input and an output layer, and not too many nodes."""
    if value is not None and (len(value) < 2 or min(value) < 1):
        raise ValueError("wanted at least an input and an output layer, each with a node or more")
    if value is not None and sum(value) > MOST_NODES:
        raise ValueError(f"wanted at most {MOST_NODES} nodes in all layers")
    return value


class NetworkSection(Section):
    """What every encoding has."""

    if TYPE_CHECKING:
        encoding: str
        """Declared by each, which keeps the order of keys in stored configs."""


class Sized(NetworkSection):
    """What the encodings of Kashtan and Alon share: a price of size."""

    penalty: float = Field(default=0.0, ge=0.0)
    """Taken off the fitness for every effective gate or neuron above ``penalty_above``."""
    penalty_above: int = Field(default=0, ge=0, le=64)
    """Gates or neurons that cost nothing."""


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
    """With which each bias changes."""
    bias_change: Literal["resample", "step"] = "resample"
    """A changed bias is drawn anew, or moves one place along its alphabet."""
    add_connection: Probability = 0.2
    """With which a network gains a connection."""
    delete_connection: Probability = 0.2
    """With which a network loses a connection."""
    min_connections: int = Field(default=0, ge=0)
    """Networks with no more connections than this lose none."""
    eta: float = Field(default=10.0, gt=0.0)
    """Crowding degree of polynomial mutation (real-valued networks only)."""


class MethodSection(Section):
    """What every method of selection has."""

    method: str
    """Its name, or the path of a file."""


METHOD = "nsga2"
"""The method of selection of a config that names none."""


class SelectionSection(MethodSection):
    """Who survives and who has offspring.

    "nsga2": mu + lambda; an objective with a probability below 1 makes it PNSGA (Clune et al. 2013).
    "elite": the best pass unchanged, the rest are their mutated copies (Kashtan & Alon 2005);
    "elite-worst": the best pass unchanged, as many of the worst are replaced by copies of them, and all
    but the best are recombined and mutated (Kashtan et al. 2007). "roulette": everybody is resampled in
    proportion to exp(strength * fitness) (Parter et al. 2008).
    """

    method: str = METHOD
    elite: float = 0.3
    """Share of the population that passes unchanged (elite methods)."""
    strength: float = Field(default=30.0, ge=0.0, le=10_000.0)
    """Of roulette selection."""
    ties: Literal["random", "offspring-first", "parents-first"] = "random"
    """Who survives (NSGA-II) or passes (elite methods) among individuals that selection cannot tell apart:
    chance decides, or first whether they are offspring or parents, and then chance."""

    @field_validator("elite")
    @classmethod
    def _share(cls, value: float) -> float:
        if not 0.0 < value <= 1.0:
            raise ValueError("wanted a share of the population, above 0 and at most 1, such as 0.3")
        return value


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


class EvolutionSection(Section):
    """Size, beginning and end of a run."""

    population: int = Field(default=1000, ge=1, le=1_000_000)
    """Individuals."""
    generations: int = Field(default=25_000, ge=0)
    """Number of the last generation; the first is 0."""
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
    tied_q: bool = False
    """Log Q of all that are in the first front and as fit as the logged individual too: their number,
    mean, median, least and largest. Which of them a paper plots is not always known (Clune et al. 2013)."""
    checkpoint_seconds: float = Field(default=30.0, gt=0.0)
    """Seconds from one checkpoint to the next."""
