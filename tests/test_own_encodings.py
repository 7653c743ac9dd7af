"""A user's own encoding: what it must be, what its methods must return, its sections."""

import pytest
from own_files import OWN, PERCEPTRON, config, lie_in, refused
from test_runs import contents

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.files import plugins
from evomod.runs.run import run


@pytest.fixture
def home(tmp_path, monkeypatch):
    return lie_in(tmp_path, monkeypatch)


def perceptron(home, before, after):
    assert before in PERCEPTRON
    (home / "bad.py").write_text(PERCEPTRON.replace(before, after, 1))
    return config(network={"encoding": "./bad.py"})


KINDS = {
    'ENCODING = EncodingKind(\n    "perceptron"': (
        'ENCODING = EncodingKind(\n    "layered"', "the name 'layered' is taken by"),
    '"sparsity"}': ('"colour"}', "supports 'colour'; known: weights, places"),
    "    build,\n": ("    None,\n", "has no function build"),
    "    PerceptronNetwork,\n": ("    dict,\n", "section of encoding 'perceptron': expected a class made from"),
    "    wiring = wire(": ("    1 / 0\n    wiring = wire(", r"fails, line \d+: ZeroDivisionError"),
    "    return Perceptron(": ("    return dict(", "build returned a dict without"),
    "    def bounds(": ("    def limits(", "Perceptron has no method bounds"),
    "    def compute(": ("    def calculate(", "Perceptron has no method compute"),
    '"places", "sparsity"': ('"places", "removal"', "no method strengths and no without"),
    '"places", "sparsity"}': ('"places", "sparsity", "gradient"}', "Perceptron has no method learned"),
    "return [-1] * self.n_genes, ": ("return [-1], ", r"bounds returned arrays of \[1\] and \[8\]; expected two lists of 8"),
    "return [-1] * self.n_genes, [1] * self.n_genes": ("return None", "bounds returned None; expected two lists of 8"),
    "name=ENCODING.name": ('name="other"', "an encoding named 'other'"),
}  # fmt: skip


@pytest.mark.parametrize("case", KINDS)
def test_an_encoding_that_cannot_be_used_is_one_sentence(home, case):
    given = perceptron(home, case, KINDS[case][0])
    with pytest.raises(EvomodError, match=KINDS[case][1]) as caught:
        evomod.prepare(given)
    assert "bad.py" in str(caught.value) and len(str(caught.value).splitlines()) == 1


ANSWERS = {
    "rng.choice([-1, 1], there.shape)).astype(np.int8)": (
        "rng.choice([-1, 1], there.shape))", r"birth returned int64\[20, 8\]; expected int8\[20, 8\]"),
    "return np.where(changed": ("return np.where(changed[:3]", r"vary fails, line \d+: ValueError"),
    "rng.integers(-1, 2, changed.shape)": ("rng.integers(5, 6, changed.shape)", "vary: genome .* outside what bounds"),
    "pack(sums > 0), pack": ("(sums > 0), pack", r"compute: yes is bool\[20, 1, 256\]; expected uint64\[20, 1, 4\]"),
    "return pack(sums > 0), pack(sums < 0)": ("return sums", "compute returned a ndarray; expected the pair of arrays"),
    "return genomes\n": ("return genomes[:, 1:]\n", r"active is int8\[1, 7\]; expected int8\[1, 8\]"),
    "        return Network(": ("        return dict(", r"network returned a dict; expected an evomod.Network"),
    "weight=genome": ("weight=-genome", "network: the network does not say yes to the same patterns as compute"),
}  # fmt: skip


LEARNED = {
    "genomes": "learned returned a ndarray; expected the pair of arrays genomes, errors",
    "genomes[:, 1:], np.zeros(genomes.shape[0])": r"learned: genomes returned int8\[20, 7\]; expected int8\[20, 8\]",
    "genomes, np.zeros(3)": r"learned: errors is float64\[3\]; expected float64\[20\]",
    "genomes, np.full(genomes.shape[0], 4.5)": "learned: errors must lie from 0 to 4",
    "genomes, np.full(genomes.shape[0], np.nan)": "learned: errors must lie from 0 to 4",
    "genomes, np.ones(genomes.shape[0])": None,
}


@pytest.mark.parametrize("returned", LEARNED)
def test_what_an_encoding_learns_is_looked_at(home, returned):
    method = f"    def learned(self, genomes, wanted, steps, rng):\n        return {returned}\n\n    def bounds("
    text = PERCEPTRON.replace('"places", "sparsity"}', '"places", "sparsity", "gradient"}')
    (home / "bad.py").write_text(text.replace("    def bounds(", method, 1))
    given = config(network={"encoding": "./bad.py"}, pressures={"learning": {"weight": 1.0}})
    if LEARNED[returned] is None:
        assert (next(iter(evomod.evolve(given, 1))).expected == 0.75).all()
        return
    with pytest.raises(EvomodError, match=LEARNED[returned]):
        next(iter(evomod.evolve(given, 1)))


@pytest.mark.parametrize("case", ANSWERS)
def test_an_encoding_that_returns_something_else_is_named(home, case):
    given = perceptron(home, case, ANSWERS[case][0])
    with pytest.raises(
        EvomodError, match=r"encoding 'perceptron' \(bad\.py\): " + f".*{ANSWERS[case][1]}"
    ):
        for generation in evomod.evolve(given, seed=1):
            evomod.runs.tracking.Tracker(generation.setup).row(generation)
            assert generation.best.n_nodes == 9


def test_an_encodings_sections_are_checked_and_its_defaults_hold(home, capsys):
    for sections, message in (
        (
            {"network": {"encoding": "perceptron.py", "density": 2.0}},
            "network.density: expected less than or equal to 1",
        ),
        (
            {"network": {"encoding": "perceptron.py", "gates": 2}},
            "network.gates: unknown key; known here: encoding, density",
        ),
        (
            {"network": {"encoding": "perceptron.py"}, "variation": {"x": 1}},
            "variation.x: unknown key; known here: rate",
        ),
        (
            {"network": {"encoding": "perceptron.py"}, "pressures": {"l1": {}}},
            "l1 requires connections with weights, which",
        ),
    ):
        with pytest.raises(EvomodError, match=message):
            evomod.prepare(config(**sections))
    text = PERCEPTRON.replace(
        'supports=frozenset({"places"',
        'defaults={"evolution": {"generations": 7}, "variation": {"rate": 0.3}},\n'
        '    supports=frozenset({"places"',
    )
    (home / "other.py").write_text(text)
    found = evomod.prepare(evomod.Config(task="retina", network={"encoding": "other.py"})).config
    assert (found.evolution.generations, found.evolution.population, found.variation.rate) == (
        7,
        1000,
        0.3,
    )
    said = refused("evolve", "retina", "--set", "network.encoding=./gone.py", capsys=capsys)
    assert "there is no encoding file gone.py" in said


def test_a_process_that_does_not_know_the_file_of_an_encoding_wants_trust(home, capsys):
    begun = evomod.runs.run.begin(config(**OWN["encoding"]), 3, home / "begun")
    plugins.EXECUTED.clear()
    said = refused("evolve", "--resume", str(begun), capsys=capsys)
    assert "perceptron.py is Python code that would run with all your rights" in said
    assert not (begun / "complete").exists() and not plugins.EXECUTED
    assert main(["evolve", "--resume", str(begun), "--trust"]) == 0
    whole = run(config(**OWN["encoding"]), 3, home / "whole")
    names = ("log.csv", "best.json", "checkpoint.npz")
    assert contents(begun, names) == contents(whole.folder, names)
