"""The house: imports go down only, every dependency has one home, the light commands stay light."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numba
import numpy as np
import pytest
from numba.core.errors import TypingError

from evomod import sections
from evomod.encodings.collection import ENCODINGS
from evomod.evolution import schedules
from evomod.kernels import genes
from evomod.selections.collection import METHODS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "evomod"

ORDER = (
    "errors",
    "sections",
    "kernels",
    "files",
    "statistics",
    "effects",
    "contrasts",
    "verdicts",
    "network",
    "task",
    "encodings",
    "population",
    "trust",
    "pressures",
    "selections",
    "config",
    "evolution",
    "measures",
    "runs",
    "evolvability",
    "plots",
    "studies",
    "bench",
    "gradient",
    "papers",
    "report",
    "cli",
    "__main__",
)
"""In the order of imports: a package, or a module beside them, may import those before it."""

HOMES = {
    "numba": {"kernels"},
    "llvmlite": {"kernels"},
    "deap": {"evolution/operators", "bench/deap_reference", "bench/deap_vectorised"},
    "pydantic": {
        "sections",
        "config",
        "files/records",
        "files/plugins",
        "files/collection",
        "encodings",
        "pressures",
        "selections",
        "studies/definition",
    },
    "tomli_w": {"config"},
    "tqdm": {"plots/movie", "runs/run", "runs/replay", "studies/run", "studies/tables", "gradient/run"},
    "matplotlib": {"plots", "papers/figures", "report/comparing"},
    "PIL": {"plots/movie"},
    "onnx": {"report/exporting"},
    "networkx": {"network", "measures", "bench/modularity", "report/exporting"},
    "igraph": {"bench/modularity"},
    "leidenalg": {"bench/modularity"},
    "scipy": {"measures", "statistics", "effects"},
    "threadpoolctl": {"measures", "bench/generation", "bench/n_cut"},
    "sklearn": {"gradient/datasets", "bench/modularity", "bench/n_cut"},
    "torch": {"gradient/training"},
    "distributed": {"studies/cluster"},
    "dask_jobqueue": {"studies/cluster"},
    "pandas": {"files/frames"},
    "pyarrow": {"studies/tables", "report/exporting"},
    "polars": {"studies/tables"},
}
"""Packages and modules that may import a dependency: those of bench measure it, or measure with one thread."""

PAPERS = ("results", "scripts", "tasks")
"""Links to the folders beside the package: papers and tasks stand on top of everything."""


def modules():
    """Every file of the package, with its name: ``evolution.loop``; a package's own is ``evolution``."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in PAPERS and parts != ("__init__",):
            yield path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module in ("evomod", "evomod.kernels"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_go_down_only():
    wrong = []
    for path, module in modules():
        for name in imported(path):
            parts = name.split(".")
            room = module.split(".")[0]
            if parts[0] == "evomod" and len(parts) > 1 and ORDER.index(parts[1]) > ORDER.index(room):
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_no_circle_of_modules():
    """Within a package either: what a module imports as it is imported."""
    known = {module: path for path, module in modules()}
    graph = {}
    for module, path in known.items():
        tree = ast.parse(path.read_text()).body
        names = {
            name
            for node in tree
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("evomod")
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        }
        inside = {name.removeprefix("evomod.") for name in names}
        graph[module] = {name for name in inside & set(known) if not module.startswith(f"{name}.")} - {
            module
        }
    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_no_kernel_imports_another():
    """But for the two files whose text `compiled` takes into the names of numba's cache."""
    for path in (PACKAGE / "kernels").glob("*.py"):
        ours = {name for name in imported(path) if name.startswith("evomod")}
        shared = {"evomod.kernels", "evomod.kernels.vectors"}
        others = {f"evomod.kernels.{kernel.stem}" for kernel in path.parent.glob("*.py")} - shared
        assert not ours & others and all(name.startswith("evomod.kernels") for name in ours), path


def test_kernels_are_given_addresses_of_generators():
    """A kernel that is given a generator crashes where Ctrl-C comes while numba unpacks it."""
    for path in (PACKAGE / "kernels").glob("*.py"):
        assert path.name == "__init__.py" or "rng." not in path.read_text(), path.name
    low, high = np.zeros(1, np.int64), np.full(1, 2)
    if not numba.config.DISABLE_JIT:  # interpreted there is nothing to unpack
        with pytest.raises(TypingError):
            genes.birth(low, high, np.random.default_rng(1), np.zeros((1, 1), np.int8))


def test_every_dependency_has_one_home():
    for path, module in modules():
        places = {module.split(".")[0], module.replace(".", "/")}
        for name in imported(path):
            top = name.split(".")[0]
            if top in HOMES:
                assert places & HOMES[top], f"{module} imports {top}"
            else:
                assert top in {"evomod", "numpy"} | sys.stdlib_module_names, f"{module} imports {top}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["tasks"],
        ["evolve", "--help"],
        ["study", "--help"],
        ["status", "--help"],
        ["train", "--help"],
        ["figure"],
    ],
)
def test_light_commands_import_nothing_heavy(arguments):
    """`figure` alone lists the papers' figures, of which each would import numba, and most scipy and matplotlib."""
    text = (
        "import sys\n"
        "from evomod.cli.parser import main\n"
        "try:\n    code = main(sys.argv[1:])\nexcept SystemExit as stop:\n    code = stop.code\n"
        "heavy = {'numba', 'matplotlib', 'scipy', 'networkx', 'deap', 'torch', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else code)\n"
    )
    done = subprocess.run([sys.executable, "-c", text, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_public_name_stays_what_it_is_whatever_is_imported_first():
    """A submodule of the same name would take a function's place once it is imported."""
    text = (
        "import evomod, evomod.plots.runs, evomod.bench.generation, evomod.cli.parser\n"
        "evomod.load_run, evomod.Run, evomod.load_task, evomod.evolve\n"
        "assert callable(evomod.run) and callable(evomod.resume)\n"
        "assert all(not str(getattr(evomod, n)).startswith('<module') for n in evomod.__all__)\n"
    )
    subprocess.run([sys.executable, "-c", text], check=True)


def test_no_pickle_and_no_evaluation_of_data():
    for path, _ in modules():
        text = path.read_text()
        assert "import pickle" not in text and "allow_pickle=True" not in text and "eval(" not in text


def test_metadata_lives_in_setup_cfg_alone():
    assert "[project]" not in [
        line.strip() for line in (ROOT / "pyproject.toml").read_text().splitlines()
    ]


LOOP = ("evolution/loop.py", "evolution/evaluation.py")


def test_functions_of_the_loop_have_four_arguments_at_most_and_are_short():
    for name in LOOP:
        for node in ast.walk(ast.parse((PACKAGE / name).read_text())):
            if isinstance(node, ast.FunctionDef):
                given = [a.arg for a in node.args.posonlyargs + node.args.args if a.arg != "self"]
                lines = node.end_lineno - node.body[0].lineno
                assert len(given) <= 4 and lines <= 60, f"{name}: {node.name}{given}, {lines} lines"


KINDS = {
    "encoding": ({"layered-real", *ENCODINGS}, {"encodings", "bench"}),
    "method": ({*METHODS}, {"selections", "bench"}),
    "kind": ({*sections.SCHEDULES}, {"evolution.schedules", "pressures.goal_switching"}),
}
"""What a config names, all names, and who may ask for one: packages and modules of their own.

A program of the bench is written for given ones, and goal switching is the pressure that one kind of schedule is."""


@pytest.mark.parametrize("what", KINDS)
def test_no_module_asks_for_the_name_of_what_another_defines(what):
    """What some encodings, methods of selection and schedules have and others lack is a method, or an attribute."""
    names, homes = KINDS[what]
    for path, module in modules():
        if {module, module.split(".")[0]} & homes:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare | ast.Match):
                asked = node.left if isinstance(node, ast.Compare) else node.subject
                texts = {c.value for c in ast.walk(node) if isinstance(c, ast.Constant)} & names
                assert what not in ast.unparse(asked) or not texts, f"{module}, line {node.lineno}"


def test_no_module_asks_for_an_encodings_class():
    names = {"Layered", "Circuit", "Threshold", "Cppn"}
    for path, module in modules():
        if module.split(".")[0] in ("encodings", "bench"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
                asked = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
                assert not asked & names, f"{module}, line {node.lineno}"


def test_every_kind_of_schedule_is_defined_once():
    kinds = get_args(sections.ScheduleSection.model_fields["kind"].annotation)
    assert set(kinds) == set(sections.SCHEDULES) == set(schedules.SCHEDULES)
