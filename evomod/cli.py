"""The command ``evomod``. Everything heavy is imported by the subcommand that needs it."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, Interrupted

MOST_SHOWN, MOST_TOLD = 12, 4
"""Goals of a task that are listed, and of which the best's fitness is told."""
MOST_WIDE = 28
"""Letters of a goal's name in a table."""


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
        help="connection-cost[:probability=0.25,measure=wiring-length], behavioural-diversity, l1, l2 "
        "(these but diversity take penalty=NUMBER in place of probability), pruning[:every=100,fraction=0.1,"
        "by=weight], dropout[:rate=0.1,draws=8], goal-switching[:period=20], connection-range:fewest=N,most=N; "
        "may be given several times",
    )
    evolve.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="override a config value"
    )
    evolve.add_argument(
        "--out", metavar="FOLDER", help="the run folder (default: runs/<task>-<pressures>-seed<n>)"
    )
    evolve.add_argument("--show-config", action="store_true", help="print the resolved config and stop")
    evolve.set_defaults(act=act_evolve)
    _add_study(commands)
    _add_train(commands)
    _add_measure(commands)
    _add_figure(commands)
    tasks = commands.add_parser("tasks", help="list every task found, with its goals and its file")
    tasks.set_defaults(act=act_tasks)
    plot = commands.add_parser("plot", help="draw a run: its curves and its best network")
    plot.add_argument("folders", nargs="+", metavar="FOLDER", help="a run folder")
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
    transfer.add_argument("--json", action="store_true", help="print JSON")
    transfer.add_argument("--out", metavar="FILE", help="write one row a repeat into a new CSV table")
    transfer.set_defaults(act=act_transfer)
    bench = commands.add_parser("bench", help="measure milliseconds a generation, beside DEAP")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.set_defaults(act=act_bench)
    warmup = commands.add_parser("warmup", help="compile every kernel once")
    warmup.set_defaults(act=act_warmup)
    return top


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
        "--jobs", type=_number, metavar="N", help="worker processes (default: one a core)"
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
        description="Measure a network: a run's folder or best.json, GraphML, GML, an edge list "
        "(source,target[,weight]), node-link JSON, or a .npy adjacency.",
    )
    measure.add_argument("file", metavar="FILE")
    measure.add_argument("--json", action="store_true", help="print JSON")
    measure.add_argument(
        "--weight",
        metavar="NAME",
        help="the attribute that holds weights (default: connections count as 1)",
    )
    measure.add_argument(
        "--null",
        default="degree-preserving",
        metavar="NAME",
        help="degree-preserving (default), layered, erdos-renyi: what Q is compared with",
    )
    measure.add_argument(
        "--draws", type=_number, default=1000, metavar="N", help="random networks of the null (1000)"
    )
    measure.add_argument("--seed", type=_seed, help="of the nulls (1)")
    measure.add_argument(
        "--task", metavar="NAME", help="whose subgoals are looked for (default: the network's own)"
    )
    measure.set_defaults(act=act_measure)


def _add_figure(commands: Any) -> None:
    figure = commands.add_parser(
        "figure",
        help="draw a paper's figure; without a name, list them",
        description="Draw a figure of a paper from a study's tables: one of your own, or the committed ones.",
    )
    figure.add_argument("name", nargs="?", help="such as clune2013-fig2")
    where = figure.add_mutually_exclusive_group()
    where.add_argument("--study", metavar="FOLDER", type=Path, help="the folder of a study")
    where.add_argument(
        "--quick", action="store_true", help="run a small study first (minutes), then draw"
    )
    figure.add_argument("--out", metavar="PNG", type=Path, help="default: <name>.png")
    figure.add_argument(
        "--jobs", type=_number, metavar="N", help="worker processes (default: all cores)"
    )
    figure.set_defaults(act=act_figure)
    verify = commands.add_parser(
        "verify", help="every claim of every paper: holds, fails, or cannot tell, with numbers"
    )
    verify.add_argument(
        "--quick", action="store_true", help="by small studies that are run now (minutes)"
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.add_argument(
        "--jobs", type=_number, metavar="N", help="worker processes (default: all cores)"
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


def act_train(given: argparse.Namespace) -> int:
    from evomod.training_config import TrainingConfig, checked

    config = checked(
        TrainingConfig(
            data=given.data,
            goal=given.goal,
            hidden=given.hidden,
            dropout=given.dropout,
            l1=given.l1,
            l2=given.l2,
            prune=given.prune,
            clusterable_init=given.clusterable_init,
            epochs=0 if given.untrained else given.epochs,
            measure_every=given.measure_every,
            threads=given.threads,
        )
    )
    from evomod.training_run import describe_training, run_training

    print(describe_training(run_training(config, given.seed, given.out, folder=given.files)))
    return 0


def act_tasks(given: argparse.Namespace) -> int:
    from evomod.task import find_tasks

    tasks, problems = find_tasks()
    for task in tasks.values():
        outputs = f"{task.n_outputs} output{'s' if task.n_outputs > 1 else ''}"
        print(f"{task.name}: {task.description}")
        print(f"  inputs    {', '.join(task.inputs)} ({len(task.inputs)}), {outputs}")
        print(f"  subgoals  {', '.join(task.subgoals)}")
        for goal, table in list(task.tables.items())[:MOST_SHOWN]:
            share = f"yes to {int(table.sum())} of {table.size} answers"
            print(f"  goal      {goal} ({share})")
        if len(task.tables) > MOST_SHOWN:
            print(f"  …         and {len(task.tables) - MOST_SHOWN} goals more")
        print(f"  file      {task.path}\n")
    for problem in problems:
        print(f"evomod: {problem}", file=sys.stderr)
    return 1 if problems else 0


def act_evolve(given: argparse.Namespace) -> int:
    if (given.what is None) == (given.resume is None):
        raise EvomodError(
            "evolve wants a task or a config, or --resume with a run folder; for example "
            "`evomod evolve retina --seed 1`."
        )
    if given.resume is not None:
        return _resume(given)
    config = _config(given)
    from evomod.config import dump_config

    if given.show_config:
        print(dump_config(_prepared(config).config), end="")
        return 0
    from evomod.runs import run
    from evomod.warmup import announce

    announce(config.network.encoding)
    return _tell(run(config, given.seed, given.out))


def _config(given: argparse.Namespace) -> Any:
    """The config of a task or a file, with everything that the command line changes."""
    from evomod.config import Config, apply_pressures, apply_settings, read_config

    path = Path(given.what)
    if path.suffix == ".toml":
        data = read_config(path)
    else:
        data = {"task": {"name": given.what}}
    _apply_goals(data, given)
    return Config(**apply_settings(apply_pressures(data, given.pressure), given.set))


def _apply_goals(data: dict[str, Any], given: argparse.Namespace) -> None:
    """Put ``--goal``, ``--goals`` and ``--switch-every`` into config data."""
    if given.goal is not None and given.goals is not None:
        raise EvomodError("give --goal with one goal, or --goals with several, not both.")
    goals = [name.strip() for name in (given.goals or given.goal or "").split(",") if name.strip()]
    if given.goals is not None and not goals:
        raise EvomodError("--goals wants names of goals, such as --goals xor-and-xor,xor-or-xor.")
    task = data.get("task", {})
    if not isinstance(task, str | dict) or not isinstance(data.get("schedule", {}), dict):
        raise EvomodError("task: wanted a name or a section, [task]; schedule: wanted a section.")
    schedule = dict(data.get("schedule", {}))
    if goals:
        section = {"name": task} if isinstance(task, str) else dict(task)
        kept = {key: value for key, value in section.items() if key != "goal"}
        data["task"] = kept | ({"goal": goals[0]} if len(goals) == 1 else {})
        schedule_before = schedule
        data["schedule"] = schedule = {"kind": "fixed"}
        if len(goals) > 1:
            kept = {
                key: schedule_before[key] for key in ("period", "probability") if key in schedule_before
            }
            data["schedule"] = schedule = {"kind": "modular", "goals": goals} | kept
    if given.switch_every is not None:
        if schedule.get("kind", "fixed") == "fixed":
            raise EvomodError(
                "--switch-every wants goals to switch between: --goals with two or more, or a config with "
                "a [schedule]."
            )
        data["schedule"] = schedule | {"period": given.switch_every}


def _prepared(config: Any) -> Any:
    from evomod.evolution import prepare

    return prepare(config)


def _resume(given: argparse.Namespace) -> int:
    refused = {"--seed": given.seed, "--goal": given.goal, "--goals": given.goals, "--out": given.out}
    refused["--switch-every"] = given.switch_every
    refused["--pressure"] = given.pressure or None
    named = [name for name, value in refused.items() if value is not None]
    if named:
        raise EvomodError(f"{named[0]} would make it another run; --resume goes on with the same one.")
    from evomod.runs import load_run, resume
    from evomod.warmup import announce

    if given.show_config:
        print((load_run(given.resume).folder / "config.toml").read_text(encoding="utf-8"), end="")
        return 0
    announce(load_run(given.resume).config.network.encoding)
    return _tell(resume(given.resume, given.set))


def _tell(run: Any) -> int:
    """Say in a line what came out, and where it is."""
    from evomod.measuring import null_note

    about = run.best.about
    fitness = list(about["fitness"].items())
    fitness = sorted(fitness, key=lambda pair: pair[0] != about["goal"])[:MOST_TOLD]
    print(f"{run.folder}: generation {about['generation']}, goal {about['goal']}")
    print("  fitness of the best  ", ", ".join(f"{goal} {value:.4f}" for goal, value in fitness))
    if about["goal"] == "neutral":
        print(
            "                        the last epoch was neutral: this network is any of the population"
        )
    end = run.config.evolution
    if end.stop in ("solved", "all-solved"):
        is_early = about["generation"] < end.generations
        print(
            "  stop rule            ", f"{end.stop}, {'met' if is_early else 'not met before the end'}"
        )
    print(
        f"  Q ({about['q_method']})         {about['q_score']:.3f} in {about['modules']} modules, "
        f"connection cost {about['connection_cost']:.1f}"
    )
    print(f"  Q of random networks  {null_note(run.best, about['q_method'])}")
    print(f"  pictures              evomod plot {run.folder}")
    return 0


def act_study(given: argparse.Namespace) -> int:
    from evomod.study import load_definition
    from evomod.study_run import run_study
    from evomod.study_tables import described, parquet_library, write_parquet

    if given.parquet:
        parquet_library()  # refused now, not after hours
    what = Path(given.what)
    if what.is_dir() and given.out is not None:
        raise EvomodError(f"{what} is a folder, which goes on where it is; --out wants a study's TOML.")
    path = what / "study.toml" if what.is_dir() else what
    study = load_definition(path, given.set, given.replicates)
    out = what if what.is_dir() else given.out or Path("studies") / study.name
    found = run_study(study, out, jobs=given.jobs, dask=given.dask, shard=given.shard)
    if given.shard is not None:
        print(f"{found.folder}: this shard is done; `evomod study {found.folder}` writes the tables.")
        return 1 if found.failures else 0
    paths = [found.folder / "summary.csv", found.folder / "curves.csv"]
    paths += write_parquet(found.folder) if given.parquet else []
    print(f"{found.folder}: {described(found)}")
    print("  tables ", ", ".join(map(str, paths)))
    if found.failures:
        print(
            f"evomod: {len(found.failures)} runs failed, see {found.folder / 'failures.json'}; "
            f"`evomod study {found.folder}` tries them again.",
            file=sys.stderr,
        )
    return 1 if found.failures else 0


def act_status(given: argparse.Namespace) -> int:
    from evomod.study_folder import STATES, status_of
    from evomod.study_tables import described, load_study, write_tables

    found = load_study(given.folder)
    status = status_of(found.study, found.folder)
    print(f"{found.folder}: study '{found.study.name}', {found.study.replicates} replicates")
    for name, states in status.states.items():
        print(f"  {name:24}", ", ".join(f"{states[w]} {w}" for w in STATES if states.get(w)))
    totals = {word: sum(states.get(word, 0) for states in status.states.values()) for word in STATES}
    if totals["done"] == sum(totals.values()):
        write_tables(found.folder)
        print(described(found))
    elif status.seconds_left is None:
        print("  time left               not known before the first run is done")
    else:
        at_once = f", {max(1, totals['running'])} at once"
        print(f"  time left               about {_duration(status.seconds_left)}{at_once}")
    return 0


def act_figure(given: argparse.Namespace) -> int:
    from evomod.figures import draw_figure, listed

    if given.name is None:
        print(listed())
        return 0
    path, folder = draw_figure(
        given.name, given.out, study=given.study, quick=given.quick, jobs=given.jobs
    )
    print(f"{path}: drawn from {folder}")
    return 0


def act_measure(given: argparse.Namespace) -> int:
    from evomod.measures.files import read_graph
    from evomod.measuring import measure_network, report
    from evomod.task import load_task, read_task

    graph, kept = read_graph(given.file), Path(given.file) / "task.py"
    task = None if given.task is None else load_task(given.task)
    if task is None and kept.is_file():  # a run keeps its task; elsewhere the name may be another's
        task = read_task(kept)

    told = measure_network(
        graph,
        weight=given.weight,
        null=given.null,
        draws=given.draws,
        seed=1 if given.seed is None else given.seed,
        task=task,
    )
    print(_strict_json(told) if given.json else report(given.file, told))
    return 0


def _strict_json(data: Any) -> str:
    """JSON in which what is no number is null: NaN is no JSON."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(v) for key, v in value.items()}
        if isinstance(value, list):
            return [clean(v) for v in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(clean(data), indent=2)


def act_verify(given: argparse.Namespace) -> int:
    from evomod.claims import counted
    from evomod.verification import as_data, told, verify

    found = verify(quick=given.quick, jobs=given.jobs)
    print(json.dumps(as_data(found), indent=2) if given.json else told(found))
    print(f"{len(found)} claims: {counted(found)}.", file=sys.stderr)
    return 0


def _duration(seconds: float) -> str:
    """Seconds in a unit that people use.

    >>> _duration(50), _duration(5000), _duration(500_000)
    ('1 min', '1.4 h', '5.8 days')
    """
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def act_plot(given: argparse.Namespace) -> int:
    from evomod.plotting import draw_run

    for folder in given.folders:
        for path in draw_run(folder):
            print(path)
    return 0


def act_transfer(given: argparse.Namespace) -> int:
    from evomod.transfers import CAP, adapt, as_data, csv_of, targets, winner
    from evomod.warmup import announce

    out = _new_table(given.out)
    found = winner(given.folder)
    cap = CAP if given.generations is None else given.generations
    names = None if given.to is None else [name.strip() for name in given.to.split(",")]
    goals = targets(found, names, given.seed)
    if given.repeats < 1 or cap < 0:
        raise EvomodError("--repeats wants a number from 1, --generations one from 0.")
    announce(found.config.network.encoding)
    width = min(max(len(target.goal) for target in goals), MOST_WIDE)
    if not given.json:
        print(_told_of_winner(given, found, cap))
        print(f"  {'goal':{width}}  {'relation':14}  zero-shot  generations, median [quartiles]  solved")
    done = []
    for target in goals:
        if not given.json:
            name = target.goal if len(target.goal) <= width else target.goal[: width - 1] + "…"
            head = f"  {name:{width}}  {target.relation:14}  {target.zero_shot:9.4f}  "
            print(head, end="", flush=True)
        done.append(adapt(found, target, given.repeats, given.seed, cap))
        if not given.json:
            print(_told_of_generations(done[-1]))
    if given.json:
        fitness = found.fitness if found.goal else None
        about = {"run": given.folder, "goal": found.goal or None, "fitness": fitness, "seed": given.seed}
        print(json.dumps(about | {"goals": [as_data(one) for one in done]}, indent=2))
    if out is not None:
        _write_table(out, csv_of(done))
    return 0


def _told_of_winner(given: argparse.Namespace, found: Any, cap: int) -> str:
    """A line about the network that is copied, and one more if it does not solve its own goal."""
    about = f"evolved for {found.goal}, fitness {found.fitness:.4f}" if found.goal else "of no goal here"
    text = f"{given.folder}: best network, {about}; {given.repeats} repeats, at most {cap} generations"
    if found.goal and found.fitness < found.config.evolution.solved_at:
        text += (
            "\n  it does not solve its own goal on all patterns: the papers start from networks that do"
        )
    return text


def _told_of_generations(one: Any) -> str:
    low, median, high = (
        f"{value:.0f}" if value < float("inf") else f"> {one.cap}"
        for value in map(one.quantile, (0.25, 0.5, 0.75))
    )
    return f"{f'{median} [{low} to {high}]':31}  {one.n_solved}/{len(one.generations)}"


def _new_table(name: str | None) -> Path | None:
    """The path of ``--out``; refuses, before anything is computed, one that cannot be written."""
    if name is None:
        return None
    path = Path(name)
    if path.exists():
        raise EvomodError(f"{path} exists; give another file with --out.")
    _write_table(path, "")
    path.unlink()
    return path


def _write_table(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvomodError(f"cannot write {path}: {error.strerror or error}.") from None


def act_bench(given: argparse.Namespace) -> int:
    from evomod import bench_modularity, bench_n_cut
    from evomod.bench import WORKLOADS, measure, report
    from evomod.warmup import compile_all

    compile_all()
    results = {name: measure(name) for name in WORKLOADS}
    cut, which_q = bench_n_cut.measure_n_cut(), bench_modularity.which_q()
    if given.json:
        print(json.dumps(results | {"n-cut": cut, "which-q": which_q}, indent=2))
    else:
        print(report(results), bench_n_cut.report(cut), bench_modularity.report(which_q), sep="\n\n")
    return 0


def act_warmup(given: argparse.Namespace) -> int:
    from evomod.warmup import announce, compile_all

    announce()
    print(f"all kernels are ready ({compile_all():.1f} s).")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; a user's mistake is one sentence on stderr and exit code 2."""
    given = parser().parse_args(arguments)
    act: Callable[[argparse.Namespace], int] = given.act
    try:
        return act(given)
    except Interrupted as stop:
        print(f"\nevomod: {stop}", file=sys.stderr)
        return 128 + stop.signal_number
    except EvomodError as error:
        print(f"evomod: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nevomod: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
