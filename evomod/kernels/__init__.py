"""Compiled loops: arrays in, arrays out. The only home of numba.

A kernel writes into arguments that its caller made, raises nothing and draws only from the
``numpy.random.Generator`` that it is given, one double at a time, so that plain Python
can repeat it draw by draw (``tests/naive.py``). A kernel file imports no other kernel file but this one and
``vectors.py``: numba's cache of a kernel does not notice a change in another file. Of these two it does, since
`compiled` takes a hash of their text into the kernel's name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

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
        return numba.njit(cache=True, **OPTIONS, **options)(function)
    except RuntimeError:  # numba found no folder for its cache: compile anew in every process
        return numba.njit(**OPTIONS, **options)(function)


def unmanaged(function: Callable[..., Any]) -> Any:
    """Compile without numba's count of references to arrays, for kernels that make none.

    numba counts at every array that a helper is given, in the innermost loops: half of the time to answer.
    """
    return compiled(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile into its callers: a call with arrays costs 50 ns, as much as what such a helper does."""
    return numba.njit(inline="always", **OPTIONS)(function)


def is_compiled(kernel: Any) -> bool:
    """Whether machine code of a kernel lies in numba's cache (or numba is switched off)."""
    if not hasattr(kernel, "stats"):
        return True
    function = kernel.py_func
    name = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}-*.nbi"
    return any(Path(kernel.stats.cache_path or ".").glob(name))
