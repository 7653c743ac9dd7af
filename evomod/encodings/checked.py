"""A user's encoding, whose every answer is looked at: what it does wrong is one sentence that says whose it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from evomod.encodings.base import Encoding, check_array
from evomod.errors import EvomodError, shown
from evomod.files.plugins import Fault, called
from evomod.network import Network
from evomod.task import all_patterns, pack

COMPARED = 20
"""Networks of a process that are evaluated, to be compared with what was computed: 0.4 ms each for 8 inputs."""
METHODS = ("birth", "vary", "network", "bounds")
"""That `Encoding` declares without a body."""
INSTEAD = {"compute": "evaluate", "active": "simplify"}
"""Methods that are needed unless the other is there."""
OF_SUPPORT = {
    "weights": ("working_strengths",),
    "removal": ("strengths", "without"),
    "silence": ("n_hidden", "silenced"),
    "gradient": ("learned",),
}
"""Methods that an encoding needs for what it supports."""


class Checked:
    """All that an encoding has; its methods are called as users' functions are.

    ``what`` is what an error calls it, ``file`` where it is defined.
    """

    def __init__(self, encoding: Encoding, what: str, file: str | None) -> None:
        self._encoding, self._what, self._file = encoding, what, file
        # Real numbers may be summed in another order, and outputs may depend on what an individual inherits.
        is_exact = type(encoding).evaluate is Encoding.evaluate and "real" not in encoding.supports
        self._to_compare = COMPARED if is_exact else 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._encoding, name)
        return partial(self._call, name, value) if callable(value) else value

    def _call(self, name: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:
        what = f"{self._what}: {name}"
        found = called(what, self._file, partial(method, **named), *given)
        if name == "birth":
            self._check_genomes(what, found, int(given[0]))
        elif name == "learned":
            self._check_learned(what, found, given[0].shape[0])
        elif name == "vary":
            self._check_genomes(what, found, given[1].size)
        elif name == "network":
            self._check_network(what, found, given[0])
        else:
            self._check_numbers(name, what, found, given)
        return found

    def _check_numbers(self, name: str, what: str, found: Any, given: tuple[Any, ...]) -> None:
        """Refuse arrays of another type or shape, which kernels would read past their ends."""
        wiring, words = self._encoding.wiring, self._encoding.is_pattern.size
        if name == "without":
            self._check_genomes(what, found, given[0].shape[0])
        elif name in ("strengths", "working_strengths"):
            _check_array(what, found, np.float64, (given[0].shape[0], wiring.n_edges))
            if not (np.isfinite(found) & (found >= 0.0)).all():
                raise Fault(f"{what}: expected |weights|, finite and 0 or more.")
        elif name == "outputs":
            self._check_words(what, found, (given[0].size, wiring.n_outputs, words))
        elif name == "silenced":
            self._check_words(
                what, found, (given[0].shape[0], wiring.n_outputs, given[2].shape[0] * words)
            )
        elif name == "n_hidden" and not (isinstance(found, int | np.integer) and found >= 0):
            raise Fault(f"{what} returned {shown(found)}; expected a whole number from 0.")

    @staticmethod
    def _check_words(what: str, found: Any, shape: tuple[int, ...]) -> None:
        if not (isinstance(found, tuple) and len(found) == 2):
            raise Fault(
                f"{what} returned a {type(found).__name__}; expected the pair of arrays yes, no."
            )
        for word, bits in zip(("yes", "no"), found, strict=True):
            _check_array(f"{what}: {word}", bits, np.uint64, shape)

    def _check_network(self, what: str, found: Any, genome: Any) -> None:
        """Refuse what is no network, or one whose outputs are not those by which its genome was selected."""
        if not isinstance(found, Network):
            raise Fault(f"{what} returned a {type(found).__name__}; expected an evomod.Network.")
        if not self._to_compare:
            return
        self._to_compare -= 1
        outputs = found.answer(all_patterns(self._encoding.wiring.n_inputs)).T
        computed = self._encoding.compute(genome[None])
        for word, bits, says in zip(("yes", "no"), computed, (outputs > 0, outputs < 0), strict=True):
            if not np.array_equal(bits[0], pack(says)):
                raise Fault(
                    f"{what}: the network does not say {word} to the same patterns as compute does for its genome; "
                    "expected the same outputs of both."
                )

    def _check_learned(self, what: str, found: Any, number: int) -> None:
        if not (isinstance(found, tuple) and len(found) == 2):
            raise Fault(
                f"{what} returned a {type(found).__name__}; expected the pair of arrays genomes, errors."
            )
        genomes, errors = found
        self._check_genomes(f"{what}: genomes", genomes, number)
        _check_array(f"{what}: errors", errors, np.float64, (number,))
        if not ((errors >= 0.0) & (errors <= 4.0)).all():
            raise Fault(f"{what}: errors must lie from 0 to 4, those of outputs from -1 to 1.")

    def _check_genomes(self, what: str, found: Any, number: int) -> None:
        encoding = self._encoding
        kind = (
            f"{found.dtype}{list(found.shape)}"
            if isinstance(found, np.ndarray)
            else type(found).__name__
        )
        if kind != f"{encoding.dtype}{[number, encoding.n_genes]}":
            raise Fault(
                f"{what} returned {kind}; expected {encoding.dtype}{[number, encoding.n_genes]}, a row an "
                "individual."
            )
        valid = called(f"{self._what}: is_valid", self._file, encoding.is_valid, found)
        if not np.all(valid):
            raise Fault(
                f"{what}: genome {int(np.argmin(valid))} lies outside what bounds() and is_valid allow."
            )


def _check_array(what: str, found: Any, dtype: type[Any], shape: tuple[int, ...]) -> None:
    """As `check_array`, as a fault of what a user wrote."""
    try:
        check_array(what, found, np.dtype(dtype), shape)
    except EvomodError as error:
        raise Fault(str(error)) from error


def without_methods(found: Any) -> list[str]:
    """Methods that an encoding must have for what it is and supports, and leaves as `Encoding` has them."""
    wanted = [
        *METHODS,
        *(name for one, names in OF_SUPPORT.items() if one in found.supports for name in names),
    ]
    wanted += [name for name, whole in INSTEAD.items() if not _is_own(found, whole)]
    return [name for name in wanted if not _is_own(found, name)]


def _is_own(found: Any, name: str) -> bool:
    return getattr(type(found), name, None) is not getattr(Encoding, name)


def check_bounds(what: str, found: Any, n_genes: int) -> None:
    """Raise `EvomodError` unless bounds are two lists with a number for every gene."""
    shape = f"{n_genes} numbers each"
    try:
        low, high = (np.asarray(side, float) for side in found)
    except (TypeError, ValueError):
        raise EvomodError(
            f"{what}: bounds returned {shown(found)}; expected two lists of {shape}."
        ) from None
    if not low.shape == high.shape == (n_genes,):
        raise EvomodError(
            f"{what}: bounds returned arrays of {list(low.shape)} and {list(high.shape)}; expected two lists of {shape}."
        )
