"""The documentation in a real browser: every page, from disk, and its search."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "build" / "docs"
PAGES = sorted(SITE.rglob("*.html"))


def test_the_site_is_built():
    """Else no page is looked at: `make docs`."""
    assert len(PAGES) > 40 and SITE / "index.html" in PAGES


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wrong_and_nothing_overflows(browser, width):
    wrong = []
    for page in PAGES:
        browser.open(page.as_uri(), width=width)
        beyond = browser.evaluate("document.documentElement.scrollWidth") - width
        away = [url for url in browser.asked if not url.startswith((SITE.as_uri(), "data:"))]
        if browser.messages or beyond > 0 or away:
            wrong.append((page.name, beyond, browser.messages, away))
    assert wrong == []


def test_the_search_finds_pages_from_disk(browser):
    browser.open(f"{(SITE / 'search.html').as_uri()}?q=connection+cost")
    text = "document.querySelector('#search-results').innerText"
    browser.wait(f"{text}.includes('Search finished')")
    found = browser.evaluate(text)
    assert "Pressures: what is claimed to make networks modular" in found


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def test_the_search_finds_a_function_and_says_where_it_stands(browser):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE))
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        browser.open(f"{address}/search.html?q=normalised_modularity")
        browser.wait("document.querySelectorAll('#search-results li').length > 0")
        link = browser.evaluate("document.querySelector('#search-results li a').href")
        assert link.startswith(
            f"{address}/reference/measures.html#evomod.measures.normalised_modularity"
        )
        browser.open("about:blank")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
