"""Four 64-bit words, eight numbers or sixteen bytes in a register: types of numba's own, operations, counting of neurons.

LLVM finds no vectors in loops over four words that keep ten counters; told by hand, a neuron is answered to
256 patterns at once, in less than half the time. Where a processor has narrower registers LLVM splits
every operation, with the same results. Each operation is a function of NumPy, which runs where numba is
switched off; compiled, it is the one instruction that is built next to it.

The one file beside ``evomod/kernels/__init__.py`` that kernel files may import: `evomod.kernels.compiled`
takes the text of both into the names of the files in numba's cache, so that no kernel outlives a change here.

Places in arrays are counted in elements, as if the array were flat; it must be contiguous.
"""

from __future__ import annotations

import inspect
import platform
from collections.abc import Callable
from math import factorial, log
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba.core import types
from numba.extending import intrinsic, models, register_model
from numba.np import arrayobj

from evomod.kernels import inlined, unmanaged

ZERO = np.uint64(0)
LOW, HALF = 0xFFFFFFFF, 32
LANES = 8
"""Networks at once, of each a byte of a word."""
PART, MOST = 5, 31
"""Planes of `count`, and the largest sum that they hold."""
TWO_LOG2E = 2.0 / log(2.0)
FARTHEST = 64.0
"""2 to the power of less than -54 adds nothing to 1: from 18.8 on tanh is exactly 1.0."""
WHOLE = 1.5 * 2.0**52
"""Added to a small number it leaves no digit behind the point, and the whole number in the lowest bits."""
E0, E1, E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12 = (log(2.0) ** k / factorial(k) for k in range(13))
"""Taylor's series of 2 to the power of x: within 0.5 of 0 what is left out is below 2e-16 of it."""


class FourWords(types.Type):
    """The type of a register, in numba's eyes."""

    def __init__(self) -> None:
        super().__init__(name="FourWords")


class EightNumbers(types.Type):
    """The type of a register of numbers: of eight networks, one each."""

    def __init__(self) -> None:
        super().__init__(name="EightNumbers")


class SixteenBytes(types.Type):
    """The type of a register of bytes: of sixteen nodes, one each."""

    def __init__(self) -> None:
        super().__init__(name="SixteenBytes")


VECTOR, NUMBERS, SIXTEEN = FourWords(), EightNumbers(), SixteenBytes()
BYTE, WORD, NUMBER = ir.IntType(8), ir.IntType(64), ir.DoubleType()
WORDS, BYTES, DOUBLES = ir.VectorType(WORD, 4), ir.VectorType(BYTE, 32), ir.VectorType(NUMBER, 8)
NODES = ir.VectorType(BYTE, 16)
PICKS = {
    "x86_64": "llvm.x86.ssse3.pshuf.b.128",
    "amd64": "llvm.x86.ssse3.pshuf.b.128",
    "aarch64": "llvm.aarch64.neon.tbl1.v16i8",
    "arm64": "llvm.aarch64.neon.tbl1.v16i8",
}
"""The instruction that picks bytes of a register by those of another, by the machine."""
CAN_PICK = numba.config.DISABLE_JIT or (
    platform.machine().lower() in PICKS
    and get_host_cpu_features().get("ssse3", "x86" not in PICKS[platform.machine().lower()])
    and not (numba.config.CPU_NAME or numba.config.CPU_FEATURES)
)
"""Whether it is there, in code for this machine; without it `picked` takes sixteen loads."""


@register_model(FourWords)
class _FourWordsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front: Any) -> None:
        super().__init__(manager, front, WORDS)


@register_model(EightNumbers)
class _EightNumbersModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front: Any) -> None:
        super().__init__(manager, front, DOUBLES)


@register_model(SixteenBytes)
class _SixteenBytesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front: Any) -> None:
        super().__init__(manager, front, NODES)


def _built(build: Callable[..., Any], result: Any) -> Callable[..., Any]:
    """Have ``build(builder, data, *values)`` make the instructions of a function whose result is of a type.

    ``data`` are the pointers of the arrays among the arguments; indices come as 64-bit integers.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        if numba.config.DISABLE_JIT:
            return function

        def typed(_: Any, *given: Any) -> Any:
            if any(isinstance(a, types.Array) and a.layout != "C" for a in given):
                return None  # numba then refuses to compile

            def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
                plain = []
                for kind, value in zip(signature.args, values, strict=True):
                    if isinstance(kind, types.Array):
                        plain.append(arrayobj.make_array(kind)(context, builder, value).data)
                    elif isinstance(kind, types.Integer):
                        wide = types.uint64 if kind == types.uint64 else types.int64
                        plain.append(context.cast(builder, value, kind, wide))
                    else:
                        plain.append(value)
                made = build(builder, *plain)
                return context.get_dummy_value() if made is None else made

            kind = result if isinstance(result, types.Type) else result(*given)
            return kind(*given), generate

        context, *_ = inspect.signature(typed).parameters.values()
        own = inspect.signature(function).parameters.values()
        typed.__name__, typed.__signature__ = function.__name__, inspect.Signature([context, *own])
        return intrinsic(typed)

    return decorate


def _pointer(builder: Any, data: Any, place: Any, kind: Any) -> Any:
    return builder.bitcast(builder.gep(data, [place]), kind.as_pointer())


def _spread(builder: Any, value: Any, kind: Any = WORDS) -> Any:
    nothing, number = ir.Constant(kind, ir.Undefined), ir.IntType(32)
    one = builder.insert_element(nothing, value, ir.Constant(number, 0))
    return builder.shuffle_vector(one, nothing, _numbers([0] * kind.count))


def _numbers(values: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(values)), values)


def _majority(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))


def _choice(builder: Any, mask: Any, one: Any, other: Any) -> Any:
    return builder.or_(builder.and_(mask, one), builder.and_(builder.not_(mask), other))


def _is_any(builder: Any, a: Any) -> Any:
    whole = ir.IntType(a.type.count * a.type.element.width)
    return builder.icmp_unsigned("!=", builder.bitcast(a, whole), ir.Constant(whole, 0))


def _differing(builder: Any, data: Any, one: Any, other: Any) -> Any:
    a, b = (builder.load(_pointer(builder, data, place, BYTES), align=1) for place in (one, other))
    bits = builder.bitcast(builder.icmp_unsigned("!=", a, b), ir.IntType(32))
    return builder.zext(bits, WORD)


def _present(builder: Any, data: Any, place: Any) -> Any:
    genes = builder.load(_pointer(builder, data, place, BYTES), align=1)
    return builder.zext(builder.bitcast(_is_set(builder, genes), ir.IntType(32)), WORD)


def _is_set(builder: Any, a: Any) -> Any:
    return builder.icmp_unsigned("!=", a, ir.Constant(a.type, None))


def _filled(builder: Any, word: Any) -> Any:
    eight = ir.VectorType(BYTE, 8)
    return builder.bitcast(builder.sext(_is_set(builder, builder.bitcast(word, eight)), eight), WORD)


def _put_eight(builder: Any, data: Any, place: Any, word: Any, first: Any) -> Any:
    wide = ir.VectorType(WORD, 8)
    places = builder.zext(builder.bitcast(word, ir.VectorType(BYTE, 8)), wide)
    places = builder.add(places, _spread(builder, first, wide))
    builder.store(places, _pointer(builder, data, place, wide), align=8)


def _turn(builder: Any, one: Any, rows: Any, at: Any, other: Any, columns: Any, to: Any) -> Any:
    """Eight loads of eight bytes, one exchange of all, eight stores."""
    one, other = (builder.bitcast(data, BYTE.as_pointer()) for data in (one, other))
    wide, whole = ir.VectorType(WORD, 8), ir.VectorType(BYTE, 64)

    def eight_from(data: Any, firsts: Any, k: int, place: Any) -> Any:
        first = builder.load(builder.gep(firsts, [ir.Constant(WORD, k)]))
        return _pointer(builder, data, builder.add(first, place), WORD)

    words = ir.Constant(wide, ir.Undefined)
    for k in range(8):
        row = builder.load(eight_from(one, rows, k, at), align=1)
        words = builder.insert_element(words, row, ir.Constant(ir.IntType(32), k))
    turned = builder.bitcast(words, whole)
    exchange = _numbers([8 * (k % 8) + k // 8 for k in range(64)])
    turned = builder.bitcast(builder.shuffle_vector(turned, turned, exchange), wide)
    for k in range(8):
        row = builder.extract_element(turned, ir.Constant(ir.IntType(32), k))
        builder.store(row, eight_from(other, columns, k, to), align=1)


def _plus_where(builder: Any, total: Any, word: Any, x: Any) -> Any:
    is_set = _is_set(builder, builder.bitcast(word, ir.VectorType(BYTE, 8)))
    return builder.select(is_set, builder.fadd(total, _spread(builder, x, DOUBLES)), total)


def _quotient(builder: Any, x: Any, y: Any) -> Any:
    nothing = ir.Constant(DOUBLES, None)
    return builder.select(builder.fcmp_ordered("==", y, nothing), nothing, builder.fdiv(x, y))


def _picked(builder: Any, x: Any, places: Any) -> Any:
    if CAN_PICK:
        kind = ir.FunctionType(NODES, (NODES, NODES))
        name = PICKS[platform.machine().lower()]
        return builder.call(builder.module.declare_intrinsic(name, fnty=kind), (x, places))
    found, fifteen = ir.Constant(NODES, None), ir.Constant(BYTE, 15)
    for k in range(NODES.count):
        lane = ir.Constant(ir.IntType(32), k)
        place = builder.extract_element(places, lane)
        one = builder.extract_element(x, builder.and_(place, fifteen))
        is_none = builder.icmp_signed("<", place, ir.Constant(BYTE, 0))
        one = builder.select(is_none, ir.Constant(BYTE, 0), one)
        found = builder.insert_element(found, one, lane)
    return found


def _lanes(builder: Any, word: Any) -> Any:
    bits = builder.bitcast(builder.trunc(word, ir.IntType(16)), ir.VectorType(ir.IntType(1), 16))
    return builder.sext(bits, NODES)


def _put_pairs(builder: Any, data: Any, place: Any, low: Any, high: Any) -> Any:
    order = _numbers([k // 2 + 16 * (k % 2) for k in range(32)])
    pairs = builder.shuffle_vector(low, high, order)
    builder.store(pairs, _pointer(builder, data, place, pairs.type), align=2)


def _same_kind(*given: Any) -> Any:
    """The type of a result that is that of the first argument."""
    return given[0]


def _element(builder: Any, data: Any, place: Any) -> Any:
    one = builder.load(builder.gep(data, [place]))
    return one if one.type in (WORD, NUMBER) else builder.sext(one, WORD)


def _prefer_wide(builder: Any) -> None:
    """Put an attribute on the function that is being built; llvmlite knows none with a value, so past its check."""
    set.add(builder.function.attributes, '"prefer-vector-width"="512"')


@_built(_prefer_wide, types.void)
def prefer_wide():
    """Let LLVM take the widest registers in the loops of a kernel that calls this, to the same results.

    Without it LLVM takes half of a register of 512 bits, which on older processors lowered the clock: neurons of tanh
    took a tenth longer.
    """


@_built(lambda b, data, place: b.load(_pointer(b, data, place, WORDS), align=8), VECTOR)
def load(words, place):
    """The four words from a place on."""
    return words.reshape(-1)[place : place + 4].copy()


@_built(
    lambda b, data, place, a: b.store(a, _pointer(b, data, place, WORDS), align=8) and None, types.void
)
def store(words, place, a):
    """Write four words from a place on."""
    words.reshape(-1)[place : place + 4] = a


@_built(_spread, VECTOR)
def spread(word):
    """A word, four times."""
    return np.full(4, word)


@_built(lambda b, x, y: b.and_(x, y), _same_kind)
def both(a, b):
    """Bits that are set in both."""
    return a & b


@_built(lambda b, x, y: b.or_(x, y), _same_kind)
def either(a, b):
    """Bits that are set in one or both."""
    return a | b


@_built(lambda b, x, y: b.xor(x, y), _same_kind)
def odd(a, b):
    """Bits that are set in one alone."""
    return a ^ b


@_built(lambda b, x, y: b.and_(x, b.not_(y)), VECTOR)
def without(a, b):
    """Bits that are set in the first alone."""
    return a & ~b


@_built(lambda b, x, y, z: b.xor(b.xor(x, y), z), VECTOR)
def odd3(a, b, c):
    """The sum of three bits, its lower digit."""
    return a ^ b ^ c


@_built(_majority, VECTOR)
def carry3(a, b, c):
    """The sum of three bits, its upper digit."""
    return (a & b) | (c & (a | b))


@_built(_choice, VECTOR)
def choose(mask, one, other):
    """Bits of one where the mask is set, else of the other."""
    return (mask & one) | (~mask & other)


@_built(_is_any, types.boolean)
def is_any(a):
    """Whether a bit is set."""
    return bool(a.any())


@_built(_differing, types.uint64)
def differing(genes, one, other):
    """Which of the 32 bytes from one place on differ from those from another place on, as bits."""
    flat = genes.reshape(-1)
    is_other = flat[one : one + 32] != flat[other : other + 32]
    return np.packbits(is_other, bitorder="little").view(np.uint32)[0].astype(np.uint64)


@_built(lambda b, word: b.cttz(word, ir.Constant(ir.IntType(1), 1)), types.int64)
def lowest(word):
    """The place of the lowest bit that is set; one is."""
    word = int(word)
    return (word & -word).bit_length() - 1


@_built(_present, types.uint64)
def present(genes, place):
    """Which of the 32 bytes from a place on are not 0, as bits."""
    is_set = genes.reshape(-1)[place : place + 32] != 0
    return np.packbits(is_set, bitorder="little").view(np.uint32)[0].astype(np.uint64)


@_built(lambda b, word: b.ctpop(word), types.int64)
def number_set(word):
    """How many bits are set."""
    return int(word).bit_count()


@_built(_filled, types.uint64)
def filled(word):
    """All bits of each of the eight bytes that is not 0."""
    is_set = np.array([word]).view(np.uint8) != 0
    return np.where(is_set, np.uint8(255), np.uint8(0)).view(np.uint64)[0]


@_built(_put_eight, types.void)
def put_eight(listed, place, word, first):
    """Write eight numbers from a place on: ``first`` plus each of the eight bytes of a word."""
    listed[place : place + 8] = first + np.array([word]).view(np.uint8).astype(np.int64)


@_built(_turn, types.void)
def turn(one, rows, at, other, columns, to):
    """Copy eight bytes of eight rows, those ``at`` each row's first byte, turned over: byte k of row j becomes j of k.

    Firsts of rows are in ``rows`` and ``columns``; all are counted in bytes.
    """
    given, taken = one.reshape(-1).view(np.uint8), other.reshape(-1).view(np.uint8)
    block = np.array([given[first + at : first + at + 8] for first in rows.tolist()])
    for k, first in enumerate(columns.tolist()):
        taken[first + to : first + to + 8] = block[:, k]


@_built(lambda b, data, place: b.load(_pointer(b, data, place, DOUBLES), align=8), NUMBERS)
def numbers(array, place):
    """The eight numbers from a place on."""
    return array.reshape(-1)[place : place + 8].copy()


@_built(
    lambda b, data, place, x: b.store(x, _pointer(b, data, place, DOUBLES), align=8) and None, types.void
)
def put_numbers(array, place, x):
    """Write eight numbers from a place on."""
    array.reshape(-1)[place : place + 8] = x


@_built(lambda b, x: _spread(b, x, DOUBLES), NUMBERS)
def eight(x):
    """A number, eight times."""
    return np.full(8, x)


@_built(lambda b, x, y: b.fadd(x, y), NUMBERS)
def plus(x, y):
    """Sums."""
    return x + y


@_built(lambda b, x, y: b.fsub(x, y), NUMBERS)
def minus(x, y):
    """Differences."""
    return x - y


@_built(lambda b, x, y: b.fmul(x, y), NUMBERS)
def times(x, y):
    """Products."""
    return x * y


@_built(_quotient, NUMBERS)
def quotient(x, y):
    """Quotients; 0 where the divisor is."""
    return np.where(y == 0.0, 0.0, x / np.where(y == 0.0, 1.0, y))


@_built(_plus_where, NUMBERS)
def plus_where(total, word, x):
    """Sums with one number; where a byte of the word is 0 what there was."""
    return np.where(np.array([word]).view(np.uint8) != 0, total + x, total)


@_built(lambda b, data, place: b.load(_pointer(b, data, place, NODES), align=1), SIXTEEN)
def sixteen(array, place):
    """The sixteen bytes from a place on."""
    return array.reshape(-1)[place : place + 16].view(np.uint8).copy()


@_built(
    lambda b, data, place, x: b.store(x, _pointer(b, data, place, NODES), align=1) and None, types.void
)
def put_sixteen(array, place, x):
    """Write sixteen bytes from a place on."""
    array.reshape(-1)[place : place + 16] = x


@_built(_picked, SIXTEEN)
def picked(x, places):
    """Byte ``places[k]`` of sixteen for every k, and 0 where that is 255."""
    return np.where(places == 255, np.uint8(0), x[places & 15])


@_built(_lanes, SIXTEEN)
def lanes(word):
    """All bits of every byte whose place is that of a bit set in a word."""
    return (-(int(word) >> np.arange(16) & 1)).astype(np.uint8)


@_built(_put_pairs, types.void)
def put_pairs(array, place, low, high):
    """Write sixteen numbers of two bytes from a place on, by their low and their high bytes."""
    array.reshape(-1)[place : place + 16] = low.astype(np.uint16) | high.astype(np.uint16) << 8


@_built(
    lambda b, word: b.sub(ir.Constant(WORD, 63), b.ctlz(word, ir.Constant(ir.IntType(1), 1))),
    types.int64,
)
def highest(word):
    """The place of the highest bit that is set; one is."""
    return int(word).bit_length() - 1


@_built(_element, lambda array, _: types.int64 if array.dtype in types.signed_domain else array.dtype)
def item(array, place):
    """One element, as 64 bits: numba would ask of every signed index whether it counts from the end."""
    one = array.reshape(-1)[place]
    return int(one) if array.dtype.kind == "i" else one


@_built(lambda b, data, place, value: b.store(value, b.gep(data, [place])) and None, types.void)
def put(array, place, value):
    """Write one element, which has eight bytes."""
    array.reshape(-1)[place] = value


@_built(lambda b, x: b.bitcast(x, WORD), types.int64)
def bits(x):
    """The 64 bits of a number, as a whole number."""
    return np.float64(x).view(np.int64)


@_built(lambda b, word: b.bitcast(word, ir.DoubleType()), types.float64)
def real(word):
    """The number of these 64 bits."""
    return np.int64(word).view(np.float64)


@inlined
def squash(gain, values, n):
    """Put tanh(gain * x) in place of the first n values, to 3e-16 and as odd a function as it is.

    It is (1 - t) / (1 + t) with t = exp(-2 |gain * x|), a power of 2 whose whole part becomes the exponent's bits.
    Without branch and call the compiler does eight at once: the library's tanh, of a quarter of all
    sums that are not saturated, took nine tenths of the time.
    """
    for k in range(n):
        x = gain * values[k]
        y = TWO_LOG2E * abs(x)
        y = y if y < FARTHEST else FARTHEST
        whole = WHOLE - y
        f = (WHOLE - whole) - y
        t = E7 + f * (E8 + f * (E9 + f * (E10 + f * (E11 + f * E12))))
        t = E0 + f * (E1 + f * (E2 + f * (E3 + f * (E4 + f * (E5 + f * (E6 + f * t))))))
        t = real(bits(t) + (bits(whole) << 52))
        values[k] = np.copysign((1.0 - t) / (1.0 + t), x)


@inlined
def have_changed(genes, one, other, n):
    """Whether one of the n genes from one place on is 0 and that from another place on is not, or the reverse."""
    found = ZERO
    for begin in range(0, n if n >= 32 else 0, 32):
        at = begin if begin + 32 <= n else n - 32
        found |= present(genes, one + at) ^ present(genes, other + at)
    for k in range(0 if n >= 32 else n):
        found |= np.uint64((item(genes, one + k) != 0) != (item(genes, other + k) != 0))
    return found != ZERO


@inlined
def place_rows(listed, begin, n, size, rows):
    """Where eight of the n listed rows of a size begin, in ``rows``; the last one again for those that lack."""
    for lane in range(LANES):
        k = begin + lane if begin + lane < n else n - 1
        put(rows, lane, item(listed, k) * size)


@inlined
def to_columns(genes, rows, apart, columns):
    """Eight networks' genes beside each other: byte k of ``columns[gene]`` is that of row k; ``apart[k] = 8 * k``."""
    n = columns.size
    for begin in range(0, n if n >= LANES else 0, LANES):
        at = begin if begin + LANES <= n else n - LANES
        turn(genes, rows, at, columns, apart, LANES * at)
    for gene in range(0 if n >= LANES else n):
        word = ZERO
        for lane in range(LANES):
            one = np.uint64(item(genes, item(rows, lane) + gene) & 255)
            word |= one << np.uint64(LANES * lane)
        put(columns, gene, word)


@inlined
def list_edges(genes, first, number, codes, place, n_places, plan, n):
    """List the connections of a neuron in ``plan`` from place n on; returns the new length, n plus an even number.

    Its edges are the ``number`` genes from ``first`` on. ``codes``, from ``place`` on, has for each of them
    ``n_places`` values: where the words of the source are that count once, and of one that counts twice. An edge
    that is no connection is overwritten by the next: a branch would be guessed wrong too often.
    """
    begin, absent = n, item(codes, place)
    for k in range(number):
        code = item(codes, place + k * n_places + item(genes, first + k))
        put(plan, n, code)
        n += code != absent
    put(plan, n, absent)
    return n + ((n - begin) & 1)


@inlined
def count(plan, begin, end, biases, bias, work, row, block):
    """Sums up to 31 of what a neuron is given, digit by digit: of the positive, then of the negative units.

    A node has two neighbouring rows of ``row`` words, one of who says yes, one of who says no. So what the
    one place of a code adds to the positive units, its neighbour adds to the negative ones. Two
    connections enter at once, since a full adder costs what a half adder does. The sums begin with the ten
    words of ``biases`` from place ``bias`` on.
    """
    a0, d0 = spread(item(biases, bias)), spread(item(biases, bias + 1))
    a1, d1 = spread(item(biases, bias + 2)), spread(item(biases, bias + 3))
    a2, d2 = spread(item(biases, bias + 4)), spread(item(biases, bias + 5))
    a3, d3 = spread(item(biases, bias + 6)), spread(item(biases, bias + 7))
    a4, d4 = spread(item(biases, bias + 8)), spread(item(biases, bias + 9))
    for k in range(begin, end, 2):
        code, following = item(plan, k), item(plan, k + 1)
        p, q, s, t = code & LOW, following & LOW, code >> HALF, following >> HALF
        x, y = load(work, p + block), load(work, q + block)
        one, a0 = carry3(a0, x, y), odd3(a0, x, y)
        x, y = load(work, s + block), load(work, t + block)
        two, x = carry3(one, x, y), odd3(one, x, y)
        other, a1 = both(a1, x), odd(a1, x)
        four, a2 = carry3(a2, two, other), odd3(a2, two, other)
        eight, a3 = both(a3, four), odd(a3, four)
        a4 = odd(a4, eight)
        x, y = load(work, (p ^ row) + block), load(work, (q ^ row) + block)
        one, d0 = carry3(d0, x, y), odd3(d0, x, y)
        x, y = load(work, (s ^ row) + block), load(work, (t ^ row) + block)
        two, x = carry3(one, x, y), odd3(one, x, y)
        other, d1 = both(d1, x), odd(d1, x)
        four, d2 = carry3(d2, two, other), odd3(d2, two, other)
        eight, d3 = both(d3, four), odd(d3, four)
        d4 = odd(d4, eight)
    return a0, a1, a2, a3, a4, d0, d1, d2, d3, d4


@inlined
def fire(plan, begin, end, biases, bias, work, row, block):
    """Yes and no of a neuron to the patterns of ``block``, four of its ``row`` words; where it is 0 neither.

    The words of the positive and of the negative units are compared digit by digit, the highest last.
    """
    a0, a1, a2, a3, a4, d0, d1, d2, d3, d4 = count(plan, begin, end, biases, bias, work, row, block)
    yes, differ = without(a0, d0), odd(a0, d0)
    x = odd(a1, d1)
    yes, differ = choose(x, a1, yes), either(differ, x)
    x = odd(a2, d2)
    yes, differ = choose(x, a2, yes), either(differ, x)
    x = odd(a3, d3)
    yes, differ = choose(x, a3, yes), either(differ, x)
    x = odd(a4, d4)
    yes, differ = choose(x, a4, yes), either(differ, x)
    return yes, without(differ, yes)


@inlined
def add_part(counters, lowest):
    """Add to the sums the part in the first five planes, times ``2 ** lowest``."""
    up, down = spread(ZERO), spread(ZERO)  # carries
    for plane in range(PART + lowest, counters.shape[0]):
        place, part = 8 * plane, 8 * (plane - PART - lowest)
        a, d, x, y = load(counters, place), load(counters, place + 4), spread(ZERO), spread(ZERO)
        if part < 8 * PART:
            x, y = load(counters, part), load(counters, part + 4)
        store(counters, place, odd3(a, x, up))
        store(counters, place + 4, odd3(d, y, down))
        up, down = carry3(a, x, up), carry3(d, y, down)


@unmanaged
def fire_in_parts(
    genes, first, number, codes, place, heaviest, biases, bias, plan, work, row, block, counters
):  # fmt: skip
    """`fire` where a sum may exceed what `count` holds; yes and no go to ``counters[0, (yes, no), word]``.

    The sum is made of parts of 10 connections or more, in ``counters[5 + plane, (positive, negative), word]``,
    for every two binary digits of the weights on their own.
    """
    n_planes, most = counters.shape[0] - PART, (MOST // (heaviest if heaviest < 3 else 3)) & ~1
    nothing = biases.size - 2 * n_planes
    for plane in range(n_planes):
        store(counters, 8 * (PART + plane), spread(item(biases, bias + 2 * plane)))
        store(counters, 8 * (PART + plane) + 4, spread(item(biases, bias + 2 * plane + 1)))
    for group in range(codes.shape[0]):
        here = place + group * codes.shape[1] * codes.shape[2]
        end = list_edges(genes, first, number, codes, here, codes.shape[2], plan, 0)
        for begin in range(0, end, most):
            stop = end if end - begin <= most else begin + most
            a0, a1, a2, a3, a4, d0, d1, d2, d3, d4 = count(
                plan, begin, stop, biases, nothing, work, row, block
            )
            store(counters, 0, a0)
            store(counters, 4, d0)
            store(counters, 8, a1)
            store(counters, 12, d1)
            store(counters, 16, a2)
            store(counters, 20, d2)
            store(counters, 24, a3)
            store(counters, 28, d3)
            store(counters, 32, a4)
            store(counters, 36, d4)
            add_part(counters, 2 * group)
    yes, differ = spread(ZERO), spread(ZERO)
    for plane in range(PART, counters.shape[0]):
        up = load(counters, 8 * plane)
        x = odd(up, load(counters, 8 * plane + 4))
        yes, differ = choose(x, up, yes), either(differ, x)
    store(counters, 0, yes)
    store(counters, 4, without(differ, yes))
