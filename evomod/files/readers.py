"""Files that may hold anything, read within bounds: bytes, JSON, TOML, gzip, arrays.

Whatever is wrong with a file's contents is a `DamageError` whose text says what; what the system says of a file
stays an OSError, for such a file may be whole. Callers put the file's name and the advice to it.
"""

from __future__ import annotations

import errno
import json
import re
import stat
import tokenize
import tomllib
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from evomod.errors import shown

MOST_BYTES = 256 * 2**20
"""Of a file that is read at once, and of what it unpacks to."""
MOST_JSON = 800 * 2**20
"""Bytes of memory that the data of a JSON text may need, by `_weight`."""
MOST_DEPTH = 64
"""Brackets within brackets; what evomod writes has four."""
MOST_TOML = 16 * 2**20


class DamageError(ValueError):
    """What is wrong with the contents of a file, in words without its name."""


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The contents of a file of at most so many bytes; never waits for a pipe."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise DamageError("it is a pipe or a device, not a file")
    if found.st_size > most:
        raise DamageError(f"it has {found.st_size:,} bytes; at most {most:,} are read")
    with path.open("rb") as file:
        return file.read(found.st_size)  # which takes as much memory as is asked for


def unpacked(content: bytes, most: int = MOST_BYTES) -> bytes:
    """What gzip packed, at most so many bytes. Raises `DamageError` for anything else."""
    parts, size = [], 0
    while content:
        machine = zlib.decompressobj(wbits=31)
        try:
            part = machine.decompress(content, most - size + 1)
        except zlib.error as error:
            raise DamageError(f"it is not gzip data: {error}") from None
        size += len(part)
        if size > most:
            raise DamageError(f"it unpacks to more than {most:,} bytes")
        if not machine.eof:
            raise DamageError("its gzip data end too early")
        parts.append(part)
        content = machine.unused_data.lstrip(b"\0")
    return b"".join(parts)


def parse_json(content: bytes) -> Any:
    """The data of a JSON text. Raises `DamageError` for what is none, or is nested or large beyond reason."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise DamageError(f"it is not UTF-8 text: {error.reason} at byte {error.start}") from None
    if _depth(content) > MOST_DEPTH:
        raise DamageError(f"it is nested more than {MOST_DEPTH} deep")
    if _weight(content) > MOST_JSON:
        raise DamageError(f"its data would take more than {MOST_JSON // 2**20} MB of memory")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamageError(f"it is not valid JSON: {error}") from None


def _weight(content: bytes) -> int:
    """An upper bound of what the data of a JSON text take: 60 bytes an entry, 64 a list, 250 an object."""
    signs = {b",": 60, b"[": 64, b"{": 250}
    return 2 * len(content) + sum(cost * content.count(sign) for sign, cost in signs.items())


STEP = np.zeros(256, np.int8)
STEP[[ord("["), ord("{")]], STEP[[ord("]"), ord("}")]] = 1, -1


def _depth(content: bytes) -> int:
    """How deep brackets stand within brackets, those in strings counted too."""
    deepest, level = 0, 0
    for start in range(0, len(content), 2**20):
        levels = np.cumsum(STEP[np.frombuffer(content[start : start + 2**20], np.uint8)], dtype=np.int64)
        deepest = max(deepest, level + int(levels.max()))
        level += int(levels[-1])
    return deepest


def read_json(path: Path) -> Any:
    """The data of a JSON file. Raises `DamageError`, or OSError where the file cannot be read."""
    return parse_json(read_bytes(path))


def parse_toml(text: str) -> dict[str, Any]:
    """The data of a TOML text. Raises `DamageError` for what is none, or is nested beyond reason."""
    if len(text) > MOST_TOML:
        raise DamageError(f"it has {len(text):,} letters; at most {MOST_TOML:,} are read")
    if any(part.count(".") > MOST_DEPTH for part in re.split(r"[=\[\]{},\n]", text)):
        raise DamageError(
            f"a name in it has more than {MOST_DEPTH} parts"
        )  # Python needs their square of memory
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DamageError(f"it is not valid TOML: {error}") from None
    except RecursionError:
        raise DamageError(f"it is nested more than {MOST_DEPTH} deep") from None
    except ValueError:  # a whole number of more than 4300 digits
        raise DamageError("it holds a number with too many digits") from None
    if not _is_shallow(data):
        raise DamageError(f"it is nested more than {MOST_DEPTH} deep")
    return data


def _is_shallow(data: Any) -> bool:
    level = [data]
    for _ in range(MOST_DEPTH):
        inner: list[Any] = []
        for value in level:
            inner += (
                value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            )
        if not inner:
            return True
        level = inner
    return False


ARRAY_DAMAGE = (
    ValueError,
    KeyError,
    EOFError,
    IndexError,
    TypeError,
    OverflowError,
    SyntaxError,
    RecursionError,
    RuntimeError,  # of zipfile: a password is asked for, or (NotImplementedError) another compression
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
    MemoryError,
)
"""What NumPy's and Python's readers raise for bytes that are no array."""


def read_arrays(path: Path, most: int) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file that take at most so many bytes; their sizes are known before they are read.

    Raises `DamageError` for anything else, and OSError where the file cannot be read.
    """
    content = BytesIO(read_bytes(path, most + 2**20))
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > most or len(entries) > 100:
                raise DamageError(f"its arrays would take more than {most:,} bytes")
            return {e.filename.removesuffix(".npy"): _array_of(archive, e) for e in entries}
    except DamageError:
        raise
    except ARRAY_DAMAGE as error:
        raise DamageError(
            f"its arrays cannot be read ({type(error).__name__}: {shown(str(error))})"
        ) from None


def _array_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(entry) as file:
        return array_of(file, entry.file_size)


def array_of(file: IO[bytes], size: int) -> NDArray[Any]:
    """The one array of an .npy file of so many bytes, which its header must promise and no others."""
    version = np.lib.format.read_magic(file)
    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in header:
        raise DamageError(f"its arrays have the unknown format {version}")
    shape, by_column, dtype = header[version](file)
    if dtype.hasobject:
        raise DamageError("it holds Python objects, which are never read")
    promised, held = int(dtype.itemsize), size - file.tell()
    for length in shape:
        promised *= length
    if promised != held or min(shape, default=0) < 0:
        raise DamageError(f"an array promises {shown(promised)} bytes and holds {held}")
    values = np.frombuffer(file.read(held), dtype)
    return values.reshape(shape, order="F" if by_column else "C").copy()
