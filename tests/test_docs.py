"""Texts: links lead somewhere, the README is one screen."""

import inspect
import re
from pathlib import Path

import pytest

import evomod

ROOT = Path(__file__).parent.parent
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("scripts/*/*.md")])


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path):
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    missing = [
        link
        for link in links
        if "://" not in link
        and not link.startswith("#")
        and not (path.parent / link.split("#")[0]).exists()
    ]
    assert not missing


def test_the_readme_leads_to_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in ROOT.glob("docs/*.md") if f"docs/{path.name}" not in readme] == []
    assert len(readme.splitlines()) <= 80


FUNCTIONS = [name for name in evomod.__all__ if inspect.isfunction(getattr(evomod, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_say_what_they_take_give_and_raise(name):
    """In the form of numpydoc: every parameter by name, then what is returned, then errors."""
    function = getattr(evomod, name)
    parts = re.split(r"\n([A-Z][a-z]+)\n-+\n", inspect.getdoc(function))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    named = re.findall(r"^(\w[\w, ]*?)(?: : .*)?$", sections["Parameters"], re.MULTILINE)
    assert ", ".join(named).split(", ") == list(inspect.signature(function).parameters)
    assert {"Returns", "Yields"} & set(sections)
    raises = "EvomodError(" in inspect.getsource(function) or "Raises" in sections
    assert not raises or "EvomodError" in sections["Raises"]
