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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import scipy.io
import scipy.sparse

import evomod
from evomod.errors import EvomodError

from .forks import Ended, Plant, call, end, limit_memory, start
from .report import Result

Reader = Callable[[Path], Any]
SECONDS, MEGABYTES, LETTERS = 10.0, 1024, 3000
DRAWN = 50
"""Every so many-th of what is accepted is drawn as well: 250 ms, and 1 ms to read it."""


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


class Tried:
    """What came of the inputs of a format in this process."""

    def __init__(self, given: Format, listing: Path) -> None:
        limit_memory(MEGABYTES)
        signal.signal(signal.SIGALRM, _too_long)
        self.given, self.listing = given, listing
        self.number = 0
        self.counts = {"accepted": 0, "refused": 0}
        self.failures: dict[str, str] = {}
        self.seen: set[str] = set()

    def one(self, content: bytes) -> bool:
        """Read one; whether it led to a message that was not seen before."""
        if self.number % 100 == 0:
            self.write()
        self.number += 1
        self.given.path.write_bytes(content)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        kind = ""
        try:
            self.given.read(self.given.path)
            self.counts["accepted"] += 1
        except EvomodError as error:
            self.counts["refused"] += 1
            kind = re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "#", str(error))[:120]
            if len(str(error)) > LETTERS:
                self._fail(f"a message of more than {LETTERS} letters: {kind[:60]}", content)
        except (Exception, TooLong) as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/evomod/" in f.filename]
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
            message = re.sub(r"\d+", "#", str(error))[:80]
            self._fail(f"{type(error).__name__} at {place}: {message}", content)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        is_new = bool(kind) and kind not in self.seen
        if is_new:
            self.seen.add(kind)
        return is_new

    def _fail(self, what: str, content: bytes) -> None:
        self.failures.setdefault(what, content[:300].hex())

    def write(self) -> None:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        told = {"number": self.number, "counts": self.counts, "failures": self.failures, "MB": most}
        self.listing.write_text(json.dumps(told | {"kinds": len(self.seen)}))


def add(result: Result, name: str, listing: Path, ended: Ended, last: bytes) -> None:
    """What a process has written down, and what it was given last if it did not come to its end."""
    if ended.code != 0:
        result.fail(f"{name}: the process ended with {ended.code} at {last[:150]!r}", ended.said)
    if not listing.exists():
        return
    told = json.loads(listing.read_text())
    result.tried += told["number"]
    for kind, count in told["counts"].items():
        result.note(kind, count)
    result.peak("kinds of message", told["kinds"])
    result.peak("MB at the most", told["MB"])
    for failure, content in told["failures"].items():
        result.fail(f"{name}: {failure}", bytes.fromhex(content).decode("latin-1")[:120])


def _fuzz(given: Format, number: int, seed: int, listing: Path) -> int:
    """Try so many inputs in this process; write down what came of them."""
    tried, rng = Tried(given, listing), np.random.default_rng(seed)
    corpus = list(given.seeds)
    for _ in range(number):
        known = corpus if rng.random() < 0.4 else given.seeds
        content = mutated(rng, given.kind, known[int(rng.integers(len(known)))], corpus)
        if tried.one(content) and len(corpus) < 300 and len(content) < 50_000:
            corpus.append(content)
    tried.write()
    return 0


def fuzz(result: Result, name: str, given: Format, number: int, plant: Plant | None = None) -> None:
    """So many inputs of a format, in a fork."""
    listing = given.path.with_name("listing.json")
    listing.unlink(missing_ok=True)
    seed = int(result.rng.integers(2**31))
    good = given.path.read_bytes() if given.path.exists() else given.seeds[0]
    ended = end(*start(partial(_fuzz, given, number, seed, listing), plant), limit=3600.0)
    last = given.path.read_bytes()
    given.path.write_bytes(good)
    add(result, name, listing, ended, last)


def _lot(path: Path) -> int:
    return zlib.crc32(path.read_bytes())


def formats(home: Path) -> dict[str, Format]:
    """Every format, with files that evomod has written."""
    from evomod.config import load_config
    from evomod.evolution import starts
    from evomod.evolution.setup import prepare
    from evomod.files.tables import read_rows
    from evomod.gradient import datasets
    from evomod.measures.edges import edges_of
    from evomod.measures.files import read_graph, read_modules
    from evomod.measures.modularity import modules_of
    from evomod.measures.report import measure_network
    from evomod.measures.report_text import report as told_of
    from evomod.network import load_network, network_json
    from evomod.plots import runs as plotting
    from evomod.report import comparing
    from evomod.report.folders import page_of
    from evomod.report.page import page_html
    from evomod.runs import measures as run_measures
    from evomod.runs import run as runs
    from evomod.runs.checkpoints import read_checkpoint
    from evomod.studies import definition as study
    from evomod.studies import folder as study_folder
    from evomod.studies import run_rows
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

    def log(path: Path) -> None:
        run = runs.load_run(path.parent)
        _ = run.log, run.population
        if _lot(path) % DRAWN == 0:
            run_rows._made(run)

    def population(path: Path) -> None:
        log(path)
        if _lot(path) % DRAWN == 0:
            page_html(page_of(path.parent))

    def best(path: Path) -> None:
        network = load_network(path)
        if network.inputs.size <= 8 and network.n_nodes < 200:
            network.answer(np.zeros((2, network.inputs.size), int))
        network.simplified()
        network_json(network)

    def picture(path: Path) -> None:
        run = runs.load_run(path.parent)
        network_json(run.best)
        if _lot(path) % DRAWN == 0:
            plotting.network_picture_of(run)
            page_html(page_of(path.parent))

    def curves(path: Path) -> None:
        run = runs.load_run(path.parent)
        plotting._log_of(run)
        run_rows.measures_of(run)
        if _lot(path) % DRAWN == 0:
            plotting.curves_of(run)
            page_html(page_of(path.parent))

    begun, longer = runs.load_run(folder), folder.with_name("longer.toml")
    longer.write_text((folder / "config.toml").read_text().replace("generations = 3", "generations = 9"))
    ours = prepare(load_config(longer), task)

    def checkpoint(path: Path) -> None:
        read_checkpoint(path.parent, ours, begun.manifest)

    start_config = evomod.Config(task="retina", evolution=few | {"start": str(home / "start" / "x.npz")})
    setup = prepare(start_config)
    (home / "start").mkdir()

    found = study_tables.load_study(st)

    def summary(path: Path) -> None:
        study_tables.described(found)
        study_folder.status_of(found.study, path.parent)
        if _lot(path) % DRAWN == 0:
            groups = comparing.groups_of([path.parent])
            comparing.told(comparing.compare(groups, comparing.columns_in(groups)))
        reported(path)

    def reported(path: Path) -> None:
        """As `evomod report` of a study, whose page is made of its tables."""
        _ = found.progress, found.curves, found.courses, found.density, found.networks
        if _lot(path) % DRAWN == 0:
            page_html(page_of(path.parent))

    def study_manifest(path: Path) -> None:
        study_folder.sessions_of(study_folder.load_manifest(path.parent))
        study_folder.status_of(found.study, path.parent)
        if _lot(path) % DRAWN == 0:
            study_tables.load_study(path.parent)

    def failures(path: Path) -> None:
        _ = found.failures

    def graph(path: Path) -> None:
        """As `evomod measure`; all its measures, which take longest, of few small graphs."""
        network = read_graph(path)
        n_nodes = edges_of(network).n_nodes
        edges_of(network, "weight", signed=True)
        weight = {0: None, 1: "weight"}.get(lot := _lot(path) % DRAWN)
        if n_nodes <= 8 and lot < 2:
            told_of("x", measure_network(network, weight=weight, draws=2))

    def modules(path: Path) -> None:
        graph = networkx.Graph([("a", "b"), ("b", "c")])
        modules_of(edges_of(graph), read_modules(path))

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
    add("networks.json.gz", st / "networks.json.gz", "json.gz", reported)
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
        lambda path: starts.first_genomes(setup.config, setup.encoding),
        (folder / "checkpoint.npz").read_bytes())  # fmt: skip
    add("log", folder / "log.csv", "table", log)
    add(
        "log, drawn",
        folder / "log.csv",
        "table",
        curves,
    )
    add("population", folder / "population.csv", "table", population)
    add("summary.csv", st / "summary.csv", "table", summary)
    add("curves.csv", st / "curves.csv", "table", reported)
    add("courses.csv.gz", st / "courses.csv.gz", "table.gz", reported)
    add("density.csv.gz", st / "density.csv.gz", "table.gz", reported)
    rows, q = home / "rows", home / "rows" / "measures.json"
    shutil.copytree(folder, rows)
    run_rows.run_rows(rows, runs.load_run)
    add(
        "rows.json",
        rows / "rows.json",
        "json",
        lambda path: run_rows.run_rows(path.parent, runs.load_run),
    )
    add("measures.json", q, "json", lambda path: run_measures.q_measures(runs.load_run(path.parent)))
    add("rows of an experiment", home / "f" / "rows.csv", "table", lambda path: read_rows(path, ("a", "b")),
        b"a,b,c\n1,2,3\n2,3.5,x\n")  # fmt: skip
    add("IDX", home / "f" / "x.idx", "bytes", datasets.read_idx, idx, gzip.compress(idx, mtime=0))
    for ending, kind, contents in graphs():
        add(f"graph .{ending}", home / "f" / f"g.{ending}", kind, graph, *contents)
    add(
        "modules",
        home / "f" / "modules.csv",
        "table",
        modules,
        b"node,module\na,1\nb,1\nc,x\n",
        b"a\t0\nb\t1\n",
    )
    assert tuple(made) == NAMES
    return made


def graphs() -> list[tuple[str, str, list[bytes]]]:
    """Ending, kind and good files of every format of graphs."""
    graphml = b"""<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" attr.name="weight" \
attr.type="double"/><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"><data \
key="w">2.0</data></edge></graph></graphml>"""
    gexf = b"""<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph defaultedgetype="directed"><nodes>\
<node id="0" label="a"/><node id="1" label="b"/></nodes><edges><edge id="0" source="0" target="1" weight="2.0"/>\
</edges></graph></gexf>"""
    gml = b'graph [\n directed 1\n node [ id 0 label "a" ]\n node [ id 1 label "b" ]\n edge [ source 0 target 1 ]\n]\n'
    pajek = (
        b'*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n*Arcs\n1 2 1.5\n*Edges\n2 3 1\n',
        b"*Network x\n*Vertices 3\n1 a\n*Arcslist\n1 2 3\n*Edgeslist\n2 3\n*Partition p\n1\n",
        b"*Vertices 3\n*Matrix\n0 1 2\n0 0 1\n1 0 0\n",
    )
    market = (
        b"%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 1.0\n2 3 -2.5\n",
        b"%%MatrixMarket matrix array real symmetric\n% c\n2 2\n0\n1.5\n0\n",
        b"%%MatrixMarket matrix coordinate pattern skew-symmetric\n3 3 1\n2 1\n",
    )
    text = [b"source,target,weight\na,b,1\nb,c,2\n", b"0,1,0\n0,0,1\n1,0,0\n", b",x,y\nx,0,2\ny,0.5,0\n",
            b"Id,Target,Weight,Source,Type\n1,y,2,x,Directed\n"]  # fmt: skip
    spaced = [b"# a comment\na b 1\nb c 2\n", b"0 1 0\n0 0 1\n1 0 0\n", b"a b {'weight': 2}\n"]
    konect = [b"% asym posweighted\n% 2 3 3\n1 2 5 17\n2 3 1 18\n", b"% bip unweighted\n1 1\n2 1\n"]
    return [
        ("graphml", "words", [graphml, *_drawn("graphml")]), ("gexf", "words", [gexf, *_drawn("gexf")]),
        ("gml", "words", [gml, *_drawn("gml")]), ("net", "words", [*pajek]), ("mtx", "words", [*market]),
        ("json", "json", [*_links()]), ("npy", "bytes", _matrices("npy")), ("npz", "arrays", _matrices("npz")),
        ("mat", "bytes", _matrices("mat")), ("csv", "table", text),
        ("tsv", "words", [one.replace(b",", b"\t") for one in text]), ("txt", "words", spaced),
        ("edges", "words", konect),
    ]  # fmt: skip


def _multigraph() -> networkx.MultiGraph:
    graph = networkx.MultiGraph()
    graph.add_nodes_from((name, {"label": name.upper(), "layer": k}) for k, name in enumerate("abc"))
    graph.add_weighted_edges_from([("a", "b", 2.0), ("a", "b", 1.0), ("b", "b", 1.0), ("b", "c", 3.0)])
    return graph


def _drawn(ending: str) -> list[bytes]:
    """What networkx writes of a multigraph in a format of text."""
    buffer = io.BytesIO()
    {"graphml": networkx.write_graphml, "gexf": networkx.write_gexf, "gml": networkx.write_gml}[ending](
        _multigraph(), buffer
    )
    return [buffer.getvalue()]


def _links() -> Iterator[bytes]:
    simple = networkx.DiGraph([(0, 1)])
    for graph, edges in ((simple, "edges"), (_multigraph(), "links")):
        yield json.dumps(networkx.node_link_data(graph, edges=edges)).encode()


def _matrices(ending: str) -> list[bytes]:
    """What NumPy and scipy write of a matrix, dense and sparse."""
    matrix = np.eye(4, k=1)
    matrix[0, 3] = -2.5
    columns, rows = scipy.sparse.csc_matrix(matrix), scipy.sparse.coo_array(matrix)
    written: dict[str, list[Callable[[io.BytesIO], Any]]] = {
        "npy": [lambda file: np.save(file, matrix), lambda file: np.save(file, matrix.astype(">f4").T)],
        "npz": [lambda file: np.savez_compressed(file, a=matrix),
                *(partial(scipy.sparse.save_npz, matrix=rows.asformat(form)) for form in ("csr", "csc", "coo"))],
        "mat": [partial(scipy.io.savemat, mdict={"A": matrix}),
                partial(scipy.io.savemat, mdict={"A": columns}),
                partial(scipy.io.savemat, mdict={"A": matrix, "names": "abc"}, do_compression=True)],
    }  # fmt: skip
    buffers = [io.BytesIO() for _ in written[ending]]
    for write, buffer in zip(written[ending], buffers, strict=True):
        write(buffer)
    return [buffer.getvalue() for buffer in buffers]


NAMES = (
    "config", "study's TOML", "task file", "best.json", "best.json, drawn", "networks.json.gz", "a run's manifest",
    "a study's manifest", "failures.json", "checkpoint", "start", "log", "log, drawn", "population", "summary.csv",
    "curves.csv", "courses.csv.gz", "density.csv.gz", "rows.json", "measures.json", "rows of an experiment", "IDX",
    *(f"graph .{ending}" for ending, _, _ in graphs()), "modules",
)  # fmt: skip
