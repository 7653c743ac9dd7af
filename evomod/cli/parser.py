"""The command ``evomod``: its line, and what becomes of mistakes."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, cast

from evomod.cli.actions import (
    act_bench,
    act_evolve,
    act_figure,
    act_measure,
    act_plot,
    act_status,
    act_study,
    act_tasks,
    act_train,
    act_transfer,
    act_verify,
    act_warmup,
)
from evomod.cli.commands import compare, completion, doctor, export, lab, movie, new, report
from evomod.cli.completion import commands_of, names_of_pressures, options_of
from evomod.cli.saying import add_saying, saying
from evomod.errors import EvomodError, Interrupted, nearest, shortened, shown

COMMANDS = (report, lab, compare, export, movie, new, doctor, completion)
"""Subcommands that stand in modules of their own."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="evomod",
        description="Evolve small networks under pressures that are claimed to make them modular.",
    )
    top.add_argument("--version", action="version", version=f"evomod {_version()}")
    commands = top.add_subparsers(dest="command", metavar="command", required=True)
    evolve = commands.add_parser(
        "evolve",
        help="run one evolution into a run folder, or go on with one",
        description="Evolve networks on a task with the papers' settings, or by a TOML config.",
    )
    evolve.add_argument("what", nargs="?", help="a task's name or file, or a TOML config")
    evolve.add_argument("--resume", metavar="FOLDER", help="go on with a run where it stopped")
    evolve.add_argument(
        "--seed", type=_seed, help="a whole number; without it one is drawn and recorded"
    )
    evolve.add_argument("--goal", help="which goal of the task is rewarded (default: its first)")
    evolve.add_argument(
        "--goals",
        metavar="GOAL,GOAL,…",
        help="goals of the task; several are rewarded in turn (modularly varying goals)",
    )
    evolve.add_argument(
        "--switch-every", type=_number, metavar="N", help="generations after which the goal changes (20)"
    )
    evolve.add_argument(
        "--pressure",
        action="append",
        default=[],
        metavar="NAME[:KEY=VALUE,…]",
        help=f"{', '.join(names_of_pressures())}, or a file of your own such as ./fan_in.py; the keys are those of "
        "[pressures.NAME] in a config, for example connection-cost:probability=0.25 or l1:penalty=0.01; may be given "
        "several times",
    )
    evolve.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="override a config value"
    )
    evolve.add_argument(
        "--out", metavar="FOLDER", help="the run folder (default: runs/<task>-<pressures>-seed<n>)"
    )
    _add_trust(evolve, "with --resume: execute")
    evolve.add_argument("--show-config", action="store_true", help="print the resolved config and stop")
    evolve.set_defaults(act=act_evolve)
    _add_study(commands)
    _add_train(commands)
    _add_measure(commands)
    _add_figure(commands)
    tasks = commands.add_parser("tasks", help="list every task found, with its goals and its file")
    tasks.set_defaults(act=act_tasks)
    plot = commands.add_parser("plot", help="draw a run: its curves and its best network")
    plot.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="a run folder, or one of `evomod train`"
    )
    plot.set_defaults(act=act_plot)
    transfer = commands.add_parser(
        "transfer",
        help="evolve copies of a run's best network on other goals, and count the generations",
        description="Evolvability: copies of the best network of a run evolve on another goal, by the run's "
        "own config, until it is solved. Without --to: on all other goals of the task and on random ones.",
    )
    transfer.add_argument("folder", metavar="FOLDER", help="a run folder")
    transfer.add_argument("--to", metavar="GOAL[,GOAL…]", help="goals of the task")
    transfer.add_argument("--repeats", type=_number, default=5, metavar="N", help="for each goal (5)")
    transfer.add_argument("--seed", type=_seed, default=1, help="a whole number (1)")
    transfer.add_argument(
        "--generations", type=_number, metavar="N", help="after which a goal is given up (2000)"
    )
    _add_trust(transfer, "execute")
    transfer.add_argument("--json", action="store_true", help="print JSON")
    transfer.add_argument("--out", metavar="FILE", help="write one row a repeat into a new CSV table")
    transfer.set_defaults(act=act_transfer)
    bench = commands.add_parser(
        "bench", help="measure milliseconds a generation, relative to DEAP and NumPy"
    )
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.add_argument(
        "--modularity",
        nargs="?",
        const="",
        metavar="FOLDER",
        help="only methods of Q: on small networks, on planted modules, on the networks of a folder",
    )
    bench.set_defaults(act=act_bench)
    warmup = commands.add_parser("warmup", help="compile every kernel once")
    warmup.set_defaults(act=act_warmup)
    for command in COMMANDS:
        command.add(commands)
    for one in commands.choices.values():
        add_saying(one)
    return top


def _add_trust(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument(
        "--trust",
        action="store_true",
        help=f"{what} the folder's Python files (task, own pressures and selections), though evomod does not know them",
    )


def _add_study(commands: Any) -> None:
    study = commands.add_parser(
        "study",
        help="run treatments × replicates, or go on with them",
        description="Run what is left of a study, and write its tables. The same command goes on wherever "
        "it was stopped.",
    )
    study.add_argument("what", help="a study's TOML, or a study's folder to go on with")
    study.add_argument("--out", metavar="FOLDER", help="the study's folder (default: studies/<name>)")
    study.add_argument("--replicates", type=_number, metavar="N", help="in place of the file's number")
    study.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="override a value of every config",
    )
    study.add_argument(
        "--jobs", type=_workers, metavar="N", help="worker processes (default: one per core)"
    )
    study.add_argument(
        "--dask",
        metavar="WHERE",
        help="'local', a scheduler's address such as tcp://host:8786, or a cluster's TOML",
    )
    study.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="run every n-th replicate here, beginning with the i-th",
    )
    _add_trust(study, "with a study's folder: execute")
    study.add_argument("--parquet", action="store_true", help="write the tables as Parquet too")
    study.set_defaults(act=act_study)
    status = commands.add_parser("status", help="tell how far a study is")
    status.add_argument("folder", metavar="FOLDER", help="a study's folder")
    status.set_defaults(act=act_status)


def _add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train",
        help="train a network by gradient, and measure its n-cut",
        description="Train a network on digits, fashion-mnist, polynomials or a task, as Filan et al. (2021) "
        "do, into a run folder; tell its accuracy and its n-cut beside that of shuffled weights.",
    )
    train.add_argument("data", help="digits, fashion-mnist, polynomials, or a task's name")
    train.add_argument("--seed", type=_seed, help="a whole number; without it one is drawn and recorded")
    train.add_argument("--goal", help="which goal of a task (default: its first)")
    train.add_argument(
        "--hidden",
        type=_numbers,
        metavar="N,N,…",
        help="neurons of the hidden layers (256,256,256,256; of a task its own)",
    )
    train.add_argument(
        "--dropout", type=_rate, default=0.0, metavar="RATE", help="of the hidden neurons (0)"
    )
    train.add_argument("--l1", type=_rate, default=0.0, metavar="X", help="times the sum of |w| (0)")
    train.add_argument("--l2", type=_rate, default=0.0, metavar="X", help="times the sum of w² (0)")
    train.add_argument(
        "--wiring",
        type=_rate,
        default=0.0,
        metavar="X",
        help="times the sum of |w| times its connection's length (0)",
    )
    train.add_argument(
        "--swap-every",
        type=_number,
        default=0,
        metavar="N",
        help="with --wiring: every N steps heavy neurons move to where their connections are shorter",
    )
    train.add_argument(
        "--clusterability",
        type=_rate,
        default=0.0,
        metavar="X",
        help="times the least eigenvalues of the weights' Laplacian; below 0 against clusters (0)",
    )
    train.add_argument(
        "--prune",
        type=_rate,
        nargs="?",
        const=0.9,
        default=0.0,
        metavar="SHARE",
        help="as many epochs again, in which this share of the weights goes (0.9 where none is named)",
    )
    train.add_argument(
        "--clusterable-init", action="store_true", help="begin with ten modules in the weights"
    )
    length = train.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_number, metavar="N", help="(20; of a task 2000)")
    length.add_argument("--untrained", action="store_true", help="only measure the random start")
    train.add_argument(
        "--measure-every", type=_number, default=0, metavar="N", help="n-cut every N epochs, in log.csv"
    )
    train.add_argument(
        "--threads", type=_number, default=1, metavar="N", help="of PyTorch (1); changes last digits"
    )
    train.add_argument("--data", dest="files", metavar="FOLDER", help="where Fashion-MNIST's files are")
    train.add_argument(
        "--out", metavar="FOLDER", help="the run folder (default: runs/<data>-<pressures>-seed<n>)"
    )
    train.set_defaults(act=act_train)


def _add_measure(commands: Any) -> None:
    measure = commands.add_parser(
        "measure",
        help="everything about one network: Q with its nulls, motifs, decomposition, hierarchy",
        description="Measure networks: a run's folder or best.json; GraphML, GML, GEXF, Pajek .net, Matrix Market, "
        ".npy, .npz, .mat, node-link JSON; text that holds an adjacency matrix or one connection per line (source, "
        "target, perhaps weight; KONECT, Gephi).",
    )
    measure.add_argument("files", metavar="FILE", nargs="*")
    output = measure.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument(
        "--csv", action="store_true", help="print a table: rows per file, method, subgraph"
    )
    direction = measure.add_mutually_exclusive_group()
    direction.add_argument(
        "--directed", action="store_const", const=True, dest="directed", help="default: as the data is"
    )
    direction.add_argument("--undirected", action="store_const", const=False, dest="directed")
    measure.add_argument(
        "--weight",
        nargs="?",
        const="weight",
        metavar="NAME",
        help="use weights, those of an attribute (weight); default: connections count as 1",
    )
    measure.add_argument(
        "--signed",
        nargs="?",
        const="rubinov2011",
        metavar="HOW",
        help="what negative weights do: rubinov2011 (if not said) or gomez2009",
    )
    measure.add_argument(
        "--resolution", type=float, default=1.0, metavar="R", help="larger: smaller modules (1)"
    )
    measure.add_argument(
        "--modules", metavar="FILE", help="measure these modules too: a line node,module for every node"
    )
    measure.add_argument(
        "--null",
        default="degree-preserving",
        metavar="NAME",
        help="degree-preserving (default), milo2002, layered, erdos-renyi: what Q is compared with",
    )
    measure.add_argument(
        "--draws",
        type=_number,
        metavar="N",
        help="random networks of the null (1000; large networks 100)",
    )
    measure.add_argument(
        "--jobs", type=_workers, metavar="N", help="threads for nulls (default: all cores)"
    )
    measure.add_argument("--seed", type=_seed, help="of the nulls (1)")
    measure.add_argument(
        "--task", metavar="NAME", help="whose subgoals are looked for (default: the network's own)"
    )
    measure.add_argument("--picture", metavar="FILE", help="draw the modules of all: .svg, .png or .pdf")
    measure.set_defaults(act=act_measure, directed=None)


def _add_figure(commands: Any) -> None:
    figure = commands.add_parser(
        "figure",
        help="draw a paper's figure; without a name, list them",
        description="Draw a figure of a paper from a study's tables: one of your own, or the committed ones.",
    )
    figure.add_argument(
        "name", nargs="?", help="such as clune2013-fig2, or a script of your own such as ./mine/fig1.py"
    )
    where = figure.add_mutually_exclusive_group()
    where.add_argument("--study", metavar="FOLDER", type=Path, help="the folder of a study")
    where.add_argument(
        "--quick", action="store_true", help="run a small study first (minutes), then draw"
    )
    figure.add_argument("--out", metavar="PNG", type=Path, help="default: <name>.png")
    figure.add_argument(
        "--jobs", type=_workers, metavar="N", help="worker processes (default: all cores)"
    )
    figure.set_defaults(act=act_figure)
    verify = commands.add_parser(
        "verify",
        help="every claim of every paper tested on its tables; exits with 1 where a committed verdict is not reproduced",
    )
    verify.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="of a paper of your own: its claims.py against its studies (default: all papers)",
    )
    verify.add_argument(
        "--quick", action="store_true", help="by small studies that are run now (minutes)"
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.add_argument(
        "--jobs", type=_workers, metavar="N", help="worker processes (default: all cores)"
    )
    verify.set_defaults(act=act_verify)


def _shard(text: str) -> tuple[int, int]:
    part, _, whole = text.partition("/")
    if not (part.isdigit() and whole.isdigit() and 1 <= int(part) <= int(whole)):
        raise argparse.ArgumentTypeError(f"wanted i/n with 1 <= i <= n, such as 3/40, got '{text}'")
    return int(part), int(whole)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("evomod")
    except PackageNotFoundError:
        return "of a source checkout, not installed"


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 0, got '{text}'")
    return value


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"wanted a whole number, got '{text}'") from None


def _workers(text: str) -> int:
    number = _number(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"wanted one worker or more, got {number}")
    return number


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"wanted whole numbers such as 64,64,64, got '{text}'"
        ) from None


def _rate(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"wanted a number, got '{text}'") from None


class Output:
    """Standard output or standard error that says in an exception of its own that it cannot be written to."""

    def __init__(self, stream: Any, *, is_needed: bool) -> None:
        self.stream, self.is_needed = stream, is_needed
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a letter that it does not have stops nothing

    def write(self, text: str) -> int:
        with self._told():
            if self.stream is not None:  # it was closed before Python began
                self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._told():
            if self.stream is not None:
                self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Nobody hears what standard error cannot say; what standard output cannot say was asked for."""
        try:
            yield
        except BrokenPipeError:
            if self.is_needed:
                raise
        except (OSError, ValueError) as error:  # a closed file is a ValueError
            if self.is_needed:
                raise OutputError(getattr(error, "strerror", None) or str(error)) from None


class OutputError(Exception):
    """What the system says of standard output."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; a user's mistake is one sentence on stderr and exit code 2."""
    _look_for_garbage_less()
    output, error = Output(sys.stdout, is_needed=True), Output(sys.stderr, is_needed=False)
    with redirect_stdout(cast(Any, output)), redirect_stderr(cast(Any, error)), _stops_unraised():
        try:
            return _ended(arguments)
        except KeyboardInterrupt:  # a second one, while the first was told
            return 130


def _look_for_garbage_less() -> None:
    """Nearly all objects that imports make stay; looking through them takes 0.1 s, and at the end another 0.3 s."""
    gc.set_threshold(10_000)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


@contextmanager
def _stops_unraised() -> Iterator[None]:
    """A second Ctrl-C that meets a ``__del__``, from which nothing is raised, is passed over without a traceback."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda found: None if found.exc_type is KeyboardInterrupt else before(found)
    try:
        yield
    finally:
        sys.unraisablehook = before


def _ended(arguments: Sequence[str] | None) -> int:
    """The exit code of a command, with what becomes of its mistakes."""
    try:
        words = sys.argv[1:] if arguments is None else arguments
        _check_text(words)
        top = parser()
        check_words(top, words)
        given = top.parse_args(arguments)
        act: Callable[[argparse.Namespace], int] = given.act
        _check_here()
        with saying(given):
            code = act(given)
            sys.stdout.flush()
        return code
    except Interrupted as stop:
        return _said(f"\nevomod: {stop}", 128 + stop.signal_number)
    except EvomodError as error:
        return _said(f"evomod: {error}", 2)
    except KeyboardInterrupt:
        return _said("\nevomod: stopped.", 130)
    except BrokenPipeError:
        _forget_output()
        return 1
    except OutputError as error:
        _forget_output()
        return _said(f"evomod: standard output cannot be written to: {error}. What was made is kept.", 2)
    except OSError as error:
        name = error.filename if error.filename is not None else "a file"
        return _said(f"evomod: {shortened(name)}: {error.strerror or error}.", 2)
    except MemoryError:
        return _said("evomod: there is not enough memory for this.", 2)
    except Exception as error:
        if not _was_stopped(error):
            raise
        return _said("\nevomod: stopped.", 130)


def _was_stopped(error: Exception) -> bool:
    """Whether Ctrl-C met code of ours that pydantic called, which makes an error of its own of it (its serializer does)."""
    return type(error).__name__ == "PydanticSerializationError" and "KeyboardInterrupt" in str(error)


def check_words(top: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Raise `EvomodError` for a command or a long option that does not exist, with the nearest that does."""
    commands = commands_of(top)
    name = next(iter(arguments), "-")
    if name.startswith("-"):
        return
    if name not in commands:
        raise EvomodError(
            f"there is no command {shown(name)}; {nearest(name, commands)}`evomod --help` lists all."
        )
    known = options_of(commands[name])
    for word in arguments[1:]:
        option = word.partition("=")[0]
        if word == "--":
            return
        if option.startswith("--") and not any(one.startswith(option) for one in known):
            advice = _value_meant(option, word) if "--set" in known else ""
            close = nearest(option[2:], [one[2:] for one in known])  # dashes make any two alike
            advice = advice or close.replace(" '", " '--", 1)
            raise EvomodError(
                f"evomod {name} has no option {shown(option)}; {advice}`evomod {name} --help` lists all."
            )


def _value_meant(option: str, word: str) -> str:
    """How to give the config value of an option's name, where there is one."""
    from evomod.config import homes_of

    homes = homes_of(option[2:].replace("-", "_"))
    value = word.partition("=")[2] or "…"
    return f"a value of the config is given as `--set {homes[0]}={value}`. " if homes else ""


def _said(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _check_text(arguments: Sequence[str]) -> None:
    """Names of files may be any bytes, what configs and manifests hold may not."""
    for word in arguments:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise EvomodError(
                f"the argument {shown(word)} is not UTF-8 text; rename the file or folder."
            ) from None


def _check_here() -> None:
    try:
        Path.cwd()
    except FileNotFoundError:
        raise EvomodError(
            "the folder that this command was called in is gone; change into another one."
        ) from None


def _forget_output() -> None:
    """Python would write at its end what is left, and fail again."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
