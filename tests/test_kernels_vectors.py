"""Four words in a register: every operation equals Python's own integers, and its code is never stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
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


@numba.njit
def calculate(x, y, word, scale, found):
    """Every operation on eight numbers, a row of ``found[operation, lane]`` each."""
    a, b = vectors.numbers(x, 0), vectors.numbers(y, 0)
    vectors.put_numbers(found, 0, vectors.plus(a, b))
    vectors.put_numbers(found, 8, vectors.minus(a, b))
    vectors.put_numbers(found, 16, vectors.times(a, b))
    vectors.put_numbers(found, 24, vectors.quotient(a, b))
    vectors.put_numbers(found, 32, vectors.plus_where(a, word, scale))
    vectors.put_numbers(found, 40, vectors.eight(scale))


@numba.njit
def rearrange(genes, word, rows, columns, at, to, turned, listed):
    """The operations on bytes and bits."""
    vectors.turn(genes, rows, at, turned, columns, to)
    vectors.put_eight(listed, 1, word, 100)
    return vectors.present(genes, at), vectors.number_set(word), vectors.filled(word)


def test_eight_numbers_equal_one_after_the_other():
    """Bit by bit, where 0 divides 0, where nothing is added, and with negative zeros."""
    rng = np.random.default_rng(3)
    for _ in range(size(200, 50)):
        x, y = (
            rng.standard_normal(8) * rng.choice([0.0, -0.0, 1.0, 1e300, 1e-300], 8) for _ in range(2)
        )
        mask = rng.integers(0, 256, 8) * rng.integers(0, 2, 8)
        word, scale = mask.astype(np.uint8).view(np.uint64)[0], float(rng.standard_normal())
        found = np.empty((6, 8))
        with np.errstate(over="ignore"):  # interpreted
            calculate(x, y, word, scale, found)
        for k, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
            expected = [a + b, a - b, a * b, a / b if b != 0.0 else 0.0]
            expected += [a + scale if mask[k] else a, scale]
            assert found[:, k].tobytes() == np.array(expected).tobytes()


def test_bytes_are_turned_and_listed():
    """Byte k of row j becomes byte j of row k, and all other bytes stay."""
    rng = np.random.default_rng(4)
    for _ in range(size(50, 10)):
        genes, turned = rng.integers(-2, 3, (9, 40)).astype(np.int8), np.zeros((8, 20), np.int8)
        rows, columns = 40 * rng.integers(0, 8, 8), 20 * rng.permutation(8)
        at, to = (int(k) for k in rng.integers(0, 12, 2))
        mask = rng.integers(0, 256, 8) * rng.integers(0, 2, 8)
        word, listed = mask.astype(np.uint8).view(np.uint64)[0], np.zeros(10, np.int64)
        bits, number, full = rearrange(genes, word, rows, columns, at, to, turned, listed)
        expected = np.zeros((8, 20), np.int8)
        for j in range(8):
            for k in range(8):
                expected[columns[k] // 20, to + j] = genes[rows[j] // 40, at + k]
        assert turned.tolist() == expected.tolist()
        assert listed.tolist() == [0, *(100 + mask).tolist(), 0]
        flat = genes.ravel().tolist()
        assert int(bits) == sum((flat[at + k] != 0) << k for k in range(32))
        assert number == int(word).bit_count()
        assert int(full) == sum(255 << 8 * k for k in range(8) if mask[k])


def handle(a, b, places, word, found, pairs):
    """The operations on sixteen bytes, a row of ``found[operation, byte]`` each."""
    x, y = vectors.sixteen(a, 1), vectors.sixteen(b, 2)
    vectors.put_sixteen(found, 0, vectors.both(x, y))
    vectors.put_sixteen(found, 16, vectors.either(x, y))
    vectors.put_sixteen(found, 32, vectors.odd(x, y))
    vectors.put_sixteen(found, 48, vectors.picked(x, vectors.sixteen(places, 0)))
    vectors.put_sixteen(found, 64, vectors.lanes(word))
    vectors.put_pairs(pairs, 1, x, y)
    return vectors.is_any(vectors.both(x, y))


@pytest.mark.parametrize("is_there", [True, False])
def test_sixteen_bytes_equal_one_after_the_other(is_there, monkeypatch):
    """With the machine's instruction for picking bytes, and without it."""
    if not is_there:
        monkeypatch.setattr(vectors, "CAN_PICK", False)
    operation, rng = numba.njit(handle), np.random.default_rng(5)
    for _ in range(size(200, 50)):
        a, b = (rng.integers(-128, 128, 20).astype(np.int8) for _ in range(2))
        b[rng.random(20) < rng.choice([0.0, 0.5, 1.0])] = 0
        places = rng.integers(0, 16, 16).astype(np.uint8)
        places[rng.random(16) < 0.3] = 255
        word = np.uint64(rng.integers(2**63))
        found, pairs = np.full((6, 16), 7, np.uint8), np.full(18, 7, np.uint16)
        some = operation(a, b, places, word, found, pairs)
        x, y = a.view(np.uint8)[1:17].tolist(), b.view(np.uint8)[2:18].tolist()
        expected = [
            [p & q for p, q in zip(x, y, strict=True)],
            [p | q for p, q in zip(x, y, strict=True)],
        ]
        expected.append([p ^ q for p, q in zip(x, y, strict=True)])
        expected.append([0 if k == 255 else x[k] for k in places.tolist()])
        expected.append([255 * (int(word) >> k & 1) for k in range(16)])
        assert found.tolist() == [*expected, [7] * 16]
        assert pairs.tolist() == [7, *(p + 256 * q for p, q in zip(x, y, strict=True)), 7]
        assert some == any(expected[0])


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
    changed = text.replace("b.xor(x, y), _same_kind", "b.or_(x, y), _same_kind")
    assert changed != text
    (shared / "vectors.py").write_text(changed)
    assert call() == "False 0 [1, 1, 3, 3]"
    assert call() == "True 1 [1, 1, 3, 3]"
