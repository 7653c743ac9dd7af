"""Compiled loops: arrays in, arrays out. The only home of numba.

A kernel writes into arguments that its caller made, raises nothing and draws only from the
``numpy.random.Generator`` whose address it is given, by `pointer_to` and `uniform`, one double at a time, so that
plain Python can repeat it draw by draw (``tests/naive.py``). A generator itself is refused by the compiler: while
numba unpacks one it runs Python code, and where Ctrl-C ends that code numba goes on with a null pointer, a
segmentation fault (numba 0.68, ``ctypes.cast`` in its ``unbox_numpy_random_bitgenerator``). A kernel file imports no other kernel file but this one and ``vectors.py``: numba's cache of a
kernel does not notice a change in another file. Of these two it does, since `compiled` takes a hash of their text
into the kernel's name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""A wrapper that C could call takes a twentieth of the compilation, and C calls none."""


def _shared() -> str:
    texts = [Path(__file__).with_name(name).read_bytes() for name in ("__init__.py", "vectors.py")]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:8]


SHARED = _shared()
"""Tells apart the machine code of kernels that were made with another text of what they share."""


def compiled(function: Callable[..., Any], **options: Any) -> Any:
    """Compile at the first call and keep the machine code; without a cache if no folder is writable.

    numba names the files of its cache by a function's qualified name, and looks at the date of the function's
    own file. With `SHARED` in the name, code that was compiled with an older text of ``vectors.py`` or of this
    file is not found again.
    """
    function.__qualname__ = f"{function.__name__}_{SHARED}"
    try:
        return _kept_if_there_is_room(numba.njit(cache=True, **OPTIONS, **options)(function))
    except RuntimeError:  # numba found no folder for its cache: compile anew in every process
        return numba.njit(**OPTIONS, **options)(function)


def _kept_if_there_is_room(kernel: Any) -> Any:
    """A full disk under numba's cache ends no command: what was compiled is in memory, and serves this process."""
    cache = getattr(kernel, "_cache", None)
    if cache is not None:  # None where numba is switched off
        save = cache.save_overload

        def saved(*given: Any) -> None:
            with suppress(OSError):
                save(*given)

        cache.save_overload = saved
    return kernel


def unmanaged(function: Callable[..., Any]) -> Any:
    """Compile without numba's count of references to arrays, for kernels that make none.

    numba counts at every array that a helper is given, in the innermost loops: half of the time to answer.
    """
    return compiled(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile into its callers: a call with arrays costs 50 ns, as much as what such a helper does."""
    return numba.njit(inline="always", **OPTIONS)(function)


@lru_cache(maxsize=64)
def pointer_to(rng: np.random.Generator) -> Any:
    """What `uniform` draws from: where a generator's ``bitgen_t`` lies (interpreted: the generator itself).

    numba takes 10 us a call to unpack a generator, an address 0.1, and may crash in it. The generator must live as long as the
    call; those that were last asked for are kept alive here.
    """
    if numba.config.DISABLE_JIT:
        return rng
    return rng.bit_generator.ctypes.bit_generator.value


def uniform(rng: Any) -> Any:
    """The next number of ``rng.random()``; in a kernel of the generator at this address, see `pointer_to`."""
    return rng.random()


@intrinsic  # type: ignore[untyped-decorator]
def _next_double(context: Any, address: Any) -> Any:
    """Call ``next_double(state)`` of NumPy's ``bitgen_t`` (numpy/random/bitgen.h): its words 3 and 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        function = ir.FunctionType(ir.DoubleType(), (pointer,)).as_pointer()
        words = builder.inttoptr(arguments[0], pointer.as_pointer())
        state = builder.load(words)
        third = builder.gep(words, (ir.Constant(ir.IntType(64), 3),))
        return builder.call(builder.bitcast(builder.load(third), function), (state,))

    return types.float64(types.int64), generate


def by_address(rng: Any) -> Any:
    """`uniform` where kernels are compiled."""
    return _next_double(rng)


@overload(uniform, inline="always")  # type: ignore[untyped-decorator]
def _compiled_uniform(rng: Any) -> Any:
    return by_address if isinstance(rng, types.Integer) else None


def n_bits(word: Any) -> Any:
    """Number of bits set in a word."""
    return int(word).bit_count()


@intrinsic  # type: ignore[untyped-decorator]
def _population_count(context: Any, word: Any) -> Any:
    """One instruction, and several words at once in a loop: by shifts and sums it took 15."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


def by_instruction(word: Any) -> Any:
    """`n_bits` where kernels are compiled."""
    return _population_count(word)


@overload(n_bits, inline="always")  # type: ignore[untyped-decorator]
def _compiled_n_bits(word: Any) -> Any:
    return by_instruction


def is_compiled(kernel: Any) -> bool:
    """Whether machine code of a kernel lies in numba's cache (or numba is switched off)."""
    if not hasattr(kernel, "stats"):
        return True
    function = kernel.py_func
    name = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}-*.nbi"
    return any(Path(kernel.stats.cache_path or ".").glob(name))
