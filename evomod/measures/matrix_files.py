"""Matrices from files of NumPy, scipy, MATLAB and Matrix Market.

The readers of the last two are our own: those of scipy 1.17 end the process, by a segmentation fault or a division by
zero, where a damaged file is read.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError, shortened, shown
from evomod.files.readers import DamageError, array_of, read_arrays, read_bytes
from evomod.measures.text_files import text_of
from evomod.measures.triples import MOST_NODES

MOST_ARRAY = 4 * 2**30
"""Bytes of a matrix: 20,000 nodes."""

Numbers = NDArray[Any]


def read_array(path: Path) -> Any:
    """The array of an ``.npy`` file."""
    size = path.stat().st_size
    if size > MOST_ARRAY:
        raise DamageError(f"it has {size:,} bytes; at most {MOST_ARRAY:,} are read")
    with path.open("rb") as file:
        return array_of(file, size)


def read_npz(path: Path) -> Any:
    """The one square matrix of an ``.npz`` file, or the sparse matrix that scipy saved as one."""
    found = read_arrays(path, MOST_ARRAY)
    if "format" in found and "shape" in found:
        return _of_scipy(found)
    return _only_matrix(path, found.items())


def _of_scipy(found: dict[str, Numbers]) -> Any:
    """What scipy.sparse.save_npz wrote; its own loops follow indices wherever a damaged file says."""
    kind = bytes(found["format"].astype("S9").reshape(-1)[0]).decode("latin-1")
    shape = tuple(found["shape"].tolist())
    _check_shape(shape)
    names = {"csr": ("indices", "indptr"), "csc": ("indices", "indptr"), "coo": ("row", "col")}
    if kind not in names:
        raise DamageError(f"its sparse matrix is in the format {shown(kind)}; save matrix.tocsr()")
    one, two = (_whole_numbers(found[name]) for name in names[kind])
    value = found["data"]
    if value.dtype.kind not in "biuf":
        raise DamageError(f"its sparse matrix holds {value.dtype}, not real numbers")
    value = value.astype(np.float64)
    if kind == "coo":
        return _of_entries(one, two, value, shape)
    turned = _of_columns(one, two, value, shape if kind == "csc" else shape[::-1])
    return turned if kind == "csc" else turned.T


def _whole_numbers(values: Numbers) -> Numbers:
    if values.dtype.kind not in "iu" or values.ndim != 1:
        raise DamageError("the rows and columns of its sparse matrix are not lists of whole numbers")
    return values.astype(np.int64)


def _check_shape(shape: Any) -> None:
    """Refuse a sparse matrix whose rows would not fit, before it is made."""
    is_whole = isinstance(shape, list | tuple) and all(type(k) is int for k in shape)
    if not is_whole or len(shape) != 2 or not all(1 <= k <= MOST_NODES for k in shape):
        raise DamageError(
            f"a matrix has 1 to {MOST_NODES:,} rows and columns; got the shape {shown(shape)}"
        )


@dataclass(frozen=True, slots=True)
class Other:
    """A variable that is not a matrix of real numbers."""

    shape: tuple[int, ...]


def _only_matrix(path: Path, variables: Iterable[tuple[str, Any]]) -> Any:
    """The one square matrix of numbers among named arrays."""
    shapes, square = [], []
    for name, value in variables:
        shape: tuple[int, ...] = value.shape
        shapes.append(f"{shortened(name, 40)} {shortened('×'.join(map(str, shape)), 40) or 'scalar'}")
        is_number = getattr(value, "dtype", np.dtype(object)).kind in "biuf"
        if is_number and len(shape) == 2 and shape[0] == shape[1] > 1:
            square.append((name, value))
    if len(square) != 1:
        raise EvomodError(
            f"{path} holds {', '.join(shapes[:8]) or 'nothing'}: {len(square)} square matrices of numbers; "
            "expected one, the adjacency. Save it alone."
        )
    return square[0][1]


# MATLAB, "MAT-File Format", version 5, which -v6 and -v7 write

HEADER = 128
COMPRESSED, MATRIX = 15, 14
TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
SPARSE, DENSE = 5, range(6, 16)
IS_COMPLEX = 0x0800


def read_matlab(path: Path) -> Any:
    """The one square matrix, dense or sparse, of a ``.mat`` file."""
    content = read_bytes(path, MOST_ARRAY)
    if content[:10] == b"MATLAB 7.3" or content[:4] == b"\x89HDF":
        raise DamageError("it is of version 7.3 (HDF5); save it with -v7")
    orders = {b"IM": "<", b"MI": ">"}
    if content[126:128] not in orders:
        raise DamageError("its header is not that of versions 5 to 7")
    return _only_matrix(path, _variables(memoryview(content)[HEADER:], orders[content[126:128]]))


def _variables(content: memoryview, order: str) -> Iterator[tuple[str, Any]]:
    for kind, data in _elements(content, order):
        if kind == COMPRESSED:
            machine = zlib.decompressobj()
            inner = machine.decompress(data, MOST_ARRAY)
            if not machine.eof:
                raise DamageError(f"a variable ends too early, or has more than {MOST_ARRAY:,} bytes")
            kind, data = next(_elements(memoryview(inner), order), (0, data))
        if kind == MATRIX:
            yield _variable(data, order)


def _elements(content: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Kind and data of each element; those of up to four bytes have both sizes in one word."""
    at = 0
    while at + 8 <= len(content):
        kind, size = struct.unpack_from(f"{order}II", content, at)
        is_small = kind >> 16 != 0
        if is_small:
            kind, size = kind & 0xFFFF, kind >> 16
        start = at + (4 if is_small else 8)
        if size > (4 if is_small else len(content) - start):
            raise DamageError(f"an element promises {size:,} bytes, more than there are")
        yield kind, content[start : start + size]
        at = at + 8 if is_small else start + size + (-size % 8 if kind != COMPRESSED else 0)


def _variable(content: memoryview, order: str) -> tuple[str, Any]:
    parts = list(_elements(content, order))
    if len(parts) < 3:
        raise DamageError("a variable has no size or name")
    flags, dims = (_numbers(part, order) for part in parts[:2])
    if flags.size != 2 or dims.size < 2 or dims.dtype.kind not in "iu" or dims.min() < 0:
        raise DamageError("a variable has no kind or size")
    name, shape = bytes(parts[2][1]).decode("latin-1"), tuple(dims.tolist())
    kind, is_complex = int(flags[0]) & 0xFF, bool(int(flags[0]) & IS_COMPLEX)
    if is_complex or len(shape) != 2 or kind not in (SPARSE, *DENSE):
        return name, Other(shape)
    values = [_numbers(part, order) for part in parts[3:6]]
    if kind == SPARSE:
        _check_shape(shape)
        return name, _sparse(values, shape)
    if not values or values[0].size != math.prod(shape):
        raise DamageError(f"the variable {shortened(name, 40)} has not as many numbers as its size says")
    return name, values[0].reshape(shape, order="F").astype(np.float64)


def _numbers(part: tuple[int, memoryview], order: str) -> Numbers:
    kind, data = part
    if kind not in TYPES:
        raise DamageError(f"there are numbers of the unknown kind {kind}")
    return np.frombuffer(data, np.dtype(order + TYPES[kind])).astype(TYPES[kind])


def _sparse(values: list[Numbers], shape: tuple[int, ...]) -> Any:
    if len(values) < 3:
        raise DamageError("a sparse matrix has no rows, columns or values")
    row, first = (_whole_numbers(part) for part in values[:2])
    return _of_columns(row, first, values[2].astype(np.float64), shape)


def _of_columns(row: Numbers, first: Numbers, value: Numbers, shape: tuple[int, ...]) -> Any:
    """A sparse matrix from rows and values, column by column, and where each column begins."""
    counts = np.diff(first)
    is_whole = first.size == shape[1] + 1 and first[0] == 0 and counts.min() >= 0
    if not is_whole or value.ndim != 1 or first[-1] > min(row.size, value.size):
        raise DamageError("the columns of a sparse matrix do not fit its values")
    n = int(first[-1])
    return _of_entries(row[:n], np.repeat(np.arange(shape[1]), counts), value[:n], shape)


def _of_entries(row: Numbers, column: Numbers, value: Numbers, shape: Any) -> Any:
    from scipy import sparse

    if not row.shape == column.shape == value.shape:
        raise DamageError("a sparse matrix has not as many rows and columns as values")
    for ends, most in ((row, shape[0]), (column, shape[1])):
        if ends.size and not 0 <= ends.min() <= ends.max() < most:
            raise DamageError(f"an entry lies outside of the matrix of {shape[0]} × {shape[1]}")
    return sparse.coo_matrix((value, (row, column)), shape=shape)


# Matrix Market, Boisvert, Pozo & Remington (1996), NISTIR 5935

FIELDS, SYMMETRIES = ("real", "integer", "pattern"), ("general", "symmetric", "skew-symmetric")


def read_matrix_market(path: Path) -> Any:
    """The matrix of an ``.mtx`` file: sparse where it lists coordinates."""
    lines = text_of(path).splitlines()
    head = lines[0].lower().split() if lines else []
    is_known = len(head) == 5 and head[:2] == ["%%matrixmarket", "matrix"]
    if not is_known or head[2] not in ("coordinate", "array"):
        raise DamageError("its first line is not %%MatrixMarket matrix coordinate … or array …")
    layout, field, symmetry = head[2:]
    if field not in FIELDS or symmetry not in SYMMETRIES or (layout, field) == ("array", "pattern"):
        raise DamageError(
            f"it is {shown(field)} and {shown(symmetry)}; expected {', '.join(FIELDS)} and {', '.join(SYMMETRIES)}"
        )
    body = [line for line in lines[1:] if line.strip() and not line.startswith("%")]
    sizes = body[0].split() if body else []
    if len(sizes) != (3 if layout == "coordinate" else 2) or not all(map(_is_size, sizes)):
        raise DamageError("it has no line rows columns entries (of an array: rows columns)")
    rows, columns, *entries = map(int, sizes)
    _check_shape([rows, columns])
    if symmetry != "general" and rows != columns:
        raise DamageError(f"it is {symmetry} and has {rows} rows and {columns} columns")
    words = " ".join(body[1:]).split()
    if layout == "array":
        return _market_array(words, rows, columns, symmetry)
    return _market_entries(words, (rows, columns), entries[0], field == "pattern", symmetry)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _market_numbers(words: list[str], wanted: int) -> NDArray[np.float64]:
    if len(words) != wanted:
        raise DamageError(
            f"its size asks for {wanted:,} numbers after the line of sizes; it has {len(words):,}"
        )
    return np.array([float(word) for word in words])


def _market_array(words: list[str], rows: int, columns: int, symmetry: str) -> NDArray[np.float64]:
    if symmetry == "general":
        return _market_numbers(words, rows * columns).reshape(columns, rows).T
    is_skew = symmetry == "skew-symmetric"
    n_values = rows * (rows - 1) // 2 if is_skew else rows * (rows + 1) // 2
    values = _market_numbers(words, n_values)
    matrix = np.zeros((rows, rows))
    column, row = np.triu_indices(rows, int(is_skew))
    matrix[row, column] = values
    matrix[column, row] = -values if is_skew else values
    return matrix


def _market_entries(
    words: list[str], shape: tuple[int, int], entries: int, is_pattern: bool, symmetry: str
) -> Any:
    width = 2 if is_pattern else 3
    table = _market_numbers(words, entries * width).reshape(entries, width)
    ends = table[:, :2]
    if not (ends == np.rint(ends)).all() or np.abs(ends).max(initial=0.0) > MOST_NODES:
        raise DamageError("a row or column is not a whole number within the matrix")
    row, column = ends.astype(np.int64).T - 1
    value = np.ones(entries) if is_pattern else table[:, 2]
    if symmetry != "general":
        apart = row != column
        row, column = np.concatenate((row, column[apart])), np.concatenate((column, row[apart]))
        other = -value[apart] if symmetry == "skew-symmetric" else value[apart]
        value = np.concatenate((value, other))
    return _of_entries(row, column, value, shape)
