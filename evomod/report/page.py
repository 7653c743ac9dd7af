"""The page itself: sections and the networks' data put into the template."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from evomod.files.provenance import installed_version, now


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    name: str
    """Of the anchor."""
    title: str
    body: str
    """HTML."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a report shows."""

    title: str
    summary: str
    """A sentence with numbers."""
    notices: Sequence[str]
    """What a reader has to know before anything else, such as that runs are missing."""
    sections: Sequence[Section]
    data: dict[str, Any]
    """Of the view of networks, see `networks.frames`."""


def page_html(page: Page, *, live: bool = False) -> str:
    """The page as one file; ``live``: it is served by `evomod lab` and follows a folder that changes."""
    notices = "".join(f'<p class="notice" role="note">{html.escape(text)}</p>' for text in page.notices)
    links = "".join(f'<a href="#{one.name}">{html.escape(one.title)}</a>' for one in page.sections)
    sections = "".join(
        f'<section id="{one.name}" aria-labelledby="{one.name}-title"><h2 id="{one.name}-title">'
        f"{html.escape(one.title)}</h2>{one.body}</section>"
        for one in page.sections
    )
    data = json.dumps(page.data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Template(_part("template.html")).substitute(
        title=html.escape(page.title),
        summary=html.escape(page.summary),
        notices=notices,
        links=links,
        sections=sections,
        data=data,
        style=_part("style.css"),
        script=_part("script.js"),
        connect="'self'" if live else "'none'",
        live=" data-live" if live else "",
        foot=html.escape(f"made by evomod {installed_version()}, {now()}"),
    )


def _part(name: str) -> str:
    return files("evomod.report").joinpath(name).read_text(encoding="utf-8")


def viewer(n_frames: int, first: int, what: str, note: str) -> str:
    """The view of one network, the ``first`` to begin with; the script fills it. ``what`` the slider goes through."""
    return Template(_part("viewer.html")).substitute(
        last=n_frames - 1, first=first, what=html.escape(what), note=html.escape(note)
    )


def name_of(folder: Path) -> str:
    """What a folder is called."""
    return folder.resolve().name
