"""What the subcommands of ``evomod`` do. Everything heavy is imported by the subcommand that needs it."""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any, Self

from evomod.errors import EvomodError

MOST_SHOWN, MOST_TOLD = 12, 4
"""Goals of a task that are listed, and of which the best's fitness is told."""
MOST_WIDE = 28
"""Letters of a goal's name in a table."""


def act_train(given: argparse.Namespace) -> int:
    from evomod.gradient.config import TrainingConfig, checked

    config = checked(
        TrainingConfig(
            data=given.data,
            goal=given.goal,
            hidden=given.hidden,
            dropout=given.dropout,
            l1=given.l1,
            l2=given.l2,
            wiring=given.wiring,
            swap_every=given.swap_every,
            clusterability=given.clusterability,
            prune=given.prune,
            clusterable_init=given.clusterable_init,
            epochs=0 if given.untrained else given.epochs,
            measure_every=given.measure_every,
            threads=given.threads,
        )
    )
    from evomod.gradient.run import describe_training, run_training

    print(describe_training(run_training(config, given.seed, given.out, folder=given.files)))
    return 0


def act_tasks(given: argparse.Namespace) -> int:
    from evomod.task import counted_answers, find_tasks, is_constant

    tasks, problems = find_tasks()
    for task in tasks.values():
        outputs = f"{task.n_outputs} output{'s' if task.n_outputs > 1 else ''}"
        print(f"{task.name}: {task.description}")
        print(f"  inputs    {', '.join(task.inputs)} ({len(task.inputs)}), {outputs}")
        print(f"  subgoals  {', '.join(task.subgoals)}")
        for goal, table in list(task.tables.items())[:MOST_SHOWN]:
            n = int(counted_answers(task, goal).sum())
            share = f"yes to {int((table & counted_answers(task, goal)).sum())} of {n} answers"
            constant = "; no output depends on an input" if is_constant(task, goal) else ""
            print(f"  goal      {goal} ({share}{constant})")
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
    if given.trust:
        raise EvomodError("--trust belongs to --resume: a task that you name is executed anyway.")
    config = _config(given)
    from evomod.config import dump_config

    if given.show_config:
        print(dump_config(_prepared(config).config), end="")
        return 0
    from evomod.runs.run import run
    from evomod.runs.warmup import announce

    announce(config.network.encoding)
    return _tell(run(config, given.seed, given.out))


def _config(given: argparse.Namespace) -> Any:
    """The config of a task or a file, with everything that the command line changes."""
    from evomod.config import Config, apply_pressures
    from evomod.files.configs import apply_settings, read_config

    path = Path(given.what)
    if (path / "manifest.json").is_file():
        raise EvomodError(
            f"{given.what} is a run folder; `evomod evolve --resume {quote(given.what)}` continues it."
        )
    if path.suffix == ".toml":
        data = read_config(path)
        if "treatments" in data:
            raise EvomodError(
                f"{given.what} defines a study; `evomod study {quote(given.what)}` runs it."
            )
    else:
        data = {"task": {"name": given.what}}
    _apply_goals(data, given)
    return Config(**apply_settings(apply_pressures(data, given.pressure), given.set))


def _apply_goals(data: dict[str, Any], given: argparse.Namespace) -> None:
    """Put ``--goal``, ``--goals`` and ``--switch-every`` into config data."""
    from evomod.sections import changes_goals

    if given.goal is not None and given.goals is not None:
        raise EvomodError("give --goal with one goal, or --goals with several, not both.")
    goals = [name.strip() for name in (given.goals or given.goal or "").split(",") if name.strip()]
    if given.goals is not None and not goals:
        raise EvomodError("--goals wants names of goals, such as --goals xor-and-xor,xor-or-xor.")
    is_switching = any(text.partition(":")[0].strip() == "goal-switching" for text in given.pressure)
    if is_switching and given.goals is not None and len(goals) == 1:
        raise EvomodError(
            f"--goals names {goals[0]} alone, and goal-switching wants two or more; with --goal {goals[0]} it "
            "switches between this goal and all that share subgoals with it."
        )
    task = data.get("task", {})
    if not isinstance(task, str | dict) or not isinstance(data.get("schedule", {}), dict):
        raise EvomodError("task: wanted a name or a section, [task]; schedule: wanted a section.")
    schedule = dict(data.get("schedule", {}))
    if goals:
        section = {"name": task} if isinstance(task, str) else dict(task)
        kept = {key: value for key, value in section.items() if key != "goal"}
        data["task"] = kept | ({"goal": goals[0]} if len(goals) == 1 else {})
        kept = {key: schedule[key] for key in ("period", "probability") if key in schedule}
        data["schedule"] = schedule = {"kind": "modular", "goals": goals} | kept if goals[1:] else {}
    if given.switch_every is not None:
        if not changes_goals(schedule):
            raise EvomodError(
                "--switch-every wants goals to switch between: --goals with two or more, or a config with "
                "a [schedule]; with --pressure it is goal-switching:period=N."
            )
        data["schedule"] = schedule | {"period": given.switch_every}


def _prepared(config: Any) -> Any:
    from evomod.evolution.setup import prepare

    return prepare(config)


def _resume(given: argparse.Namespace) -> int:
    refused = {"--seed": given.seed, "--goal": given.goal, "--goals": given.goals, "--out": given.out}
    refused["--switch-every"] = given.switch_every
    refused["--pressure"] = given.pressure or None
    named = [name for name, value in refused.items() if value is not None]
    if named:
        raise EvomodError(f"{named[0]} would make it another run; --resume continues the same one.")
    from evomod.runs.run import load_run, resume
    from evomod.runs.warmup import announce

    if given.show_config:
        print((load_run(given.resume).folder / "config.toml").read_text(encoding="utf-8"), end="")
        return 0
    announce(load_run(given.resume).config.network.encoding)
    return _tell(resume(given.resume, given.set, trust=given.trust))


def _tell(run: Any) -> int:
    """Say in a line what came out, and where it is."""
    from evomod.measures.report import null_note

    about = run.best.about
    rewarded = (about["goal"], *run.config.schedule.goals)
    fitness = sorted(about["fitness"].items(), key=lambda pair: pair[0] not in rewarded)
    fitness.sort(key=lambda pair: pair[0] != about["goal"])
    told = ", ".join(f"{goal} {value:.4f}" for goal, value in fitness[:MOST_TOLD])
    more = f", and {len(fitness) - MOST_TOLD} more" if len(fitness) > MOST_TOLD else ""
    print(f"{run.folder}: generation {about['generation']}, goal {about['goal']}")
    print("  fitness of the best  ", told + more)
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
        f"  Q ({about['q_method']})         {about['q_score']:.3f} in {about['modules']} module{'' if about['modules'] == 1 else 's'}, "
        f"connection cost {about['connection_cost']:.1f}"
    )
    print(f"  Q of random networks  {null_note(run.best, about['q_method'])}")
    print(f"  pictures              evomod plot {quote(str(run.folder))}")
    return 0


def act_study(given: argparse.Namespace) -> int:
    from evomod.files.disk import exists
    from evomod.files.folders import otherwise
    from evomod.studies.definition import load_definition
    from evomod.studies.run import run_study
    from evomod.studies.stated import STUDY_FORMAT
    from evomod.studies.tables import described, parquet_library, write_parquet

    if given.parquet:
        parquet_library()  # refused now, not after hours
    what = Path(given.what)
    is_folder = exists(what) and what.is_dir()
    if is_folder and given.out is not None:
        raise EvomodError(f"{what} is a folder, which goes on where it is; --out wants a study's TOML.")
    path = what / "study.toml" if is_folder else what
    if is_folder and not exists(path):
        raise EvomodError(f"there is no study in {what}: {otherwise(what, STUDY_FORMAT)}.")
    trust = given.trust or not is_folder
    study = load_definition(path, given.set, given.replicates, trust=trust)
    out = what if is_folder else given.out or Path("studies") / study.name
    found = run_study(study, out, jobs=given.jobs, dask=given.dask, shard=given.shard)
    if given.shard is not None:
        print(
            f"{found.folder}: this shard is done; `evomod study {quote(str(found.folder))}` writes the tables."
        )
        return 1 if found.failures else 0
    paths = [found.folder / "summary.csv", found.folder / "curves.csv"]
    paths += write_parquet(found.folder) if given.parquet else []
    print(f"{found.folder}: {described(found)}")
    print("  tables ", ", ".join(map(str, paths)))
    if found.failures:
        print(
            f"evomod: {len(found.failures)} runs failed, see {found.folder / 'failures.json'}; "
            f"`evomod study {quote(str(found.folder))}` tries them again.",
            file=sys.stderr,
        )
    return 1 if found.failures else 0


def act_status(given: argparse.Namespace) -> int:
    from evomod.files.disk import BusyError
    from evomod.files.provenance import check_version
    from evomod.studies.folder import STATES, held, status_of
    from evomod.studies.tables import described, holds_tables, load_study, write_tables

    found = load_study(given.folder)
    status = status_of(found.study, found.folder)
    number = found.study.replicates
    print(f"{found.folder}: study '{found.study.name}', {number} replicate{'' if number == 1 else 's'}")
    for name, states in status.states.items():
        print(f"  {name:24}", ", ".join(f"{states[w]} {w}" for w in STATES if states.get(w)))
    if status.running:
        told = [f"{place} {share:.0%}" for place, share in list(status.running.items())[:MOST_TOLD]]
        more = len(status.running) - len(told)
        print("  runs now               ", ", ".join(told) + (f" and {more} more" if more else ""))
    totals = {word: sum(states.get(word, 0) for states in status.states.values()) for word in STATES}
    if totals["done"] == sum(totals.values()):
        check_version(found.folder, found.manifest)  # before anything is written
        if holds_tables(found, status.ended):
            pass
        elif os.access(found.folder, os.W_OK) or not (found.folder / "summary.csv").exists():
            try:
                with held(found.folder, shared=False):  # shards leave the tables to the first who asks
                    write_tables(found.folder)
            except BusyError:
                print("  tables                  another process measures the last runs, or writes them")
                return 0
        else:
            print(
                f"{found.folder} cannot be written to: its tables are shown as they are.",
                file=sys.stderr,
            )
        print(described(found))
    elif status.seconds_left is None:
        print("  time left               not known before the first run is done")
    else:
        at_once = f", {max(1, totals['running'])} at once"
        print(f"  time left               about {_duration(status.seconds_left)}{at_once}")
    return 0


def act_figure(given: argparse.Namespace) -> int:
    if given.name is None and (given.quick or given.study or given.out):
        raise EvomodError("which figure? `evomod figure` alone lists them.")
    if given.name is None:
        from evomod.papers.listing import listed

        print(listed())
        return 0
    from evomod.papers.figures import draw_figure

    path, folder = draw_figure(
        given.name,
        given.out,
        study=given.study,
        quick=given.quick,
        jobs=given.jobs,
        tell=partial(print, file=sys.stderr),
    )
    print(f"{path}: drawn from {folder}")
    return 0


def act_measure(given: argparse.Namespace) -> int:
    from evomod.cli.doctor import usable_cores
    from evomod.measures.files import read_graph, read_modules

    if not given.files:
        raise EvomodError(
            "measure which file? Write it before --weight and --signed, which take the word after them: "
            "evomod measure network.csv --weight"
        )
    if len(given.files) > 1 and given.modules:
        raise EvomodError("--modules is for one network; got several files.")
    wish = {
        name: getattr(given, name)
        for name in ("directed", "weight", "signed", "resolution", "null", "draws")
    }
    wish["jobs"] = usable_cores() if given.jobs is None else given.jobs  # their number changes nothing
    wish["seed"] = 1 if given.seed is None else given.seed
    wish["modules"] = None if given.modules is None else read_modules(given.modules)
    found: list[dict[str, Any]] = []
    with _Progress() as progress:
        graphs = []
        for name in given.files:
            progress.turn_to(name, "reading")
            graphs.append((name, read_graph(name)))
        if given.picture:
            from evomod.plots.modules import check_picture

            check_picture([graph for _, graph in graphs], given.picture)
        is_whole, refused = False, None
        try:
            is_whole = all(
                _measure_one(name, graph, given, wish, found, progress) for name, graph in graphs
            )
        except EvomodError as error:
            if not found:
                raise
            refused = error  # what is known of networks before it, or of this one, is told
    if not found:
        print("\nevomod: stopped before anything was known.", file=sys.stderr)
        return 130
    _print_measures(given, found)
    if given.picture and is_whole:
        from evomod.plots.modules import draw_modules

        parted = zip(graphs, found, strict=True)
        path = draw_modules(
            [(name, graph, _modules_drawn(told, wish["modules"])) for (name, graph), told in parted],
            given.picture,
        )
        print(f"{path}: drawn", file=sys.stderr)
    if refused is not None:
        print(f"evomod: {progress.name}: {refused}", file=sys.stderr)
        return 2
    return 0 if is_whole else 130


def _modules_drawn(told: dict[str, Any], given: dict[str, str] | None) -> dict[str, int]:
    """Numbers of the modules of a picture: those that the user brings, or those that were found."""
    if given is None:
        found: dict[str, int] = told["modules"]
        return found
    numbers = {label: k for k, label in enumerate(dict.fromkeys(given.values()))}
    return {node: numbers[label] for node, label in given.items()}


def _measure_one(
    name: str,
    graph: Any,
    given: argparse.Namespace,
    wish: dict[str, Any],
    found: list[dict[str, Any]],
    progress: _Progress,
) -> bool:
    """Add what becomes known of a network to ``found``; False where Ctrl-C ended it."""
    from evomod.measures.report import measure_parts
    from evomod.task import load_task

    task = None if given.task is None else load_task(given.task)
    if task is None:
        graph, task = _with_task(graph, Path(name) / "task.py")
    progress.turn_to(name, "Q of the network")
    at = len(found)
    try:
        for told in measure_parts(graph, task=task, tell=progress.tell, **wish):
            found[at:] = [{"file": name} | told]
    except KeyboardInterrupt:
        return False
    if found[at:] and found[at].get("task", ...) is None:
        print(
            f"evomod: {name}: the task of this network is not known, or none of those that come with evomod, so what "
            "its modules do is not measured: measuring executes no task file that you have not named with --task.",
            file=sys.stderr,
        )
    return True


class _Progress:
    """What is being done, on the terminal's second stream, once it takes longer than two seconds.

    A thread says it: searches and readers say nothing while they work.
    """

    def __init__(self) -> None:
        self.name, self.doing, self.begun, self.is_shown = "", "", time.monotonic(), False
        self.ended, self.thread = threading.Event(), threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        if self.is_shown and sys.stderr.isatty():
            print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)

    def turn_to(self, name: str, doing: str) -> None:
        self.name, self.doing = name, doing

    def tell(self, what: str, done: int, number: int) -> None:
        self.doing = f"{what}, {done} of {number}"

    def _run(self) -> None:
        while not self.ended.wait(0.5 if self.is_shown and sys.stderr.isatty() else 2.0):
            self.is_shown = True
            text = f"{self.name}: {self.doing} ({time.monotonic() - self.begun:.0f} s)"
            if sys.stderr.isatty():
                print(f"\r{text:<78}", end="", file=sys.stderr, flush=True)
            else:
                print(text, file=sys.stderr, flush=True)


def _print_measures(given: argparse.Namespace, found: list[dict[str, Any]]) -> None:
    from evomod.measures.report_text import CSV_COLUMNS, csv_rows, report

    if given.json:
        print(strict_json(found[0] if len(given.files) == 1 and found else found))
    elif given.csv:
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(CSV_COLUMNS)
        for told in found:
            table.writerows(csv_rows(told["file"], told))
    else:
        print("\n\n".join(report(told["file"], told) for told in found))


def _with_task(graph: Any, kept: Path) -> tuple[Any, Any]:
    """A network and its task; where a run keeps another task than evomod's, its name is of no use."""
    from evomod.network import Network

    if not isinstance(graph, Network) or not kept.is_file():
        return graph, None
    from evomod.trust import shipped_task

    task = shipped_task(kept)
    about = {key: value for key, value in graph.about.items() if key != "task"}
    return (graph, task) if task is not None else (replace(graph, about=about), None)


def strict_json(data: Any) -> str:
    """JSON in which what is no number is null: NaN is no JSON."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(v) for key, v in value.items()}
        if isinstance(value, list):
            return [clean(v) for v in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(clean(data), indent=2)


def act_verify(given: argparse.Namespace) -> int:
    from evomod.papers.claim_texts import counted
    from evomod.papers.verification import as_data, contradictions, missing, told, verify

    found = verify(
        folder=given.folder, quick=given.quick, jobs=given.jobs, tell=partial(print, file=sys.stderr)
    )
    print(
        json.dumps(as_data(found), indent=2) if given.json else told(found, says_why=bool(given.folder))
    )
    print(f"{len(found)} claim{'' if len(found) == 1 else 's'}: {counted(found)}.", file=sys.stderr)
    if given.quick or given.folder:
        return 0
    wrong = [
        *map(str, contradictions(found)),
        *(f"{text}: committed, but no claim" for text in missing(found)),
    ]
    for line in wrong:
        print(f"not reproduced: {line}", file=sys.stderr)
    if not wrong:
        print("All committed verdicts are reproduced.", file=sys.stderr)
    return 1 if wrong else 0


def _duration(seconds: float) -> str:
    """Seconds in a unit that people use.

    >>> _duration(50), _duration(5000), _duration(500_000)
    ('1 min', '1.4 h', '5.8 days')
    """
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def act_plot(given: argparse.Namespace) -> int:
    from evomod.gradient.pictures import draw_training, is_training
    from evomod.plots.runs import draw_run

    for folder in given.folders:
        for path in draw_training(folder) if is_training(folder) else draw_run(folder):
            print(path)
    return 0


def act_transfer(given: argparse.Namespace) -> int:
    from evomod.evolvability.transfers import CAP, adapt, as_data, csv_of, targets, winner
    from evomod.runs.warmup import announce

    out = _new_table(given.out)
    found = winner(given.folder, trust=given.trust)
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
    from evomod.bench import modularity as bench_modularity
    from evomod.bench import n_cut as bench_n_cut
    from evomod.bench.generation import measure_all, report
    from evomod.runs.warmup import compile_all

    compile_all()
    if given.modularity is not None:
        folder = Path(given.modularity) if given.modularity else None
        if folder is not None and not folder.is_dir():
            raise EvomodError(f"{folder} is not a folder of networks.")
        small, rows = bench_modularity.which_q(), bench_modularity.on_networks(folder)
        as_text = (bench_modularity.report(small), bench_modularity.report_networks(rows))
        text = json.dumps({"which-q": small, "networks": rows}, indent=2) if given.json else ""
        print(text or "\n\n".join(as_text))
        return 0
    results = measure_all()
    cut, which_q = bench_n_cut.measure_n_cut(), bench_modularity.which_q()
    if given.json:
        print(json.dumps(results | {"n-cut": cut, "which-q": which_q}, indent=2))
    else:
        print(report(results), bench_n_cut.report(cut), bench_modularity.report(which_q), sep="\n\n")
    return 0


def act_warmup(given: argparse.Namespace) -> int:
    from evomod.runs.warmup import announce, compile_all

    announce()
    print(f"all kernels are ready ({compile_all():.1f} s).")
    return 0
