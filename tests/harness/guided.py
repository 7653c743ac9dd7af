"""Hostile files that are chosen by coverage: atheris keeps what reached code of evomod that nothing had reached before.

Changes are those of `fuzz.mutated`, and what is a failure is the same. atheris is an extra (``pip install
'evomod[fuzz]'``); without it the harness says that nothing was guided.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import types
from functools import cache, partial
from pathlib import Path

import numpy as np

from .forks import Plant, end, start
from .fuzz import Format, Tried, add, mutated
from .report import Result


def is_there() -> bool:
    return importlib.util.find_spec("atheris") is not None


def guided(result: Result, name: str, given: Format, number: int, plant: Plant | None = None) -> None:
    """So many inputs of a format, in a fork."""
    listing = given.path.with_name("listing.json")
    listing.unlink(missing_ok=True)
    _instrumented()
    seed = int(result.rng.integers(1, 2**31))
    good = given.path.read_bytes() if given.path.exists() else given.seeds[0]
    with tempfile.TemporaryDirectory(dir=listing.parent) as corpus:
        act = partial(_guided, given, number, seed, listing, Path(corpus))
        ended = end(*start(act, plant), limit=3600.0)
    last = given.path.read_bytes()
    given.path.write_bytes(good)
    add(result, name, listing, ended, last)


def _guided(given: Format, number: int, seed: int, listing: Path, corpus: Path) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    tried = Tried(given, listing)
    for k, content in enumerate(given.seeds):
        (corpus / str(k)).write_bytes(content)

    def one(content: bytes) -> None:
        tried.one(content)
        if tried.number >= number:
            tried.write()

    def changed(content: bytes, most: int, seed: int) -> bytes:
        return mutated(np.random.default_rng(seed), given.kind, content, given.seeds)[:most]

    atheris.instrument_func(given.read)
    for function, code in _instrumented():
        function.__code__ = code
    words = [
        sys.argv[0],
        f"-runs={number}",
        f"-seed={seed}",
        "-max_len=1000000",
        "-reduce_inputs=0",
        "-rss_limit_mb=0",
        "-timeout=0",
    ]
    atheris.Setup([*words, str(corpus)], one, custom_mutator=changed)
    atheris.Fuzz()


@cache
def _instrumented() -> list[tuple[types.FunctionType, types.CodeType]]:
    """Functions and methods of evomod, as they are loaded, with code that reports which of their branches are taken.

    It takes 2.7 s, so it is done once, in the process that forks; that process itself keeps the code that it has.
    """
    import atheris

    found = []
    for module in [one for name, one in sys.modules.items() if name.split(".")[0] == "evomod"]:
        owners = [module, *(one for one in vars(module).values() if isinstance(one, type))]
        for owner in owners:
            for one in list(vars(owner).values()):
                if isinstance(one, types.FunctionType) and one.__module__ == module.__name__:
                    plain = one.__code__
                    atheris.instrument_func(one)
                    found.append((one, one.__code__))
                    one.__code__ = plain
    return found


def planted(result: Result, home: Path, number: int = 150_000) -> None:
    """Three bits to be flipped, one after the other: without guidance, about one input in a million is that."""

    def read(path: Path) -> None:
        content = path.read_bytes()
        if content[:1] == b"e":  # one within the other: each is a branch, and its input is kept
            if content[1:2] == b"c":
                if content[2:3] == b"q":
                    raise ValueError("planted")

    form = Format(home / "x", "bytes", (b"aaaaa",), read)
    form.path.write_bytes(form.seeds[0])
    found = Result("planted", result.rng)
    guided(found, "planted", form, number)
    result.tried += found.tried
    if not any("planted" in failure for failure in found.failures):
        result.fail("what was planted was not found")
