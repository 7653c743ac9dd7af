"""The house: imports go down only, every dependency has one home, the light commands stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "evomod"

ORDER = (
    "errors",
    "disk",
    "readers",
    "records",
    "provenance",
    "plugins",
    "task",
    "trust",
    "sections",
    "kernels",
    "network",
    "encodings",
    "population",
    "pressures",
    "selection",
    "selections",
    "config",
    "goals",
    "operators",
    "starts",
    "preparation",
    "replaced",
    "evaluation",
    "evolution",
    "measures",
    "measuring",
    "tracking",
    "checkpoints",
    "runs",
    "row_tables",
    "run_measures",
    "run_rows",
    "transfers",
    "datasets",
    "training_config",
    "training",
    "training_run",
    "warmup",
    "study",
    "study_rows",
    "study_folder",
    "statistics",
    "study_networks",
    "study_tables",
    "engines",
    "cluster",
    "study_run",
    "bench_problem",
    "deap_reference",
    "numpy_evaluation",
    "numpy_reference",
    "deap_vectorised",
    "bench",
    "bench_modularity",
    "bench_n_cut",
    "circuit_layout",
    "plotting",
    "drawing_motifs",
    "drawing_modules",
    "plotting_studies",
    "papers",
    "figures",
    "claims",
    "verification",
    "actions",
    "cli",
    "__main__",
)
"""From the cellar to the roof; a room may import the rooms before it."""

HOMES = {
    "numba": {"kernels"},
    "llvmlite": {"kernels"},
    "deap": {"operators", "deap_reference", "deap_vectorised"},
    "pydantic": {
        "config",
        "records",
        "sections",
        "study",
        "plugins",
        "encodings",
        "pressures",
        "selections",
    },
    "tomli_w": {"config"},
    "tqdm": {"runs", "study_run", "study_tables", "training_run"},
    "matplotlib": {"plotting", "drawing_modules", "drawing_motifs", "plotting_studies", "figures"},
    "networkx": {"network", "measures", "bench_modularity"},
    "igraph": {"bench_modularity"},
    "leidenalg": {"bench_modularity"},
    "scipy": {"measures", "statistics"},
    "threadpoolctl": {"measures", "bench", "bench_n_cut"},
    "sklearn": {"datasets", "bench_modularity", "bench_n_cut"},
    "torch": {"training"},
    "distributed": {"cluster"},
    "dask_jobqueue": {"cluster"},
    "pandas": {"study_tables"},
    "pyarrow": {"study_tables"},
    "polars": {"study_tables"},
}
"""Rooms that may import a dependency: deap_reference, deap_vectorised and the bench_ rooms measure it, bench measures with one
thread."""


def rooms():
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        room = relative.parts[0].removesuffix(".py")
        if room != "__init__":
            yield path, room


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
    for path, room in rooms():
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "evomod" and len(parts) > 1 and ORDER.index(parts[1]) > ORDER.index(room):
                wrong.append(f"{room} imports {name}")
    assert not wrong


def test_no_kernel_imports_another():
    """But for the two files whose text `compiled` takes into the names of numba's cache."""
    for path in (PACKAGE / "kernels").glob("*.py"):
        ours = {name for name in imported(path) if name.startswith("evomod")}
        shared = {"evomod.kernels", "evomod.kernels.vectors"}
        others = {f"evomod.kernels.{kernel.stem}" for kernel in path.parent.glob("*.py")} - shared
        assert not ours & others and all(name.startswith("evomod.kernels") for name in ours), path


def test_every_dependency_has_one_home():
    for path, room in rooms():
        for name in imported(path):
            top = name.split(".")[0]
            if top in HOMES:
                assert room in HOMES[top], f"{room} imports {top}"
            else:
                assert top in {"evomod", "numpy"} | sys.stdlib_module_names, f"{room} imports {top}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["tasks"],
        ["evolve", "--help"],
        ["study", "--help"],
        ["status", "--help"],
        ["train", "--help"],
    ],
)
def test_light_commands_import_nothing_heavy(arguments):
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
    for path, _ in rooms():
        text = path.read_text()
        assert "import pickle" not in text and "allow_pickle=True" not in text and "eval(" not in text


def test_metadata_lives_in_setup_cfg_alone():
    assert "[project]" not in [
        line.strip() for line in (ROOT / "pyproject.toml").read_text().splitlines()
    ]


LOOP = ("evolution.py", "evaluation.py")


def test_functions_of_the_loop_have_four_arguments_at_most_and_are_short():
    for name in LOOP:
        for node in ast.walk(ast.parse((PACKAGE / name).read_text())):
            if isinstance(node, ast.FunctionDef):
                given = [a.arg for a in node.args.posonlyargs + node.args.args if a.arg != "self"]
                lines = node.end_lineno - node.body[0].lineno
                assert len(given) <= 4 and lines <= 60, f"{name}: {node.name}{given}, {lines} lines"


PROGRAMS = ("deap_reference", "deap_vectorised", "numpy_evaluation", "numpy_reference", "bench_problem")
"""Programs of the bench, each written for given encodings."""


def test_no_room_asks_for_an_encodings_class_or_name():
    """Outside its own module: what some have and others lack is a method, or a member of `supports`."""
    names = {"Layered", "Circuit", "Threshold", "Cppn"}
    kinds = {"layered-real", "circuit", "gate-layers", "threshold", "cppn"}
    for path, room in rooms():
        if room == "encodings" or room in PROGRAMS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
                asked = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
                assert not asked & names, f"{room}, line {node.lineno}"
            if isinstance(node, ast.Compare) and "encoding" in ast.unparse(node.left):
                texts = {c.value for c in ast.walk(node) if isinstance(c, ast.Constant)}
                assert not texts & kinds, f"{room}, line {node.lineno}"
