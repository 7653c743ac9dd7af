"""Hostile files: every format that evomod reads, changed at random, ends in a clear error or a right answer.

Each format has good files to begin with, and a reader that is given what has become of them. Changes know the format
(values of JSON, TOML, tables and arrays are exchanged for nasty ones) or do not (flipped bits, torn and doubled
parts); what leads to a message that was not seen before is changed further. A reader may return, or refuse by an
`EvomodError`; any other exception, more memory than allowed, a long message or ten seconds are failures.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import resource
import shutil
import signal
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import evomod
from evomod.errors import EvomodError

from .forks import Plant, call, end, limit_memory, start
from .report import Result

Reader = Callable[[Path], Any]
SECONDS, MEGABYTES, LETTERS = 10.0, 1024, 3000


@dataclass(frozen=True)
class Format:
    """A kind of file: its name in its folder, what it is made of, good ones, who reads it."""

    path: Path
    kind: str
    """json, toml, table, arrays, words, or bytes; with .gz behind it packed."""
    seeds: Sequence[bytes]
    read: Reader


NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1, 5, 2**31, 2**63, -(2**63), 2**64, 10**30, 10**400, 0.5, -0.0, 1e308, 1e400, -1e400, float("nan"),
    "", "x", "a" * 500, "\x00", "é\U0001f600", "../../etc/passwd", "1", "nan", [], {}, [[]], [1, "a"], {"a": 1}, [None] * 50,
)  # fmt: skip


def mutated(rng: np.random.Generator, kind: str, content: bytes, others: Sequence[bytes]) -> bytes:
    """One to three changes of a file."""
    kind, _, packing = kind.partition(".")
    if packing:
        if rng.random() < 0.15:
            return _bytes(rng, content, others)
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return _bytes(rng, content, others)
        return gzip.compress(mutated(rng, kind, content, ()), 1, mtime=0)
    for _ in range(1 + int(rng.geometric(0.7) - 1)):
        by_kind = {
            "words": _words,
            "json": _json,
            "toml": _toml,
            "table": _table,
            "arrays": _arrays,
            "python": _toml,
        }
        change = by_kind.get(kind) if rng.random() < 0.7 else None
        try:
            content = change(rng, content) if change else _bytes(rng, content, others)
        except Exception:  # what readers of formats say of what was changed before
            content = _bytes(rng, content, others)
    return content


def _bytes(rng: np.random.Generator, content: bytes, others: Sequence[bytes]) -> bytes:
    data, n = bytearray(content), max(1, len(content))
    at, to = sorted(int(k) for k in rng.integers(0, n + 1, 2))
    way = int(rng.integers(8))
    if way == 0 and data:
        for _ in range(1 + int(rng.integers(4))):
            data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    elif way == 1:
        del data[at:]
    elif way == 2:
        del data[at:to]
    elif way == 3:
        data[at:at] = data[at : min(to, at + 2000)]
    elif way == 4:
        data[at:at] = bytes(rng.integers(0, 256, 1 + int(rng.integers(8)), dtype=np.uint8))
    elif way == 5:
        word = (b"[", b"{", b'{"a":', b"(", b"<a>", b"9", b"\n", b",", b"a.")[int(rng.integers(9))]
        data[at:at] = word * int(rng.choice([1, 10, 1000, 20_000]))
    elif way == 6 and others:
        other = others[int(rng.integers(len(others)))]
        data[at:] = other[int(rng.integers(len(other) + 1)) :]
    else:
        word = (b"1e999", b"-1", b"99999999999999999999", b"nan", b"null", b"\xff\xfe", b"\x00", b"'")
        data[at : at + int(rng.integers(6))] = word[int(rng.integers(len(word)))]
    return bytes(data[: 2**20])


def _words(rng: np.random.Generator, content: bytes) -> bytes:
    """A word, number or text in quotes for another one of the file, or for a nasty value."""
    text = content.decode()
    words = list(re.finditer(r'(?<=")[^"]*(?=")|[^\s"<>=\[\],]+', text))
    word = words[int(rng.integers(len(words)))]
    new = words[int(rng.integers(len(words)))].group() if rng.random() < 0.3 else str(_nasty(rng))
    return (text[: word.start()] + new + text[word.end() :]).encode()


def _nasty(rng: np.random.Generator) -> Any:
    return NASTY[int(rng.integers(len(NASTY)))]


def _json(rng: np.random.Generator, content: bytes) -> bytes:
    data = json.loads(content)
    holder: Any = {"all": data}
    key: Any = "all"
    while rng.random() < 0.8 and isinstance(holder[key], dict | list) and holder[key]:
        holder = holder[key]
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = keys[int(rng.integers(len(keys)))]
    way = int(rng.integers(4))
    if way == 0:
        del holder[key]
    elif way == 1 and isinstance(holder, list):
        holder[key:key] = [holder[key]] * int(rng.integers(1, 4))
    elif way == 2:
        holder[key] = [holder[key]]
    else:
        holder[key] = _nasty(rng)
    return json.dumps(holder["all"] if holder.keys() == {"all"} else data).encode() if isinstance(holder, dict) else json.dumps(data).encode()  # fmt: skip


def _toml(rng: np.random.Generator, content: bytes) -> bytes:
    lines = content.decode().splitlines()
    at = int(rng.integers(max(1, len(lines))))
    way = int(rng.integers(5))
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(at, lines[int(rng.integers(len(lines)))])
    elif way == 2:
        lines[at] = lines[at].replace("=", ".a =", 1)
    else:
        head = lines[at].partition("=")[0]
        value = _nasty(rng)
        text = {None: "[]", True: "true"}.get(value if isinstance(value, bool) or value is None else 0)
        if text is None:
            text = json.dumps(value).replace("Infinity", "inf").replace("NaN", "nan").replace(":", " =")
        lines[at] = f"{head}= {text}"
    return ("\n".join(lines) + "\n").encode()


def _table(rng: np.random.Generator, content: bytes) -> bytes:
    lines = content.decode().splitlines(keepends=True)
    at = int(rng.integers(len(lines)))
    cells = lines[at].rstrip("\n").split(",")
    column, way = int(rng.integers(len(cells))), int(rng.integers(5))
    if way == 0:
        del lines[at]
        return "".join(lines).encode()
    if way == 1:
        del cells[column]
    elif way == 2:
        cells.insert(column, cells[column])
    elif way == 3:
        cells[column] = lines[int(rng.integers(len(lines)))].split(",")[0]
    else:
        cells[column] = str(_nasty(rng))
    lines[at] = ",".join(cells) + "\n"
    return "".join(lines).encode()


def _arrays(rng: np.random.Generator, content: bytes) -> bytes:
    with np.load(io.BytesIO(content), allow_pickle=False) as data:
        fields = {name: data[name] for name in data.files}
    name = list(fields)[int(rng.integers(len(fields)))]
    old, way = fields[name], int(rng.integers(6))
    if way == 0:
        del fields[name]
    elif way == 1:
        kinds = ("i1", "i8", ">i8", "f4", ">f8", "U5", "c16", "M8[s]", "S3", "b1", "u8", "V4")
        fields[name] = np.zeros(old.shape, kinds[int(rng.integers(len(kinds)))])
    elif way == 2:
        fields[name] = np.resize(old, tuple(int(k) for k in rng.integers(0, 4, int(rng.integers(0, 4)))))
    elif way == 3 and old.dtype.kind == "U" and old.shape == ():
        fields[name] = np.array(_json(rng, str(old).encode()).decode())
    else:
        new = old.copy()
        value = _nasty(rng)
        if new.size and isinstance(value, int | float):
            new = new.astype(float) if isinstance(value, float) else new
            new.flat[int(rng.integers(new.size))] = value
        fields[name] = new
    buffer = io.BytesIO()
    (np.savez, np.savez_compressed)[int(rng.random() < 0.3)](buffer, **fields)
    return buffer.getvalue()


class TooLong(BaseException):
    """An input took longer than it may."""


def _too_long(number: int, frame: Any) -> None:
    raise TooLong


def _fuzz(given: Format, number: int, seed: int, listing: Path) -> int:
    """Try so many inputs in this process; write down what came of them."""
    limit_memory(MEGABYTES)
    signal.signal(signal.SIGALRM, _too_long)
    rng = np.random.default_rng(seed)
    corpus, seen = list(given.seeds), set()
    counts = {"accepted": 0, "refused": 0}
    failures: dict[str, str] = {}
    for _ in range(number):
        known = corpus if rng.random() < 0.4 else given.seeds
        content = mutated(rng, given.kind, known[int(rng.integers(len(known)))], corpus)
        given.path.write_bytes(content)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        kind = ""
        try:
            given.read(given.path)
            counts["accepted"] += 1
        except EvomodError as error:
            counts["refused"] += 1
            kind = re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "#", str(error))[:120]
            if len(str(error)) > LETTERS:
                failures.setdefault(
                    f"a message of {len(str(error))} letters: {kind}", content[:200].hex()
                )
        except (Exception, TooLong) as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/evomod/" in f.filename]
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
            message = re.sub(r"\d+", "#", str(error))[:80]
            failures.setdefault(f"{type(error).__name__} at {place}: {message}", content[:300].hex())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        if kind and kind not in seen and len(corpus) < 300 and len(content) < 50_000:
            seen.add(kind)
            corpus.append(content)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    listing.write_text(
        json.dumps({"counts": counts, "failures": failures, "MB": most, "kinds": len(seen)})
    )
    return 0


def fuzz(result: Result, name: str, given: Format, number: int, plant: Plant | None = None) -> None:
    """So many inputs of a format, in a fork."""
    listing = given.path.with_name("listing.json")
    listing.unlink(missing_ok=True)
    seed = int(result.rng.integers(2**31))
    good = given.path.read_bytes() if given.path.exists() else given.seeds[0]
    ended = end(*start(partial(_fuzz, given, number, seed, listing), plant), limit=3600.0)
    given.path.write_bytes(good)
    result.tried += number
    if not listing.exists():
        result.fail(f"{name}: the process ended with {ended.code}", ended.said)
        return
    told = json.loads(listing.read_text())
    for kind, count in told["counts"].items():
        result.note(kind, count)
    result.note("kinds of message", told["kinds"])
    result.notes["MB at the most"] = max(result.notes["MB at the most"], told["MB"])
    for failure, content in told["failures"].items():
        result.fail(f"{name}: {failure}", bytes.fromhex(content).decode("latin-1")[:120])


def graphs(home: Path) -> dict[str, Format]:
    """Every format of networks from outside, read to the arrays that measures are made of."""
    from scipy import io as scipy_io
    from scipy import sparse

    from evomod.measures import modularity
    from evomod.measures.edges import edges_of
    from evomod.measures.files import read_graph

    def read(path: Path) -> None:
        graph = read_graph(path)
        if 0 < edges_of(graph).n_nodes < 200:
            modularity(graph, "refined")
        edges_of(graph, "weight", signed=True)

    def written(write: Callable[[Any], None]) -> bytes:
        buffer = io.BytesIO()
        write(buffer)
        return buffer.getvalue()

    matrix = np.array([[0, 1.5, 0, 0], [0, 0, -2, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    plain = {
        "graphml": (b"""<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" attr.name="weight" attr.type="double"/>
<key id="l" for="node" attr.name="label" attr.type="string"/><graph edgedefault="directed"><node id="a"><data
key="l">A</data></node><node id="b"/><edge source="a" target="b"><data key="w">2.0</data></edge></graph></graphml>""",),
        "gml": (
            b'graph [\n directed 1\n node [ id 0 label "a" ]\n node [ id 1 label "b" ]\n edge [ source 0 target 1 weight 2 ]\n]\n',
            b"# a\ngraph [ node [ id 7 ] node [ id 8 graphics [ x 1.5 ] ] edge [ source 7 target 8 ] edge [ source 8 target 7 ] ]",
        ),
        "gexf": (b"""<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph defaultedgetype="directed">
<attributes class="edge"><attribute id="0" title="w" type="double"/></attributes><nodes><node id="0" label="a"/><node
id="1" label="b"/></nodes><edges><edge id="0" source="0" target="1" weight="2"><attvalues><attvalue for="0" value="3.5"/>
</attvalues></edge></edges></graph></gexf>""",),
        "json": (
            b'{"directed": true, "multigraph": false, "graph": {}, "nodes": [{"id": 0}, {"id": 1}], "edges": [{"source": 0, "target": 1}]}',
            b'{"directed": false, "multigraph": true, "nodes": [{"id": 0, "label": "a"}, {"id": 1, "label": "b"}], "links": '
            b'[{"source": 0, "target": 1, "key": 0, "weight": 2}]}',
        ),
        "net": (
            b'*Vertices 3\n1 "a b"\n2 b 0.1 0.2\n*Arcs\n1 2 1.5\n2 3\n*Edges\n1 3\n',
            b"*Vertices 3\n*Arcslist\n1 2 3\n*Edgeslist\n2 3\n",
            b"*Vertices 2\n*Matrix\n0 1\n1 0\n",
        ),
        "csv": (
            b"source,target,weight\na,b,1\nb,c,2\n",
            b"Source,Target,Type,Weight,Label\na,b,Undirected,1,\nb,c,Undirected,2,x\n",
            b",a,b,c\na,0,1,0\nb,0,0,1\nc,1,0,0\n",
            b"0,1,0,0\n0,0,1,0\n0,0,0,1\n1,0,0,0\n",
        ),
        "txt": (b"% asym weighted\n1 2 3\n2 3 1 1000\n", b"a b {'weight': 2}\nb c {}\n", b"% bip\n1 1\n1 2\n"),
        "npy": tuple(written(partial(np.save, arr=matrix.astype(kind))) for kind in ("f8", "i1", "?")),
        "mat": tuple(
            written(partial(scipy_io.savemat, mdict={"a": data}, do_compression=packed))
            for packed in (False, True)
            for data in (matrix, sparse.csc_matrix(matrix))
        ),
        "mtx": (
            written(lambda file: scipy_io.mmwrite(file, sparse.coo_matrix(matrix))),
            written(lambda file: scipy_io.mmwrite(file, matrix)),
            b"%%MatrixMarket matrix coordinate pattern symmetric\n% a\n3 3 2\n2 1\n3 2\n",
            b"%%MatrixMarket matrix array integer skew-symmetric\n3 3\n1\n2\n3\n",
        ),
        "npz": (
            written(lambda file: np.savez(file, a=matrix)),
            written(lambda file: sparse.save_npz(file, sparse.csr_matrix(matrix))),
            *(
                written(partial(sparse.save_npz, matrix=sparse.coo_matrix(matrix).asformat(kind), compressed=False))
                for kind in ("coo", "csc")
            ),
        ),
    }  # fmt: skip
    kinds = {"json": "json", "csv": "table", "npz": "arrays", "npy": "bytes", "mat": "bytes"}
    home.mkdir(exist_ok=True)
    return {
        f"graph .{ending}": Format(home / f"g.{ending}", kinds.get(ending, "words"), seeds, read)
        for ending, seeds in plain.items()
    }


def formats(home: Path) -> dict[str, Format]:
    """Every format, with files that evomod has written."""
    from evomod.config import load_config
    from evomod.evolution import starts
    from evomod.evolution.setup import prepare
    from evomod.gradient import datasets
    from evomod.network import load_network, network_json
    from evomod.plots import runs as plotting
    from evomod.runs import run as runs
    from evomod.runs.tracking import read_table
    from evomod.studies import definition as study
    from evomod.studies import folder as study_folder
    from evomod.studies import networks as study_networks
    from evomod.studies import tables as study_tables
    from evomod.task import load_task, read_task

    few = {"population": 10, "generations": 3}
    folder = runs.run(
        evomod.Config(task="retina", evolution=few, pressures={"connection-cost": {}}), 1, home / "r"
    ).folder
    circuit = runs.run(evomod.Config(task="circuit", evolution=few), 1, home / "c").folder
    from .crashes import STUDY

    (home / "s.toml").write_text(STUDY)
    call(["study", str(home / "s.toml"), "--out", str(home / "st"), "--jobs", "1"])
    st, task = home / "st", load_task("retina")

    def best(path: Path) -> None:
        network = load_network(path)
        if network.inputs.size <= 8 and network.n_nodes < 200:
            network.answer(np.zeros((2, network.inputs.size), int))
        network.simplified()
        network_json(network)

    def picture(path: Path) -> None:
        plotting.network_picture_of(runs.load_run(path.parent))

    def checkpoint(path: Path) -> None:
        runs._resumption(runs.load_run(path.parent), task, ["evolution.generations=9"], None)

    start_config = evomod.Config(task="retina", evolution=few | {"start": str(home / "start" / "x.npz")})
    setup = prepare(start_config)
    (home / "start").mkdir()

    def tables(path: Path) -> None:
        found = study_tables.load_study(path.parent)
        study_tables.described(found)
        _ = found.curves, found.courses, found.density
        study_folder.status_of(found.study, found.folder)

    def study_manifest(path: Path) -> None:
        study_folder.sessions_of(study_folder.load_manifest(path.parent))
        study_folder.status_of(study_tables.load_study(path.parent).study, path.parent)

    def failures(path: Path) -> None:
        _ = study_tables.load_study(path.parent).failures

    idx = b"\0\0\x08\x03" + np.array([2, 3, 4], ">u4").tobytes() + bytes(24)
    made: dict[str, Format] = {}

    def add(name: str, path: Path, kind: str, read: Reader, *seeds: bytes) -> None:
        made[name] = Format(path, kind, seeds or (path.read_bytes(),), read)

    toml = (
        (folder / "config.toml").read_bytes(),
        (circuit / "config.toml").read_bytes(),
        b'task = "retina"\n',
    )
    (home / "f").mkdir()
    add("config", home / "f" / "x.toml", "toml", lambda path: prepare(load_config(path)), *toml)
    add("study's TOML", home / "f" / "y.toml", "toml", lambda path: study.load_definition(path), STUDY.encode(),
        (st / "study.toml").read_bytes())  # fmt: skip
    add("task file", home / "f" / "x.py", "python", read_task,
        *((evomod.task.bundled() / name).read_bytes() for name in ("retina.py", "circuit.py")))  # fmt: skip
    add(
        "best.json",
        home / "f" / "best.json",
        "json",
        best,
        *(p.joinpath("best.json").read_bytes() for p in (folder, circuit)),
    )
    add("best.json, drawn", folder / "best.json", "json", picture)
    add("networks.json.gz", st / "networks.json.gz", "json.gz", study_networks.read_networks)
    add("a run's manifest", folder / "manifest.json", "json", lambda path: runs.load_run(path.parent))
    add("a study's manifest", st / "manifest.json", "json", study_manifest)
    add(
        "failures.json",
        st / "failures.json",
        "json",
        failures,
        b'{"failures": [{"treatment": "a", "replicate": 1}]}',
    )
    add("checkpoint", folder / "checkpoint.npz", "arrays", checkpoint)
    add("start", home / "start" / "x.npz", "arrays",
        lambda path: starts.first_genomes(setup.config, setup.module, setup.encoding),
        (folder / "checkpoint.npz").read_bytes())  # fmt: skip
    add("log", folder / "log.csv", "table", read_table)
    add(
        "log, drawn",
        folder / "log.csv",
        "table",
        lambda path: plotting.curves_of(runs.load_run(path.parent)),
    )
    add("population", folder / "population.csv", "table", read_table)
    add("summary.csv", st / "summary.csv", "table", tables)
    add("curves.csv", st / "curves.csv", "table", tables)
    add("courses.csv.gz", st / "courses.csv.gz", "table.gz", tables)
    add("density.csv.gz", st / "density.csv.gz", "table.gz", tables)
    add("IDX", home / "f" / "x.idx", "bytes", datasets.read_idx, idx, gzip.compress(idx, mtime=0))
    made.update(graphs(home / "f"))
    shutil.copytree(folder, home / "kept")
    return made


SLOW = {"best.json, drawn": 40, "log, drawn": 40, "summary.csv": 4, "curves.csv": 4, "courses.csv.gz": 4,
        "density.csv.gz": 4, "a study's manifest": 4, "checkpoint": 3, "study's TOML": 12, "failures.json": 4}  # fmt: skip
"""How many times longer an input takes than one of the others."""
