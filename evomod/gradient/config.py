"""What one training is: data, layers, pressures on the weights, epochs; and the schedule of its pruning."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from evomod.config import dump_toml
from evomod.errors import EvomodError, shown
from evomod.files.readers import parse_toml, read_bytes
from evomod.gradient.datasets import DataSet

FIRST_SPARSITY = 0.5
"""With which pruning begins (Filan et al. 2021, authors' code)."""
PRUNE_EVERY = 10
"""Steps from one pruning to the next (authors' code)."""
EPOCHS = {"classes": 20, "numbers": 20, "answers": 2000}
"""By kind of data. 20 is quoted; of a task one epoch is one step or two, and 2,000 are our choice."""
BATCH = {"classes": 128, "numbers": 128, "answers": 256}
"""Patterns a step: 128 is quoted; 256 are all patterns of eight inputs."""
RATE = {"classes": 0.001, "numbers": 0.001, "answers": 0.01}
"""Adam's learning rate: its default, and ten times that for tasks (our choice)."""


MOST_HIDDEN = 10_000
"""Neurons of a hidden layer: the weights between two such layers take 400 MB."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """One training. What is None depends on the data; `resolved` fills it in."""

    data: str
    """A data set or a task, by name."""
    goal: str | None = None
    """Of a task; None: its first."""
    hidden: tuple[int, ...] | None = None
    """Neurons of every hidden layer. None: 256 four times; of a task those of its layers."""
    dropout: float = 0.0
    """Share of the hidden neurons that are silent in a step; inputs are not dropped."""
    l1: float = 0.0
    """Times the sum of all ``|w|``: added to the loss."""
    l2: float = 0.0
    """Times the sum of all w squared: added to the loss."""
    l1_first: float = 0.0
    """Times the sum of ``|w|`` of the first layer. The authors' code has it in the place of L2 there."""
    wiring: float = 0.0
    """Times the sum of ``|w|`` times the length of the connection, see `evomod.gradient.places`: added to the loss."""
    swap_every: int = 0
    """Steps from one exchange of places to the next; 0: every neuron stays where it is."""
    clusterability: float = 0.0
    """Times the sum of the three least eigenvalues of the normalised Laplacian of ``|w|``: added to the loss (Filan et al. 2021).
    The smaller they are the better a cut there is; below 0 the term makes networks less clusterable."""
    prune: float = 0.0
    """Share of the weights of every layer that pruning leaves at 0; 0: no pruning."""
    clusterable_init: bool = False
    """Begin with weights that are larger within ten random modules than between them."""
    epochs: int | None = None
    """Before pruning; 0 leaves the network untrained."""
    pruning_epochs: int | None = None
    """None: as many as ``epochs``."""
    batch: int | None = None
    learning_rate: float | None = None
    modules: int | None = None
    """k of the n-cut. None: 12; of a task one for each subgoal, two at least, and one where they meet: with
    fewer the best cut may lie between two layers, where shuffling within layers cannot change it."""
    measure_every: int = 0
    """Epochs from one n-cut to the next while it trains; 0: only at the end."""
    threads: int = 1
    """Of the arithmetic; another number gives other last digits. Two that wait for each other on a busy
    machine of two cores took twenty times as long as one."""

    @property
    def all_epochs(self) -> int:
        """With those of pruning."""
        return (self.epochs or 0) + (self.pruning_epochs or 0 if self.prune else 0)


def checked(config: TrainingConfig) -> TrainingConfig:
    """The config itself. Raises `EvomodError` for the first value that cannot be."""
    for name in ("dropout", "prune"):
        value = getattr(config, name)
        if not (_is_number(value) and 0.0 <= value < 1.0):
            raise EvomodError(f"{name} wants a rate from 0 to below 1; got {shown(value)}.")
    for name in ("l1", "l2", "l1_first", "wiring"):
        value = getattr(config, name)
        if not (_is_number(value) and 0.0 <= value < float("inf")):
            raise EvomodError(f"{name} wants a number from 0, such as 5e-5; got {shown(value)}.")
    if not (_is_number(config.clusterability) and abs(config.clusterability) < float("inf")):
        raise EvomodError(
            f"clusterability: expected a number, such as 0.1; got {shown(config.clusterability)}."
        )
    least = {
        "swap_every": 0,
        "epochs": 0,
        "pruning_epochs": 1,
        "batch": 1,
        "modules": 1,
        "measure_every": 0,
        "threads": 1,
    }
    for name, smallest in least.items():
        value = getattr(config, name)
        if value is not None and (type(value) is not int or value < smallest):
            raise EvomodError(f"{name} wants a whole number from {smallest}; got {shown(value)}.")
    rate = config.learning_rate
    if rate is not None and not (_is_number(rate) and 0.0 < rate < float("inf")):
        raise EvomodError(f"learning_rate wants a number above 0; got {shown(rate)}.")
    if config.hidden is not None and not (
        isinstance(config.hidden, tuple)
        and all(type(n) is int and 0 < n <= MOST_HIDDEN for n in config.hidden)
    ):
        raise EvomodError(
            f"hidden wants numbers of neurons up to {MOST_HIDDEN}, such as 64,64,64; got {shown(config.hidden)}."
        )
    if config.swap_every and not config.wiring:
        raise EvomodError(
            "swap_every changes lengths alone, which count for nothing without wiring; give wiring as well, such as 1e-3."
        )
    if config.prune and config.epochs == 0:
        raise EvomodError("an untrained network (0 epochs) is not pruned; leave one of the two out.")
    if config.prune and config.prune < FIRST_SPARSITY:
        raise EvomodError(
            f"prune wants {FIRST_SPARSITY} or more, since pruning begins with that share; got {config.prune}."
        )
    return config


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def resolved(config: TrainingConfig, data: DataSet) -> TrainingConfig:
    """The config with all that depends on the data, checked."""
    checked(config)
    epochs = EPOCHS[data.kind] if config.epochs is None else config.epochs
    pruning = epochs if config.pruning_epochs is None else config.pruning_epochs
    return replace(
        config,
        goal=data.goal,
        hidden=data.hidden if config.hidden is None else config.hidden,
        epochs=epochs,
        pruning_epochs=pruning if config.prune else None,
        batch=config.batch or BATCH[data.kind],
        learning_rate=config.learning_rate or RATE[data.kind],
        modules=config.modules or data.modules,
    )


def layers_of(config: TrainingConfig, data: DataSet) -> tuple[int, ...]:
    """Nodes a layer, inputs and outputs too."""
    return (data.n_inputs, *(config.hidden or ()), data.n_outputs)


def sparsity_at(step: int, n_steps: int, final: float, first: float = FIRST_SPARSITY) -> float:
    """Share of weights that are 0 after ``step`` of ``n_steps``: polynomial decay, power 3 (Zhu & Gupta 2017).

    >>> [sparsity_at(step, 100, 0.9) for step in (0, 50, 100, 120)]
    [0.5, 0.85, 0.9, 0.9]
    """
    left = 1.0 - min(step / n_steps, 1.0)
    return final + (first - final) * left**3


def dump_training(config: TrainingConfig) -> str:
    """The config as TOML; what is None is left out."""
    return dump_toml({key: value for key, value in asdict(config).items() if value is not None})


def load_training(path: Path) -> TrainingConfig:
    """Read what `dump_training` wrote. Raises `EvomodError` where it cannot be."""
    try:
        data = parse_toml(read_bytes(path).decode())
    except (OSError, ValueError) as error:
        raise EvomodError(f"config {path} cannot be read: {error}.") from None
    unknown = sorted(set(data) - {field.name for field in fields(TrainingConfig)})
    if unknown or "data" not in data:
        raise EvomodError(
            f"config {path} is none of a training: "
            + (f"there is no '{unknown[0]}'." if unknown else "it names no data.")
        )
    if isinstance(data.get("hidden"), list):
        data["hidden"] = tuple(data["hidden"])
    return checked(TrainingConfig(**data))
