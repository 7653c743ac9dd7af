"""Reports in a real browser: nothing is wrong in its console, nothing overflows, slider, mouse and keys work."""

import itertools
import json

import numpy as np
import pytest

import evomod

NAMES = ("layered", "threshold", "circuit", "outputs", "ternary", "study")
SLIDE = (
    "(() => {{ const s = document.getElementById('frame'); s.value = {}; "
    "s.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
)


@pytest.fixture
def opened(browser, home):
    def open_it(name, **how):
        browser.open((home / name / "report.html").as_uri(), **how)
        return browser

    return open_it


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_and_nothing_overflows(opened, name, width, scheme):
    page = opened(name, width=width, scheme=scheme)
    assert not page.messages
    assert len(page.asked) == 1  # the page itself
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wider = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((e) => !e.closest('.scroll') && !e.closest('svg') && "
        f"(e.getBoundingClientRect().right > {width} + 0.5 || e.getBoundingClientRect().left < -0.5) && "
        "!e.classList.contains('skip')).map((e) => e.outerHTML.slice(0, 80))"
    )
    assert wider == []


@pytest.mark.parametrize("name", NAMES)
def test_texts_of_charts_stay_inside_them(opened, name):
    page = opened(name, width=390)
    out = page.evaluate(
        "[...document.querySelectorAll('svg.chart, #net')].flatMap((svg) => { const b = svg.getBoundingClientRect(); "
        "return [...svg.querySelectorAll('text')].filter((t) => { const r = t.getBoundingClientRect(); return r.right > "
        "b.right + 1 || r.left < b.left - 1 || r.bottom > b.bottom + 1 || r.top < b.top - 1; })"
        ".map((t) => t.textContent); })"
    )
    assert out == []


def text_of(page, name):
    return page.evaluate(f"document.getElementById('{name}').textContent")


def test_the_slider_goes_through_the_generations_by_mouse_and_keys(opened):
    page = opened("layered")
    last = text_of(page, "caption")
    assert last.startswith("generation 60,")
    page.evaluate("document.getElementById('frame').focus()")
    page.key("ArrowLeft", 37)
    before = text_of(page, "caption")
    assert before != last and before.startswith("generation ")
    page.key("Home", 36)
    assert text_of(page, "caption").startswith("generation 0,")
    page.evaluate(SLIDE.format(30))
    assert page.evaluate("document.getElementById('frame').getAttribute('aria-valuetext')") == text_of(
        page, "caption"
    )
    assert not page.messages


def test_hovering_tells_about_nodes_and_connections(opened):
    page = opened("layered")
    page.hover('#net [data-node="0"] .body')
    assert text_of(page, "about").startswith("input l0, ")
    assert page.evaluate("document.querySelectorAll('#net .unit.lit').length") == 1
    page.evaluate(
        "document.querySelector('#net .reach').dispatchEvent(new PointerEvent('pointerenter'))"
    )
    assert text_of(page, "about").startswith("connection from ") and "weight" in text_of(page, "about")
    assert page.evaluate("document.querySelectorAll('#net .wire.lit').length") == 1


def test_the_network_is_used_by_keys_alone(opened):
    page = opened("layered")
    page.evaluate("document.querySelector('#net [tabindex=\"0\"]').focus()")
    assert text_of(page, "about").startswith("input l0, ")
    page.key("ArrowRight", 39)
    assert text_of(page, "about").startswith("input l1, ")
    page.key("Enter", 13, "\r")
    assert (
        page.evaluate("document.querySelector('#net [data-node=\"1\"]').getAttribute('aria-pressed')")
        == "true"
    )
    assert (
        page.evaluate(
            "document.querySelector('#inputs [data-input=\"1\"]').getAttribute('aria-pressed')"
        )
        == "true"
    )
    assert page.evaluate("document.querySelectorAll('#net [tabindex=\"0\"]').length") == 1
    page.key("ArrowUp", 38)
    assert "neuron" in text_of(page, "about")
    assert not page.messages


def test_a_click_switches_an_input_and_shows_a_small_network(opened):
    page = opened("study")
    page.click('#net [data-node="3"] .body')
    assert (
        page.evaluate(
            "document.querySelector('#inputs [data-input=\"3\"]').getAttribute('aria-pressed')"
        )
        == "true"
    )
    page.click('.multiple[data-frame="5"]')
    assert text_of(page, "caption").startswith("P&CC, replicate 1")
    assert page.evaluate("document.querySelectorAll('[aria-current]').length") == 1
    page.click('.multiple[data-frame="9"]')  # of another encoding
    assert "so long" in text_of(page, "caption") and not page.messages


@pytest.mark.parametrize("name", ["layered", "threshold", "circuit", "outputs", "ternary"])
def test_neurons_fire_as_the_network_says(opened, home, name):
    """The script's values of all nodes are those of `Network.values`, for every frame and many patterns."""
    from evomod.runs.replay import replayed

    page = opened(name)
    networks = replayed(evomod.load_run(home / name))
    n_inputs = networks[0].inputs.size
    patterns = list(itertools.product((0, 1), repeat=n_inputs))[:: max(1, 2**n_inputs // 32)]
    for k in range(0, len(networks), 7):
        page.evaluate(SLIDE.format(k))
        found = json.loads(page.evaluate(
            f"JSON.stringify({json.dumps(patterns)}.map((pattern) => {{ "
            "document.querySelector('#inputs button:last-child').click(); "
            "pattern.forEach((one, k) => { if (one) document.querySelector(`#inputs [data-input='${k}']`).click(); }); "
            "return evomodReport.values(); }))"
        ))  # fmt: skip
        expected = networks[k].simplified().values(np.array(patterns))
        values = np.array([[np.nan if v is None else v for v in row] for row in found])
        shown = np.ones(values.shape[1], bool)
        if networks[k].is_circuit:  # gates that lead nowhere have no connections here
            simple = networks[k].simplified()
            shown = np.isin(np.arange(shown.size), [*simple.inputs, *simple.source, *simple.target])
        np.testing.assert_allclose(values[:, shown], expected[:, shown], atol=1e-12)
    assert not page.messages


def shown_signs(page):
    return page.evaluate(
        "[...document.querySelectorAll('.viewer .legend li')].filter((one) => one.offsetHeight).map((one) => one.textContent)"
    )


def test_arrows_of_circuits_have_heads_and_connections_of_layers_have_weights(opened):
    page = opened("circuit")
    wires = page.evaluate("document.querySelectorAll('#net .wire').length")
    assert page.evaluate("document.querySelectorAll('#net .head').length") == wires > 0
    assert "leads to" in shown_signs(page) and "negative weight" not in shown_signs(page)
    tips = page.evaluate(
        "[...document.querySelectorAll('#net .head')].every((one) => one.getBoundingClientRect().width > 2)"
    )
    assert tips and not page.messages
    page = opened("layered")
    assert page.evaluate("document.querySelectorAll('#net .head').length") == 0
    assert "leads to" not in shown_signs(page) and "negative weight" in shown_signs(page)


def test_states_are_told_to_a_screen_reader(opened):
    page = opened("circuit")
    labels = page.evaluate(
        "[...document.querySelectorAll('#net .unit')].map((u) => u.getAttribute('aria-label'))"
    )
    assert len(labels) >= 4 and all("fire" in label or "rest" in label for label in labels)
    roles = page.evaluate(
        "[...document.querySelectorAll('svg:not([aria-label]):not([aria-hidden])')].length"
    )
    assert roles == 0


def test_small_networks_are_there_without_scripts(browser, home):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open((home / "study" / "report.html").as_uri())
        assert browser.evaluate("document.querySelectorAll('svg.small path').length") > 12
        assert browser.evaluate("document.getElementById('net').childElementCount") == 0
        assert (
            browser.evaluate("document.querySelector('noscript p').getBoundingClientRect().height") > 0
        )
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
