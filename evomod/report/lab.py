"""The report of a run or a study that follows it while it grows: a page of this machine alone, which only reads.

The server listens on 127.0.0.1. Its address holds a random token, so that neither another user of the machine nor a
page of another site in the same browser sees anything; who asks under another name than this machine's is refused too.
"""

from __future__ import annotations

import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened
from evomod.files.disk import exists
from evomod.network import Network
from evomod.report.folders import page_of
from evomod.report.page import Page, Section, name_of, page_html
from evomod.report.run_page import run_page
from evomod.runs.run import load_run
from evomod.studies.folder import STATES, status_of
from evomod.studies.tables import load_study

HERE = "127.0.0.1"
LOOK, PING = 1.0, 15.0
"""Seconds between two looks at the folder, and after which a silent browser is asked whether it is still there."""
MOST_SEEN = 400
"""Networks of a run that the slider goes through."""

Stamp = tuple[tuple[str, int, int], ...]


class Watched:
    """A folder, what has been seen of it, and its page as it is now."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.is_study = folder, exists(folder / "study.toml")
        self.networks: list[Network] = []
        self.lock = threading.Lock()
        self.known: tuple[Stamp, bytes] | None = None

    def stamp(self) -> Stamp:
        """Sizes and dates of the files that a page is made of."""
        patterns = ("*.csv", "*.json", "complete", "*/*/log.csv", "*/*/complete")
        found = []
        for pattern in patterns:
            for path in self.folder.glob(pattern):
                try:
                    about = path.stat()
                except OSError:  # it was replaced this moment
                    continue
                found.append((str(path), about.st_size, about.st_mtime_ns))
        return tuple(sorted(found))

    def html(self) -> bytes:
        """The page; made anew only where the folder has changed."""
        with self.lock:
            stamp = self.stamp()
            if self.known is None or self.known[0] != stamp:
                self.known = stamp, page_html(self._page(), live=True).encode(errors="replace")
            return self.known[1]

    def _page(self) -> Page:
        try:
            return self._study_page() if self.is_study else self._run_page()
        except (
            EvomodError
        ) as error:  # nothing is done yet, or a file is half written: the next look sees more
            text = f"Nothing to be shown yet. {error}"
            return Page(
                name_of(self.folder),
                text,
                (),
                [Section("wait", "Waiting", "")],
                {"kinds": [], "frames": []},
            )

    def _run_page(self) -> Page:
        run = load_run(self.folder)
        if exists(self.folder / "best.json"):
            best = run.best
            if not self.networks or self.networks[-1].about["generation"] < best.about["generation"]:
                self.networks = [*self.networks, best][-MOST_SEEN:]
        return run_page(run, seen=self.networks)

    def _study_page(self) -> Page:
        found = load_study(self.folder)
        states = status_of(found.study, self.folder).states
        counts = [(word, sum(one.get(word, 0) for one in states.values())) for word in STATES]
        text = "Runs: " + ", ".join(f"{number} {word}" for word, number in counts if number) + "."
        try:
            page = page_of(self.folder)
        except EvomodError as error:
            raise EvomodError(f"{text} {error}") from None
        return Page(page.title, page.summary, [text, *page.notices], page.sections, page.data)


class Lab(ThreadingHTTPServer):
    """Serves one folder's page to who knows the token."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: str | Path, port: int = 0) -> None:
        folder = Path(folder)
        if not (exists(folder / "study.toml") or exists(folder / "manifest.json")):
            raise EvomodError(
                f"{shortened(folder)} holds neither a run nor a study; expected a folder that `evomod evolve` or "
                "`evomod study` has begun."
            )
        self.watched, self.token = Watched(folder), secrets.token_urlsafe(24)
        try:
            super().__init__((HERE, port), Answer)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "a port is a number from 0 to 65535"
            raise EvomodError(
                f"port {port} of this machine cannot be used: {reason}. Give another --port, or leave it out."
            ) from None

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.server_port}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error."""


class Answer(BaseHTTPRequestHandler):
    """What a browser gets: the page, or events that say that it has changed."""

    server: Lab
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        here = {f"{name}:{self.server.server_port}" for name in (HERE, "localhost")}
        _, token, *rest = [*self.path.split("/", 2), ""]
        if self.headers.get("Host") not in here or not secrets.compare_digest(
            token.encode(), self.server.token.encode()
        ):
            self.send_error(404)
        elif rest[0] == "":
            self._send_page(self.server.watched.html())
        elif rest[0] == "events":
            self._send_events()
        else:
            self.send_error(404)

    def _send_page(self, content: bytes) -> None:
        self._begin("text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_events(self) -> None:
        self._begin("text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        before, last = self.server.watched.stamp(), time.monotonic()
        try:
            while True:
                now = self.server.watched.stamp()
                if now != before:
                    self.wfile.write(b"data: changed\n\n")
                elif time.monotonic() - last > PING:
                    self.wfile.write(b": still here\n\n")
                else:
                    time.sleep(LOOK)
                    continue
                self.wfile.flush()
                before, last = now, time.monotonic()
                time.sleep(LOOK)
        except OSError:
            self.close_connection = True  # the browser has gone

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in (
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the address holds the token."""
