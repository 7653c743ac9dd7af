"""Names in docstrings and signatures: a warning for those that nothing defines, a link to those that the site documents."""

import ast
import pkgutil
from functools import cache
from pathlib import Path

import evomod
from evomod import measures
from evomod.config import Config
from evomod.sections import Section

PACKAGE = Path(evomod.__file__).parent
SHORT = {
    "np": "numpy",
    "Axes": "matplotlib.axes.Axes",
    "Path": "pathlib.Path",
    "NDArray": "numpy.typing.NDArray",
    "ArrayLike": "numpy.typing.ArrayLike",
}
"""As the code spells what it imports."""


def documented(target):
    """The name under which the site documents a public name that is written alone, or from the module that defines it."""
    for name, home in evomod._HOMES.items():
        if target in (name, f"evomod.{home}.{name}"):
            return f"evomod.{name}"
    return f"evomod.measures.{target}" if target in measures.__all__ else None


@cache
def defined():
    """Every name that evomod defines, from its module on, and every key of a config."""
    keys = (
        (section, type(field.default) if isinstance(field.default, Section) else field.annotation)
        for section, field in Config.model_fields.items()
    )
    found = {f"{section}.{key}" for section, kind in keys for key in kind.model_fields}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[1] not in ("results", "scripts", "tasks"):
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.add(module)
            found |= {
                f"{module}.{name}" for name in names_of(ast.parse(path.read_text(encoding="utf-8")).body)
            }
    return found


def names_of(body):
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
            if isinstance(node, ast.ClassDef):
                yield from (f"{node.name}.{name}" for name in names_of(node.body))
        elif isinstance(node, ast.If):  # for type checkers
            yield from names_of(node.body)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def is_foreign(target):
    """Whether Python or an installed package defines it."""
    first, dot, rest = target.partition(".")
    name = SHORT.get(first, first) + dot + rest
    try:
        pkgutil.resolve_name(name if "." in name else f"builtins.{name}")
    except (ImportError, AttributeError, ValueError):  # the last for what is not a name
        return False
    return True


def on_missing_reference(app, env, node, content):
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py":
        return None
    if name := documented(target):
        domain = env.domains["py"]
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, content)
    if any(name == target or name.endswith(f".{target}") for name in defined()):
        return content
    return content if not target.startswith("evomod.") and is_foreign(target) else None


def setup(app):
    app.connect("missing-reference", on_missing_reference)
    return {"parallel_read_safe": True}
