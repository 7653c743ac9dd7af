"""The tables of the page reference/config: every key of a config, from the classes that check it."""

import ast
import inspect
import itertools
import re
import textwrap
from typing import Literal, get_args, get_origin

from evomod.config import Config
from evomod.encodings.collection import ENCODINGS
from evomod.pressures.collection import PRESSURES
from evomod.selections.collection import METHODS as SELECTIONS
from evomod.studies.definition import StudySection, TreatmentSection

MARK = "<!-- keys -->"
BOUNDS = {"ge": "≥\u00a0{}", "gt": ">\u00a0{}", "le": "≤\u00a0{}", "lt": "<\u00a0{}"}


def meanings(section):
    """What the class and those that it is made from say of each key."""
    found = {}
    for kind in reversed(section.__mro__[:-1]):
        if kind.__module__.startswith("evomod"):
            body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body
            for field, text in itertools.pairwise(body):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    found[field.target.id] = inspect.cleandoc(text.value.value)
    return found


def values(field):
    """What a key may hold, in words."""
    bounds = [
        words.format(f"{getattr(rule, name):,g}")
        for rule in field.metadata
        for name, words in BOUNDS.items()
        if hasattr(rule, name)
    ]
    return " ".join([in_words(field.annotation), ", ".join(bounds)]).strip()


def in_words(kind):
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if get_origin(kind) is dict:
        return "table"
    if get_origin(kind) is tuple:
        inside = dict.fromkeys(in_words(part) for part in get_args(kind) if part is not ...)
        return f"list of {' and '.join(inside)}"
    if get_args(kind):
        parts = [in_words(part) for part in get_args(kind) if isinstance(part, type) or get_origin(part)]
        return " or ".join(part for part in dict.fromkeys(parts) if part)
    names = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    return names.get(kind, "")


def in_toml(field, value):
    """A default as a config holds it; nothing where what is left out is decided later."""
    if field.is_required():
        return "required"
    if value is None or field.default_factory is not None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{value:.4g}`"
    if isinstance(value, tuple):
        return f"`{str(list(value)).replace(chr(39), chr(34))}`".replace("(", "[").replace(")", "]")
    return f"`{value}`"


def table(section, skipped=(), changed=()):
    """A row per key; ``changed`` are defaults that an encoding has in place of the section's."""
    says, changed = meanings(section), dict(changed)
    rows = ["| key | values | default | meaning |", "|---|---|---|---|"]
    for name, field in section.model_fields.items():
        if name not in skipped:
            value = in_toml(field, changed.get(name, field.default))
            cells = (f"`{field.alias or name}`", values(field), value, says.get(name, ""))
            lines = (re.sub(r"[ \n]+", " ", cell).replace("|", "\\|") for cell in cells)
            rows.append(f"| {' | '.join(lines)} |")
    return "\n".join(rows) if rows[2:] else "No keys."


def part(title, section, skipped=()):
    says = (inspect.getdoc(section) or "").split("\n\n")[0]
    return f"{title}\n\n{says}\n\n{table(section, skipped)}\n"


def in_a_line(defaults):
    return ", ".join(
        f"`{part}.{key} = {value}`" for part, values in defaults.items() for key, value in values.items()
    )


def text():
    """All tables, in Markdown."""
    kinds = {name: field.annotation for name, field in Config.model_fields.items()}
    found = [part(f"## `[{name}]`", kinds[name]) for name in ("task", "schedule")]
    found.append("## `[network]` and `[variation]`\n\nThey depend on the key `encoding`.")
    for name, kind in ENCODINGS.items():
        found.append(part(f'### `encoding = "{name}"`', kind.section, {"encoding"}))
        changed = kind.defaults.get("variation", {})
        found.append(f"`[variation]` of `{name}`:\n\n{table(kind.variation, changed=changed)}")
        others = {part: values for part, values in kind.defaults.items() if part != "variation"}
        if others:
            found.append(f"Other defaults of `{name}`: {in_a_line(others)}.")
    found.append("## `[selection]`\n\nThey depend on the key `method`.")
    for section in dict.fromkeys(selection.section for selection in SELECTIONS.values()):
        names = [name for name, selection in SELECTIONS.items() if selection.section is section]
        title = " or ".join(f'`method = "{name}"`' for name in names)
        found.append(part(f"### {title}", section, {"method"}))
    found.append("## `[pressures.NAME]`\n\nA pressure acts if its section is there, even an empty one.")
    for name, pressure in sorted(PRESSURES.items()):
        found.append(part(f"### `[pressures.{name}]`", pressure.section))
    found += [part(f"## `[{name}]`", kinds[name]) for name in ("evolution", "tracking")]
    found.append(part("## A study's TOML", StudySection))
    found.append(part("### `[treatments.NAME]`", TreatmentSection))
    return "\n\n".join(found)


def on_source_read(app, page, content):
    if MARK in content[0]:
        content[0] = content[0].replace(MARK, text())


def setup(app):
    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True}
