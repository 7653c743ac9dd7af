"""The live page in a real browser: it renews itself while a run goes on, and keeps what one looks at."""

import threading

import evomod
from evomod.report.lab import Lab
from evomod.runs.run import resume, run


def test_the_page_follows_a_run(browser, tmp_path):
    config = evomod.Config(task="retina", evolution={"population": 20, "generations": 4})
    found = run(config, 1, tmp_path / "r")
    with Lab(found.folder) as lab:
        thread = threading.Thread(target=lab.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            browser.open(lab.address)
            assert browser.evaluate("document.getElementById('frame').max") == "0"
            browser.click('#net [data-node="2"] .body')
            resume(found.folder, ["evolution.generations=8"])
            browser.wait("document.getElementById('frame').max === '1'")
            browser.wait("document.getElementById('caption').textContent.startsWith('generation 8,')")
            assert browser.evaluate("document.querySelector('.summary').textContent").startswith(
                "After 8 generations"
            )
            pressed = "document.querySelector('#inputs [data-input=\"2\"]').getAttribute('aria-pressed')"
            assert browser.evaluate(pressed) == "true"
            browser.evaluate("document.getElementById('frame').focus()")
            browser.key("ArrowLeft", 37)
            assert browser.evaluate("document.getElementById('caption').textContent").startswith(
                "generation 4,"
            )
            assert not browser.messages
            assert all(url.startswith(lab.address) for url in browser.asked)
            browser.open("about:blank")
        finally:
            lab.shutdown()
            thread.join()
