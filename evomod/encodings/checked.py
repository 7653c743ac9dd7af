"""A user's encoding, whose every answer is looked at: what it does wrong is one sentence that says whose it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from evomod.encodings.base import Encoding
from evomod.files.plugins import Fault, called
from evomod.network import Network


class Checked:
    """All that an encoding has; its methods are called as users' functions are.

    ``what`` is what an error calls it, ``file`` where it is defined.
    """

    def __init__(self, encoding: Encoding, what: str, file: str | None) -> None:
        self._encoding, self._what, self._file = encoding, what, file

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._encoding, name)
        return partial(self._call, name, value) if callable(value) else value

    def _call(self, name: str, method: Callable[..., Any], *given: Any) -> Any:
        what = f"{self._what}: {name}"
        found = called(what, self._file, method, *given)
        if name == "birth":
            self._check_genomes(what, found, int(given[0]))
        elif name == "vary":
            self._check_genomes(what, found, given[1].size)
        elif name == "network" and not isinstance(found, Network):
            raise Fault(f"{what} returned a {type(found).__name__}; expected an evomod.Network.")
        return found

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
