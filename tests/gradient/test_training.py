"""Training by gradient: penalties, masks, dropout, births, runs and adaptation. These want PyTorch."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from evomod import load_network
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.gradient import datasets
from evomod.gradient.config import TrainingConfig, resolved, sparsity_at
from evomod.gradient.datasets import load_dataset, task_data
from evomod.gradient.places import first_places, wiring_length
from evomod.gradient.run import adapt, load_places, load_training_run, run_training
from evomod.gradient.training import (
    Learner,
    born,
    fixed_arithmetic,
    least_eigenvalues,
    mask_of,
    share_right,
    train,
)
from evomod.task import all_patterns, load_task

DIGITS = load_dataset("digits")
RETINA = load_dataset("retina")
SMALL = {"hidden": (16, 12), "epochs": 2}


def made(data, **given):
    """A small config, resolved for data."""
    return resolved(TrainingConfig(data.name, **(SMALL | given)), data)


def eigenvalues(weights):
    """Of the normalised Laplacian of ``|w|``, ascending, in plain NumPy; a node without a weight has 1."""
    sizes = [len(weights[0]), *(w.shape[1] for w in weights)]
    starts = np.cumsum([0, *sizes])
    adjacency = np.zeros((starts[-1], starts[-1]))
    for k, weight in enumerate(weights):
        adjacency[starts[k] : starts[k + 1], starts[k + 1] : starts[k + 2]] = np.abs(weight)
    adjacency += adjacency.T
    degree = adjacency.sum(axis=0)
    root = np.sqrt(np.where(degree > 0.0, degree, 1.0))
    return np.linalg.eigvalsh(np.eye(len(root)) - adjacency / np.outer(root, root))


def losses(learner, data, weights):
    """Cross-entropy with penalties in plain NumPy, of ReLU layers."""
    values = data.inputs.astype(np.float64)
    for k, weight in enumerate(weights):
        values = values @ weight
        if k < len(weights) - 1:
            values = np.maximum(values, 0.0)
    top = values.max(axis=1, keepdims=True)
    logs = values - top - np.log(np.exp(values - top).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(values)), data.targets].mean()
    config = learner.config
    loss += config.l1 * sum(np.abs(w).sum() for w in weights)
    loss += config.l2 * sum((w**2).sum() for w in weights[1 if config.l1_first else 0 :])
    loss += config.wiring * wiring_length(weights, learner.places)
    loss += config.clusterability * eigenvalues(weights)[:3].sum()
    return loss + config.l1_first * np.abs(weights[0]).sum()


@pytest.mark.parametrize(
    "pressure",
    [
        {},
        {"l1": 1e-2},
        {"l2": 1e-2},
        {"l2": 1e-2, "l1_first": 3e-2},
        {"l1": 1e-2, "l2": 2e-2},
        {"wiring": 1e-2},
        {"clusterability": 0.5},
        {"clusterability": -0.5, "wiring": 1e-3},
    ],
)
def test_the_gradient_of_loss_and_penalties_is_that_of_plain_numpy(pressure):
    config = made(DIGITS, **pressure)
    weights, biases = born(config, DIGITS, 1)
    double = [w.astype(np.float64) for w in weights]
    learner = Learner(config, "classes", double, [b.astype(np.float64) for b in biases], 1)
    inputs = torch.from_numpy(DIGITS.inputs.astype(np.float64))
    outputs = learner.outputs(inputs)
    loss = learner.misfit(outputs, torch.from_numpy(DIGITS.targets)) + learner.penalty()
    loss.backward()
    assert float(loss.detach()) == pytest.approx(losses(learner, DIGITS, double), rel=1e-10)
    rng = np.random.default_rng(5)
    for k, weight in enumerate(double):
        for _ in range(4):
            place = tuple(rng.integers(n) for n in weight.shape)
            change = 1e-6 if abs(weight[place]) > 1e-4 else 1e-9
            ends = []
            for step in (change, -change):
                moved = [w.copy() for w in double]
                moved[k][place] += step
                ends.append(losses(learner, DIGITS, moved))
            slope = (ends[0] - ends[1]) / (2 * change)
            assert float(learner.weights[k].grad[place]) == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_least_eigenvalues_are_those_of_numpy_also_where_they_are_equal_and_nodes_have_no_weight():
    rng = np.random.default_rng(3)
    ordinary = [rng.normal(size=(5, 7)), rng.normal(size=(7, 3))]
    torn = [w.copy() for w in ordinary]
    torn[0][2], torn[1][:, 1] = 0.0, 0.0  # an input and an output without a weight
    apart = [np.kron(np.eye(2), np.ones((2, 2))), np.kron(np.eye(2), np.ones((2, 1)))]  # twice 0
    for weights in (ordinary, torn, apart, [np.zeros((2, 2)), np.zeros((2, 1))]):
        found = least_eigenvalues([torch.from_numpy(w) for w in weights])
        assert float(found) == pytest.approx(eigenvalues(weights)[:3].sum(), abs=1e-9)


def test_the_clusterability_term_moves_the_n_cut_beside_shuffles_both_ways():
    config = made(RETINA, hidden=(24, 24), epochs=150)
    found = {}
    for sign in (-1.0, 1.0):
        last = list(train(replace(config, clusterability=0.3 * sign), RETINA, 1))[-1]
        found[sign] = eigenvalues([w.astype(np.float64) for w in last.weights])[:3].sum()
    assert found[1.0] < found[-1.0] - 0.1


def test_swaps_shorten_the_wiring_and_change_no_answer():
    layers = (64, 16, 12, 10)
    plain, swapping = made(DIGITS, wiring=1e-3), made(DIGITS, wiring=1e-3, swap_every=2)
    stays, moves = (Learner(c, "classes", *born(c, DIGITS, 1), 1) for c in (plain, swapping))
    inputs, targets = torch.from_numpy(DIGITS.inputs[:64]), torch.from_numpy(DIGITS.targets[:64])
    for number in range(2):
        assert all(map(np.array_equal, moves.places, first_places(layers))), number
        for learner in (stays, moves):
            learner.step(inputs, targets, 2)
    assert not any(map(np.array_equal, moves.places[:3], stays.places[:3]))
    assert torch.equal(moves.outputs(inputs), stays.outputs(inputs))
    weights = [w.detach().numpy() for w in moves.weights]
    after, before = (wiring_length(weights, learner.places) for learner in (moves, stays))
    assert after < before and float(moves.penalty().detach()) == pytest.approx(1e-3 * after, rel=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.73, 0.9, 1.0])
def test_a_mask_takes_the_weights_of_least_magnitude(share):
    rng = np.random.default_rng(2)
    weight = rng.integers(-3, 4, (7, 9)).astype(np.float32)  # many ties, many zeros
    flat = np.abs(weight).ravel()
    wanted = np.ones(63)
    for place in sorted(range(63), key=lambda i: (flat[i], i))[: min(round(share * 63), 62)]:
        wanted[place] = 0.0
    assert np.array_equal(mask_of(torch.from_numpy(weight), share).numpy().ravel(), wanted)


def test_pruning_follows_the_schedule_in_every_layer_and_never_brings_a_weight_back():
    config = made(DIGITS, prune=0.9, pruning_epochs=3)
    epochs = list(train(config, DIGITS, 3))
    n_steps = 3 * 12  # 1,437 patterns are 12 batches
    assert [e.phase for e in epochs] == ["start", "training", "training", *["pruning"] * 3]
    assert [e.sparsity for e in epochs[:3]] == [0.0] * 3
    gone = None
    for epoch, pruned_at in zip(epochs[3:], (10, 20, 36), strict=True):
        for k, weight in enumerate(epoch.weights):
            wanted = round(sparsity_at(pruned_at, n_steps, 0.9) * weight.size)
            assert (weight == 0.0).sum() == wanted, (epoch.number, k)
        zeros = [w == 0.0 for w in epoch.weights]
        assert gone is None or all((after | ~before).all() for before, after in zip(gone, zeros))
        gone = zeros
    assert epochs[-1].sparsity == pytest.approx(0.9, abs=1e-3)


def test_births_are_glorots_and_clusterable_starts_have_two_sizes_of_weights():
    plain, biases = born(made(DIGITS, hidden=(200, 300)), DIGITS, 1)
    for weight in plain:
        limit = np.sqrt(6.0 / sum(weight.shape))
        assert np.abs(weight).max() <= limit and np.abs(weight).max() > 0.98 * limit
        assert abs(weight.std() * np.sqrt(3.0) / limit - 1.0) < 0.03
    assert not any(b.any() for b in biases)
    clusterable, _ = born(made(DIGITS, hidden=(200, 300), clusterable_init=True), DIGITS, 1)
    assert np.array_equal(clusterable[0], plain[0])
    for before, after in zip(plain[1:], clusterable[1:], strict=True):
        factor = np.round(after / before, 3)
        assert set(np.unique(factor)) == {np.float32(0.6), np.float32(4.6)}
        assert 0.05 < (factor > 1).mean() < 0.15  # a tenth of the pairs share a group
    last = np.round(clusterable[-1] / plain[-1], 3) > 1
    assert (last.sum(axis=1) == 1).all()  # ten outputs in ten groups


def test_dropout_silences_hidden_neurons_and_keeps_their_mean():
    config = made(DIGITS, hidden=(4000,), dropout=0.5)
    learner = Learner(config, "classes", *born(config, DIGITS, 1), 1)
    learner.weights[1] = torch.ones_like(learner.weights[1])  # an output is the sum of what is left
    inputs = torch.from_numpy(DIGITS.inputs[:50])
    with torch.no_grad():
        all_of_them = learner.outputs(inputs)[:, 0]
        some = torch.stack([learner.outputs(inputs, 0.5)[:, 0] for _ in range(40)])
    assert not torch.equal(some[0], some[1])
    assert torch.allclose(some.mean(dim=0), all_of_them, rtol=0.03)


def test_shares_of_right_answers():
    outputs = torch.tensor([[0.5, -0.1], [0.0, 0.2]])
    assert share_right("answers", outputs, torch.tensor([[1.0, 1.0], [1.0, 1.0]])) == 0.5
    assert share_right("classes", outputs, torch.tensor([0, 0])) == 0.5
    assert np.isnan(share_right("numbers", outputs, outputs))


def test_equal_seeds_are_equal_to_the_byte_and_dropout_0_is_no_dropout(tmp_path, capsys):
    given = ["train", "digits", "--hidden", "16,16", "--epochs", "2", "--prune", "--measure-every", "2"]
    logs = []
    for name, *more in (
        ("a", "--seed", "1"),
        ("b", "--seed", "1", "--dropout", "0"),
        ("c", "--seed", "2"),
        ("d", "--seed", "1", "--dropout", "0.5"),
    ):
        assert main([*given, *more, "--out", str(tmp_path / name)]) == 0
        logs.append((tmp_path / name / "log.csv").read_bytes().splitlines())
    assert logs[0] == logs[1]
    assert logs[0][1] == logs[3][1] != logs[2][1]  # dropout leaves the start as it is
    assert logs[0][2] != logs[3][2]
    assert (tmp_path / "a" / "weights.npz").read_bytes() == (tmp_path / "b" / "weights.npz").read_bytes()
    run = load_training_run(tmp_path / "a")
    assert run.config.prune == 0.9 and run.log["epoch"].tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(run.log["n_cut"]).tolist() == [False, True, False, True, False]
    assert run.measured["n_cut"] == pytest.approx(run.log["n_cut"][-1])
    assert run.measured["draws"] == 50 and run.measured["k"] == 12
    assert run.manifest["threads"] == 1 and run.manifest["versions"]["torch"] == torch.__version__
    before = [np.count_nonzero(w == 0) for w in run.layers("weights-unpruned")[0]]
    assert before == [0, 0, 0] and run.layers()[0][0].shape == (64, 16)


def test_digits_are_learned_and_the_command_tells_so(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "digits", "--seed", "1", "--hidden", "64,64", "--epochs", "12"]) == 0
    told = capsys.readouterr().out
    assert "n-cut (k = 12)" in told and "50 shuffled" in told
    assert "functional Q, upstream" in told and "AMI with n-cut" in told
    run = load_training_run("runs/digits-trained-seed1")
    assert run.log["test_accuracy"][-1] > 0.8 > 0.3 > run.log["test_accuracy"][0]
    assert main(["train", "digits", "--seed", "1", "--hidden", "64,64", "--epochs", "12"]) == 2
    assert "exists and is not empty" in capsys.readouterr().err


def test_an_untrained_network_is_measured_too(tmp_path, capsys):
    arguments = ["train", "digits", "--untrained", "--hidden", "20", "--seed", "4", "--out"]
    assert main([*arguments, str(tmp_path / "x")]) == 0
    assert "0 epochs, 0 steps" in capsys.readouterr().out


def test_polynomials_come_closer(monkeypatch):
    monkeypatch.setattr(datasets, "N_POLYNOMIAL", (1000, 300))
    data = load_dataset("polynomials")
    epochs = list(train(made(data, hidden=(64,), epochs=4, learning_rate=0.01), data, 1))
    assert epochs[-1].test_loss < 0.8 * epochs[0].test_loss and np.isnan(epochs[-1].test_accuracy)
    assert epochs[0].loss == pytest.approx((data.targets.astype(float) ** 2).mean(), rel=0.5)


@pytest.fixture(scope="module")
def retina(tmp_path_factory):
    """A retina network that answers left AND right."""
    config = TrainingConfig("retina", epochs=300)
    return run_training(config, 4, tmp_path_factory.mktemp("runs") / "retina", draws=5)


def test_a_retina_network_answers_as_the_network_that_is_saved_of_it(retina):
    network = load_network(retina.folder / "best.json")
    patterns = all_patterns(8)
    with torch.no_grad():
        learner = Learner(retina.config, "answers", *retina.layers(), 1)
        outputs = learner.outputs(torch.from_numpy(RETINA.inputs)).numpy()
    assert np.allclose(network.values(patterns)[:, -1:], outputs, atol=1e-12)
    assert np.array_equal(network.answer(patterns), np.sign(outputs))
    right = (network.answer(patterns)[:, 0] == RETINA.targets[:, 0]).mean()
    assert right == retina.log["train_accuracy"][-1] == network.about["fitness"]["left-and-right"] == 1.0
    assert retina.measured["k"] == 3 and 0.0 <= retina.measured["q_score"] < 1.0


def test_a_trained_network_adapts_to_related_and_random_goals(retina):
    assert adapt(retina, "left-and-right").steps == 0
    related = adapt(retina, "left-or-right", most_steps=3000)
    assert related.relation == "related" and related.steps is not None and related.steps > 0
    task = load_task("retina")
    ours, other = task.tables["left-and-right"], task.tables["left-or-right"]
    assert related.at_first == (ours == other).mean()
    table = task.random_goal(np.random.default_rng(1))
    random = adapt(retina.folder, table, most_steps=5)
    assert (random.relation, random.steps) == ("random", None)
    assert random.at_first == (ours == table).mean()


def test_an_adaptation_tells_how_the_goals_are_related(tmp_path):
    run = run_training(TrainingConfig("retina-relations", epochs=0), 1, tmp_path / "x", draws=2)
    goals = ("left-and-right", "neither", "left-and-mirrored", "top-and-bottom")
    told = [adapt(run, goal, most_steps=0).relation for goal in goals]
    assert told == ["same", "related", "partly related", "unrelated"]


def test_pruned_connections_stay_away_while_it_adapts(tmp_path):
    run = run_training(TrainingConfig("retina", epochs=100, prune=0.5), 2, tmp_path / "x", draws=3)
    assert run.log["sparsity"][-1] == pytest.approx(0.5, abs=0.02)
    assert load_network(tmp_path / "x" / "best.json").weight.size == sum(
        np.count_nonzero(w) for w in run.layers()[0]
    )
    assert adapt(run, "left-or-right", most_steps=20).steps is None


def test_what_cannot_be_adapted(tmp_path, retina):
    run = run_training(TrainingConfig("digits", hidden=(20,), epochs=0), 1, tmp_path / "x", draws=2)
    with pytest.raises(EvomodError, match="digits, which has no other goals"):
        adapt(run, "left-and-right")
    with pytest.raises(EvomodError, match="has no goal 'left'"):
        adapt(retina, "left")
    with pytest.raises(EvomodError, match="most_steps wants a whole number"):
        adapt(retina, "left-or-right", most_steps=-1)
    with pytest.raises(EvomodError, match="Booleans"):
        adapt(retina, np.zeros((1, 16), np.bool_))


def test_arithmetic_is_as_before_afterwards():
    before = torch.get_num_threads()
    with fixed_arithmetic(before + 1):
        assert torch.get_num_threads() == before + 1
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.tensor(1e-40) * 1.0 == 0.0
    assert torch.get_num_threads() == before and not torch.are_deterministic_algorithms_enabled()
    assert torch.tensor(1e-40) * 1.0 > 0.0


def test_a_task_of_several_outputs_is_trained():
    data = task_data(load_task("circuit_three_outputs"))
    epochs = list(train(made(data, hidden=(8,), epochs=200, learning_rate=0.03), data, 1))
    assert epochs[-1].train_accuracy > epochs[0].train_accuracy


def test_a_training_that_diverges_is_told():
    with pytest.raises(EvomodError, match="the training diverges. Lower the learning rate"):
        list(train(made(DIGITS, learning_rate=1e30), DIGITS, 1))


def test_plot_draws_a_training(tmp_path, capsys):
    """Of a task curves and network; of digits whose network is large curves alone; pictures are the same again."""
    folder, large = tmp_path / "retina", tmp_path / "digits"
    run_training(TrainingConfig("retina", epochs=3, wiring=1e-3, swap_every=1), 1, folder, draws=2)
    run_training(TrainingConfig("digits", hidden=(150,), epochs=1), 1, large, draws=2)
    assert main(["plot", str(folder), str(large)]) == 0
    assert capsys.readouterr().out.split() == [
        str(path) for path in (folder / "curves.png", folder / "network.png", large / "curves.png")
    ]
    before = {path: path.read_bytes() for path in folder.glob("*.png")}
    assert main(["plot", str(folder)]) == 0
    assert all(
        content[:4] == b"\x89PNG" and path.read_bytes() == content for path, content in before.items()
    )
    places = [line.tolist() for line in load_places(folder / "weights.npz")]
    assert [sorted(line) for line in places] == [line.tolist() for line in first_places((8, 8, 4, 2, 1))]
    assert places[1] != sorted(places[1])
    assert set(load_network(folder / "best.json").positions[:8, 0]) == {8 * (x - 0.5) for x in places[0]}


def test_one_weight_of_every_layer_stays():
    weight = torch.tensor([[0.5, -0.1]])
    assert mask_of(weight, 0.9).tolist() == [[1.0, 0.0]]
    assert mask_of(torch.tensor([[0.5]]), 0.99).tolist() == [[1.0]]


def test_a_training_that_leaves_few_nodes_is_measured_all_the_same(tmp_path, capsys):
    arguments = ["--hidden", "3", "--epochs", "1", "--prune", "0.99", "--seed", "1", "--quiet"]
    assert main(["train", "digits", *arguments, "--out", str(tmp_path / "x")]) == 0
    assert (tmp_path / "x" / "complete").exists()
    told = load_training_run(tmp_path / "x").measured
    assert 1 <= told["k"] < 12
