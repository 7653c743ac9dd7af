"""Configs of trainings, the schedule of pruning, and what is said without PyTorch: all without PyTorch."""

import subprocess
import sys

import numpy as np
import pytest

from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.gradient.config import (
    TrainingConfig,
    checked,
    dump_training,
    layers_of,
    load_training,
    resolved,
    sparsity_at,
)
from evomod.gradient.datasets import load_dataset
from evomod.gradient.run import load_training_run, load_weights, network_of_layers


@pytest.mark.parametrize(
    ("step", "n_steps", "final", "wanted"),
    [
        (0, 9380, 0.9, 0.5),
        (9380, 9380, 0.9, 0.9),
        (20, 40, 0.9, 0.9 - 0.4 / 8),  # half-way: (1/2)^3 of 0.4 is left
        (30, 40, 0.9, 0.9 - 0.4 / 64),
        (10, 40, 0.98, 0.98 - 0.48 * 27 / 64),
        (50, 40, 0.9, 0.9),
    ],
)
def test_sparsity_decays_as_worked_out_by_hand(step, n_steps, final, wanted):
    assert sparsity_at(step, n_steps, final) == pytest.approx(wanted, abs=1e-12)


def test_what_is_left_open_follows_from_the_data():
    digits = resolved(TrainingConfig("digits", prune=0.9), load_dataset("digits"))
    assert (digits.epochs, digits.pruning_epochs, digits.batch, digits.modules) == (20, 20, 128, 12)
    assert layers_of(digits, load_dataset("digits")) == (64, 256, 256, 256, 256, 10)
    retina = resolved(TrainingConfig("retina"), load_dataset("retina"))
    assert layers_of(retina, load_dataset("retina")) == (8, 8, 4, 2, 1)
    assert (retina.modules, retina.goal, retina.all_epochs) == (3, "left-and-right", 2000)


def test_a_config_is_read_as_it_was_written(tmp_path):
    config = resolved(
        TrainingConfig("digits", hidden=(8, 4), dropout=0.5, l1=5e-5, prune=0.9, epochs=3),
        load_dataset("digits"),
    )
    (tmp_path / "config.toml").write_text(dump_training(config))
    assert load_training(tmp_path / "config.toml") == config
    (tmp_path / "config.toml").write_text('data = "digits"\nbrush = 3\n')
    with pytest.raises(EvomodError, match="there is no 'brush'"):
        load_training(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dropout", "1"], "dropout wants a rate from 0 to below 1; got 1.0"),
        (["--dropout", "-0.1"], "dropout wants a rate"),
        (["--dropout", "nan"], "dropout wants a rate"),
        (["--prune", "1.5"], "prune wants a rate"),
        (["--prune", "0.3"], "prune wants 0.5 or more"),
        (["--l1", "-1"], "l1 wants a number from 0"),
        (["--l2", "inf"], "l2 wants a number from 0"),
        (["--wiring", "-1"], "wiring wants a number from 0"),
        (["--swap-every", "-1", "--wiring", "1e-3"], "swap_every wants a whole number from 0"),
        (["--swap-every", "200"], "count for nothing without wiring; give wiring as well"),
        (["--clusterability", "nan"], "clusterability: expected a number, such as 0.1; got nan"),
        (["--epochs", "-1"], "epochs wants a whole number from 0; got -1"),
        (["--hidden", "64,0"], "hidden wants numbers of neurons"),
        (["--threads", "0"], "threads wants a whole number from 1"),
        (["--measure-every", "-2"], "measure_every wants a whole number from 0"),
        (["--untrained", "--prune", "0.9"], "an untrained network .* is not pruned"),
    ],
)
def test_values_that_cannot_be_are_told_in_one_sentence(capsys, arguments, message):
    assert main(["train", "digits", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    with pytest.raises(EvomodError, match=message):
        raise EvomodError(told)


def test_a_learning_rate_that_cannot_be():
    with pytest.raises(EvomodError, match="learning_rate wants a number above 0"):
        checked(TrainingConfig("digits", learning_rate=0.0))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("digits", 'pip install "evomod[gradient]"'),
        ("nonsense", "there is no data set 'nonsense'; known: digits"),
    ],
)
def test_without_torch_the_command_that_installs_it_is_told(name, said):
    text = (
        "import sys\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'torch':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Without())\n"
        "from evomod.cli.parser import main\nsys.exit(main(['train', sys.argv[1], '--seed', '1']))\n"
    )
    done = subprocess.run([sys.executable, "-c", text, name], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and said in done.stderr


def test_matrices_become_a_network_without_the_weights_that_are_0():
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=(3, 4)), rng.normal(size=(4, 2))]
    weights[0][rng.random((3, 4)) < 0.5] = 0.0
    biases = [rng.normal(size=4), rng.normal(size=2)]
    network = network_of_layers(weights, biases, {})
    assert network.weight.size == sum(np.count_nonzero(w) for w in weights)
    patterns = np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1]])
    hidden = np.tanh((2.0 * patterns - 1.0) @ weights[0] + biases[0])
    assert np.allclose(network.values(patterns)[:, -2:], np.tanh(hidden @ weights[1] + biases[1]))


def test_folders_that_are_no_trainings(tmp_path):
    with pytest.raises(EvomodError, match="is no training"):
        load_training_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "evomod run 1"}')
    with pytest.raises(EvomodError, match="was not written by `evomod train`"):
        load_training_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "evomod training 1"}')
    with pytest.raises(EvomodError, match="it lacks 'seed'"):
        load_training_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "evomod training 1", "seed": 1}')
    with pytest.raises(EvomodError, match="was not finished; delete it"):
        load_training_run(tmp_path)
    (tmp_path / "weights.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(EvomodError, match="cannot be read"):
        load_weights(tmp_path / "weights.npz")
    with pytest.raises(EvomodError, match="there are no weights"):
        load_weights(tmp_path / "none.npz")
