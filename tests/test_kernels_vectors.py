"""Four words in a register: every operation equals Python's own integers, and its code is never stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
from conftest import run_apart, size

from evomod.kernels import vectors

WORD = 2**64 - 1


@numba.njit
def operate(a, b, c, found):
    """Every operation with a result of four words, a row of ``found[operation, word]`` each."""
    x, y, z = vectors.load(a, 0), vectors.load(b, 0), vectors.load(c, 0)
    vectors.store(found, 0, vectors.both(x, y))
    vectors.store(found, 4, vectors.either(x, y))
    vectors.store(found, 8, vectors.odd(x, y))
    vectors.store(found, 12, vectors.without(x, y))
    vectors.store(found, 16, vectors.odd3(x, y, z))
    vectors.store(found, 20, vectors.carry3(x, y, z))
    vectors.store(found, 24, vectors.choose(x, y, z))
    vectors.store(found, 28, vectors.spread(a[2]))


@numba.njit
def ask(a, genes, one, other):
    """The operations with a result of another kind."""
    x = vectors.load(a, 0)
    return vectors.is_any(x), vectors.differing(genes, one, other), vectors.lowest(a[0])


def words(rng):
    """Random words, none, all, and single bits."""
    kinds = [
        rng.integers(0, WORD, 4, np.uint64, endpoint=True),
        np.zeros(4, np.uint64),
        np.full(4, WORD, np.uint64),
        np.uint64(1) << rng.integers(0, 64, 4).astype(np.uint64),
    ]
    return kinds[rng.integers(4)]


def test_operations_equal_integers():
    rng = np.random.default_rng(1)
    for _ in range(size(200, 50)):
        a, b, c = (words(rng) for _ in range(3))
        found = np.zeros((8, 4), np.uint64)
        operate(a, b, c, found)
        for w, (x, y, z) in enumerate(zip(a.tolist(), b.tolist(), c.tolist(), strict=True)):
            total = [(x >> k & 1) + (y >> k & 1) + (z >> k & 1) for k in range(64)]
            expected = [x & y, x | y, x ^ y, x & (WORD - y)]
            expected.append(sum((n & 1) << k for k, n in enumerate(total)))
            expected.append(sum((n >> 1) << k for k, n in enumerate(total)))
            expected.append(sum(((y if x >> k & 1 else z) >> k & 1) << k for k in range(64)))
            assert found[:, w].tolist() == [*expected, int(a[2])]


def test_questions_equal_integers():
    rng = np.random.default_rng(2)
    genes = rng.integers(-2, 2, (3, 40)).astype(np.int8)
    flat = genes.ravel().tolist()
    for _ in range(size(200, 50)):
        a = words(rng)
        a[0] |= np.uint64(1) << np.uint64(rng.integers(64))
        one, other = rng.integers(0, 120 - 31, 2).tolist()
        some, bits, lowest = ask(a, genes, one, other)
        assert some and (int(a[0]) >> lowest) & 1 and int(a[0]) % 2**lowest == 0
        assert int(bits) == sum((flat[one + k] != flat[other + k]) << k for k in range(32))
    assert not ask(np.zeros(4, np.uint64), genes, 0, 0)[0]


GAPS = """
import os

os.environ["NUMBA_DISABLE_JIT"] = "0"
import numba
import numpy as np
from evomod.kernels import vectors

load = numba.njit(lambda words: vectors.is_any(vectors.load(words, 0)))
assert load(np.ones(4, np.uint64))
try:
    load(np.ones(8, np.uint64)[::2])
except numba.TypingError:
    pass
else:
    raise AssertionError("compiled")
"""


def test_arrays_with_gaps_are_refused_by_the_compiler():
    run_apart(GAPS)


KERNEL = """
from evomod.kernels import compiled
from evomod.kernels.vectors import load, odd, store

@compiled
def combine(words):
    store(words, 0, odd(load(words, 0), load(words, 4)))
"""
CALL = """
import numpy as np
from evomod.kernels import is_compiled
from evomod.kernels.probe import combine

words, was_compiled = np.array([1, 1, 3, 3, 1, 0, 1, 0], np.uint64), is_compiled(combine)
combine(words)
print(was_compiled, sum(combine.stats.cache_hits.values()), words[:4].tolist())
"""


def test_a_change_of_what_kernels_share_is_noticed(tmp_path):
    """numba looks at the kernel's own file only; compiled code must not outlive another ``vectors.py``."""
    here, shared = Path(vectors.__file__).parent, tmp_path / "evomod" / "kernels"
    shared.mkdir(parents=True)
    (tmp_path / "evomod" / "__init__.py").touch()
    for name in ("__init__.py", "vectors.py"):
        shutil.copy(here / name, shared)
    (shared / "probe.py").write_text(KERNEL)
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}
    environment.pop("NUMBA_CACHE_DIR", None)

    def call():
        command = [sys.executable, "-c", CALL]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert call() == "False 0 [0, 1, 2, 3]"
    assert call() == "True 1 [0, 1, 2, 3]"
    text = (shared / "vectors.py").read_text()
    changed = text.replace("b.xor(x, y), VECTOR", "b.or_(x, y), VECTOR")
    assert changed != text
    (shared / "vectors.py").write_text(changed)
    assert call() == "False 0 [1, 1, 3, 3]"
    assert call() == "True 1 [1, 1, 3, 3]"
