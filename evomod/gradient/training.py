"""Networks trained by gradient, as Filan et al. (2021) train them. The home of PyTorch, imported on first use.

Everything random is drawn from NumPy's generators, each purpose from a stream of its own, except the
dropout, which has a generator of PyTorch. So dropout 0 draws what no dropout draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.gradient.config import PRUNE_EVERY, TrainingConfig, layers_of, sparsity_at
from evomod.gradient.datasets import DataSet
from evomod.gradient.places import exchanged, first_places, lengths

Arrays = list[NDArray[np.floating]]

EPSILON = 1e-7  # of Adam: Keras' default, which the authors use
GROUPS, WITHIN, BETWEEN = 10, 4.6, 0.6  # of clusterable initialisation (authors' code)
EIGENVALUES = 3  # of the clusterability term (authors' code)
MOST_AT_ONCE = 10_000  # patterns answered at once; 60,000 would hold 250 MB of activations
STREAMS = ("weights", "groups", "batches", "dropout", "n-cut", "functional")


@dataclass(frozen=True, slots=True)
class Epoch:
    """A network after an epoch; number 0 is before the first."""

    number: int
    phase: str
    """"start", "training" or "pruning"."""
    steps: int
    """Of gradient descent so far."""
    loss: float
    """On all training patterns, without dropout, penalties included."""
    train_accuracy: float
    """Share of right answers; NaN where the targets are numbers."""
    test_loss: float
    """Without penalties."""
    test_accuracy: float
    weights: Arrays
    """A matrix ``[source, target]`` a layer."""
    biases: Arrays
    """``[target]`` a layer."""
    places: Arrays
    """``[node]`` a layer, inputs and outputs too: where on a line from 0 to 1."""

    @property
    def sparsity(self) -> float:
        """Share of weights that are 0."""
        return sparsity_of(self.weights)


def sparsity_of(weights: Sequence[NDArray[Any]]) -> float:
    """Share of the weights of all layers that are 0.

    >>> sparsity_of([np.array([[0.0, 1.0]]), np.zeros((2, 1))])
    0.75
    """
    return 1.0 - sum(int(np.count_nonzero(w)) for w in weights) / sum(w.size for w in weights)


def want_torch() -> None:
    """Raise `EvomodError` with the command that installs PyTorch where it is missing."""
    try:
        import torch  # noqa: F401
    except ImportError:
        raise EvomodError(
            'training wants PyTorch, which is not installed: pip install "evomod[gradient]" '
            "(the build for CPUs suffices)."
        ) from None


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose of a training: independent of all others, whatever they draw."""
    key = (STREAMS.index(purpose),)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def born(config: TrainingConfig, data: DataSet, seed: int) -> tuple[Arrays, Arrays]:
    """Weights ``[source, target]`` and biases of a network before training.

    Weights are uniform within +-sqrt(6 / (sources + targets)), biases 0 (Glorot & Bengio 2010, Keras'
    default). For a clusterable start every node is put into one of ten groups at random, outputs into one
    each; weights within a group are multiplied by 4.6, others by 0.6, except those of the inputs.
    """
    rng, groups = stream(seed, "weights"), stream(seed, "groups")
    layers = layers_of(config, data)
    dtype = data.inputs.dtype
    weights: Arrays = []
    for n_sources, n_targets in pairwise(layers):
        limit = np.sqrt(6.0 / (n_sources + n_targets))
        weights.append(rng.uniform(-limit, limit, (n_sources, n_targets)).astype(dtype))
    if config.clusterable_init:
        members = [groups.integers(GROUPS, size=n) for n in layers]
        if layers[-1] <= GROUPS:
            members[-1] = np.arange(layers[-1])
        for k in range(1, len(weights)):
            is_within = members[k][:, None] == members[k + 1]
            weights[k] *= np.where(is_within, WITHIN, BETWEEN).astype(dtype)
    return weights, [np.zeros(n, dtype) for n in layers[1:]]


@contextmanager
def fixed_arithmetic(threads: int) -> Iterator[None]:
    """PyTorch with one number of threads and deterministic algorithms, and afterwards as before.

    Numbers below 1e-38 are 0, as in TensorFlow, which the authors used. A penalty lets the weights of neurons
    that are never active shrink for ever: with such numbers Fashion-MNIST with L2 took ten times as long, and
    its n-cut was 2.0 in place of 8.9.

    Raises `EvomodError` where PyTorch is missing.
    """
    want_torch()
    import torch

    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    flushed = bool(torch.tensor(1e-40) * 1.0 == 0.0)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])


def train(config: TrainingConfig, data: DataSet, seed: int) -> Iterator[Epoch]:
    """Train a network, and yield it before the first epoch and after every epoch.

    ``config`` is `resolved`. First ``epochs`` of Adam on the loss (cross-entropy for classes, else mean
    squared error) plus penalties; then, with ``prune``, as many again, with a new Adam, while weights of
    least magnitude are set to 0 for good: in every layer the share that `sparsity_at` says, every 10 steps.
    The same config, data and seed give the same numbers on the same machine and build of PyTorch. Raises
    `EvomodError` without PyTorch, and where the loss is no longer finite.
    """
    want_torch()
    weights, biases = born(config, data, seed)
    learner = Learner(config, data.kind, weights, biases, seed)
    yield _described(learner, data, 0, "start")
    rng = stream(seed, "batches")
    number = 0
    for phase, epochs in (("training", config.epochs), ("pruning", config.pruning_epochs)):
        learner.begin(phase)
        n_steps = (epochs or 0) * -(-len(data.inputs) // (config.batch or 1))
        for _ in range(epochs or 0):
            number += 1
            learner.epoch(data, rng, n_steps)
            yield _described(learner, data, number, phase)


class Learner:
    """A network in PyTorch, its optimiser and its masks: what changes from step to step."""

    def __init__(
        self, config: TrainingConfig, kind: str, weights: Arrays, biases: Arrays, seed: int
    ) -> None:
        import torch

        self.config, self.kind, self.steps = config, kind, 0
        self.weights = [torch.tensor(w, requires_grad=True) for w in weights]
        self.biases = [torch.tensor(b, requires_grad=True) for b in biases]
        self.masks: list[Any] | None = None
        self.bend = torch.tanh if kind == "answers" else torch.relu
        self.move(first_places((len(weights[0]), *(b.size for b in biases))))
        self.draws = torch.Generator()
        self.draws.manual_seed(int(stream(seed, "dropout").integers(2**62)))
        self.begin("training")

    def begin(self, phase: str) -> None:
        """A phase, with an optimiser that remembers nothing."""
        import torch

        self.phase, self.phase_steps = phase, 0
        parameters = [*self.weights, *self.biases]
        rate = self.config.learning_rate
        # one pass over memory in place of eight: half of the time of a step
        self.optimiser = torch.optim.Adam(parameters, lr=rate, eps=EPSILON, fused=True)

    def move(self, places: Arrays) -> None:
        """Put every node there."""
        self.places = places
        self.known_lengths: list[Any] | None = None

    def lengths(self) -> list[Any]:
        """Of connections, ``[source, target]`` a layer: as large as the weights, so made when they are asked for."""
        import torch

        if self.known_lengths is None:
            dtype = self.weights[0].dtype
            self.known_lengths = [torch.tensor(length, dtype=dtype) for length in lengths(self.places)]
        return self.known_lengths

    def outputs(self, inputs: Any, dropout: float = 0.0) -> Any:
        """``[pattern, output]``: scores of classes, numbers, or answers from -1 to 1."""
        import torch

        values, last = inputs, len(self.weights) - 1
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = torch.addmm(bias, values, weight)
            if k < last or self.kind == "answers":
                values = self.bend(values)
            if k < last and dropout:
                kept = torch.empty_like(values).bernoulli_(1.0 - dropout, generator=self.draws)
                values = values * kept.div_(1.0 - dropout)
        return values

    def misfit(self, outputs: Any, targets: Any) -> Any:
        """The loss without penalties."""
        from torch.nn import functional

        if self.kind == "classes":
            return functional.cross_entropy(outputs, targets)
        return functional.mse_loss(outputs, targets)

    def penalty(self) -> Any:
        """What is added to the loss, for weights, lengths and clusters; 0.0 without any of it."""
        config, total = self.config, 0.0
        if config.l1:
            total = total + config.l1 * sum(w.abs().sum() for w in self.weights)
        if config.l2:
            penalised = self.weights[1:] if config.l1_first else self.weights
            total = total + config.l2 * sum(w.square().sum() for w in penalised)
        if config.l1_first:
            total = total + config.l1_first * self.weights[0].abs().sum()
        if config.wiring:
            pairs = zip(self.weights, self.lengths(), strict=True)
            total = total + config.wiring * sum((w.abs() * length).sum() for w, length in pairs)
        if config.clusterability:
            total = total + config.clusterability * least_eigenvalues(self.weights)
        return total

    def epoch(self, data: DataSet, rng: np.random.Generator, n_steps: int) -> None:
        """One pass over the training patterns, in a new random order."""
        import torch

        inputs, targets = torch.from_numpy(data.inputs), torch.from_numpy(data.targets)
        order = torch.from_numpy(rng.permutation(len(data.inputs)))
        for rows in order.split(self.config.batch or 1):
            self.step(inputs[rows], targets[rows], n_steps)

    def step(self, inputs: Any, targets: Any, n_steps: int) -> Any:
        """One step down the gradient; returns the outputs before it."""
        import torch

        outputs = self.outputs(inputs, self.config.dropout)
        loss = self.misfit(outputs, targets) + self.penalty()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        self.phase_steps += 1
        with torch.no_grad():
            if self.phase == "pruning" and self._prunes(n_steps):
                share = sparsity_at(self.phase_steps, n_steps, self.config.prune)
                self.masks = [mask_of(weight, share) for weight in self.weights]
            if self.masks is not None:
                for weight, mask in zip(self.weights, self.masks, strict=True):
                    weight.mul_(mask)
        if self.config.swap_every and self.steps % self.config.swap_every == 0:
            self.move(exchanged([w.detach().numpy() for w in self.weights], self.places))
        return outputs.detach()

    def _prunes(self, n_steps: int) -> bool:
        """In the first step, then every ten, and in the last, so that the end is as asked."""
        return self.phase_steps in (1, n_steps) or self.phase_steps % PRUNE_EVERY == 0


def least_eigenvalues(weights: Sequence[Any]) -> Any:
    """The sum of the `EIGENVALUES` least eigenvalues of the normalised Laplacian of ``|w|``, with its gradient.

    ``weights[layer][source, target]``, of PyTorch. Eigenvectors count as constants, which leaves the gradient of the sum as it is,
    also where eigenvalues are equal (Hellmann-Feynman); a node without a weight has the eigenvalue 1.
    """
    import torch

    magnitudes = [w.abs() for w in weights]
    degrees = [magnitudes[0].sum(dim=1)]
    degrees += [a.sum(dim=0) + b.sum(dim=1) for a, b in pairwise(magnitudes)]
    degrees.append(magnitudes[-1].sum(dim=0))
    roots = [degree.clamp_min(torch.finfo(degree.dtype).tiny).sqrt() for degree in degrees]
    parts = [m / (roots[k][:, None] * roots[k + 1]) for k, m in enumerate(magnitudes)]
    starts = np.cumsum([0, *(len(root) for root in roots)])
    laplacian = torch.eye(int(starts[-1]), dtype=parts[0].dtype)
    for k, part in enumerate(parts):
        rows = slice(int(starts[k]), int(starts[k + 1]))
        columns = slice(int(starts[k + 1]), int(starts[k + 2]))
        laplacian[rows, columns] = -part.detach()
        laplacian[columns, rows] = -part.detach().T
    vectors = torch.linalg.eigh(laplacian).eigenvectors[:, :EIGENVALUES].split([len(r) for r in roots])
    shared = [(part * (vectors[k] @ vectors[k + 1].T)).sum() for k, part in enumerate(parts)]
    return vectors[0].new_tensor(float(EIGENVALUES)) - 2.0 * sum(shared)


def mask_of(weight: Any, share: float) -> Any:
    """1 where a weight of a layer stays, 0 for the ``share`` of them of least magnitude (ties: the first); one stays always."""
    import torch

    n_zeros = min(round(share * weight.numel()), weight.numel() - 1)
    magnitude = weight.abs().flatten()
    mask = torch.ones_like(magnitude)
    if n_zeros:
        last = torch.kthvalue(magnitude, n_zeros).values  # a tenth of the time of sorting 200,000
        mask[magnitude < last] = 0.0
        ties = torch.nonzero(magnitude == last).flatten()
        mask[ties[: n_zeros - int((magnitude < last).sum())]] = 0.0
    return mask.view_as(weight)


def share_right(kind: str, outputs: Any, targets: Any) -> float:
    """Share of right answers (an answer of exactly 0 is wrong); NaN where the targets are numbers."""
    if kind == "numbers":
        return float("nan")
    if kind == "classes":
        return float((outputs.argmax(dim=1) == targets).double().mean())
    return float((outputs * targets > 0.0).double().mean())


def _described(learner: Learner, data: DataSet, number: int, phase: str) -> Epoch:
    import torch

    with torch.no_grad():
        loss, right = _evaluated(learner, data.inputs, data.targets)
        test = (loss, right)
        if data.test_inputs is not data.inputs:
            test = _evaluated(learner, data.test_inputs, data.test_targets)
        loss += float(learner.penalty())
    if not math.isfinite(loss):
        raise EvomodError(
            f"the loss is {loss} after epoch {number}: the training diverges. Lower the learning rate "
            f"({learner.config.learning_rate}) or the penalties."
        )
    return Epoch(
        number,
        phase,
        learner.steps,
        loss,
        right,
        *test,
        weights=[w.detach().numpy().copy() for w in learner.weights],
        biases=[b.detach().numpy().copy() for b in learner.biases],
        places=learner.places,
    )


def _evaluated(
    learner: Learner, inputs: NDArray[np.floating], targets: NDArray[Any]
) -> tuple[float, float]:
    """Loss without penalties, and share of right answers."""
    import torch

    loss = right = 0.0
    for first in range(0, len(inputs), MOST_AT_ONCE):
        some = torch.from_numpy(inputs[first : first + MOST_AT_ONCE])
        wanted = torch.from_numpy(targets[first : first + MOST_AT_ONCE])
        outputs = learner.outputs(some)
        loss += float(learner.misfit(outputs, wanted)) * len(some)
        right += share_right(learner.kind, outputs, wanted) * len(some)
    return loss / len(inputs), right / len(inputs)


def steps_until_right(
    config: TrainingConfig,
    data: DataSet,
    network: tuple[Arrays, Arrays, Arrays | None],
    seed: int,
    most_steps: int,
) -> tuple[int | None, float]:
    """Steps on all patterns at once until every answer is right, and the share that is right at first.

    ``network`` has weights, biases and places (None: the first ones). None where ``most_steps`` do not suffice. Connections that were
    pruned stay away. The answers are those
    without dropout.
    """
    import torch

    want_torch()
    weights, biases, places = network
    with fixed_arithmetic(config.threads):
        learner = Learner(config, data.kind, weights, biases, seed)
        learner.move(places or learner.places)
        if config.prune:
            learner.masks = [torch.from_numpy((w != 0.0).astype(w.dtype)) for w in weights]
        inputs, targets = torch.from_numpy(data.inputs), torch.from_numpy(data.targets)
        at_first = None
        for steps in range(most_steps + 1):
            with torch.no_grad():
                right = share_right(data.kind, learner.outputs(inputs), targets)
            at_first = right if at_first is None else at_first
            if right == 1.0:
                return steps, at_first
            learner.step(inputs, targets, most_steps)
        return None, at_first or 0.0
