"""Links that are right between files of the repository become right in the site; papers show their pictures."""

import ast
import json
import os
import re
from functools import cache
from pathlib import Path

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
INCLUDE = re.compile(r"^```\{include\} (\S+)$", re.M)


@cache
def pages():
    """File of the repository: name of the page that shows it, or includes it."""
    found = {ROOT / "README.md": "index.md"}
    for path in DOCS.rglob("*.md"):
        name = path.relative_to(DOCS).as_posix()
        found[path] = name
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            found[(path.parent / included).resolve()] = name
    return found


def relinked(text, folder, page):
    """The text of a file of ``folder`` as it stands on a page."""

    def link(found):
        words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if "://" in target or not path or not (folder / path).exists():
            return found[0]
        file = (folder / path).resolve()
        if file.suffix == ".ipynb":  # behind a symbolic link, which a Markdown link would follow
            return f"{{doc}}`{words} </notebooks/{file.stem}>`"
        if file in pages():
            return f"[{words}](/{pages()[file]}{mark}{anchor})"
        return f"[{words}]({os.path.relpath(file, (DOCS / page).parent)})"

    return LINK.sub(link, text)


def pictures_of(folder):
    """The committed pictures of a paper's figures, each with what its script says of it."""
    found = []
    for picture in sorted((ROOT / "results" / folder.name).rglob("*.png")):
        script = folder / f"{picture.stem}.py"
        if script.exists():
            says = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))).splitlines()[0]
            name = script.stem if script.stem.startswith(folder.name) else f"{folder.name}-{script.stem}"
            found.append(
                f"![{says}]({os.path.relpath(picture, folder)})\n\n`evomod figure {name}`: {says}\n"
            )
    return "\n\n## Pictures\n\n" + "\n".join(found) if found else ""


def on_source_read(app, page, content):
    if not page.startswith("notebooks/"):
        content[0] = relinked(content[0], (DOCS / page).parent, page)
        return
    notebook = json.loads(content[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = relinked("".join(cell["source"]), ROOT / "notebooks", page)
    content[0] = json.dumps(notebook)


def on_include_read(app, path, parent, content):
    file = (DOCS / path).resolve()
    pictures = pictures_of(file.parent) if file.parent.parent == ROOT / "scripts" else ""
    content[0] = relinked(content[0] + pictures, file.parent, app.env.docname)


def setup(app):
    app.connect("source-read", on_source_read)
    app.connect("include-read", on_include_read)
    return {"parallel_read_safe": True}
