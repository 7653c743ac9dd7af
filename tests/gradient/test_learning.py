"""Learning in evolution takes the steps of PyTorch's Rprop."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from evomod.encodings import layered
from evomod.task import load_task

LAYERS = (8, 4, 2)


def descended(encoding, genome, wanted, steps):
    """The same genome after steps of ``torch.optim.Rprop`` on the squared error of what is counted."""
    edges, sizes = encoding.n_edges, list(pairwise(LAYERS))
    present = torch.tensor(genome != 0)
    genes = torch.tensor(genome, requires_grad=True)
    inputs = torch.tensor(np.where(encoding.inputs.T, 1.0, -1.0))
    aims, optimizer = torch.tensor(wanted.T), torch.optim.Rprop([genes], lr=0.1, foreach=False)
    for _ in range(steps):
        optimizer.zero_grad()
        values, edge, neuron = inputs, 0, edges
        for before, after in sizes:
            weights = genes[edge : edge + before * after].reshape(after, before)
            values = torch.tanh(values @ weights.T + genes[neuron : neuron + after])
            edge, neuron = edge + before * after, neuron + after
        loss = ((values - aims) ** 2)[aims != 0].sum()
        loss.backward()
        genes.grad[~present] = 0.0
        optimizer.step()
    return genes.detach().numpy()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_learned_weights_are_those_of_pytorch(seed):
    """All neurons lead to an output here, and no weight comes near the end of its range."""
    network = layered.RealNetwork(
        encoding="layered-real", layers=LAYERS, gain=1.0, weight_range=(-99, 99), bias_range=(-99, 99)
    )
    encoding = layered.build(network, load_task("retina-sides"))
    rng = np.random.default_rng(seed)
    wanted = np.where(rng.random((2, 256)) < 0.5, 1.0, -1.0) * (rng.random((2, 256)) < 0.7)
    genomes = np.where(rng.random((1, encoding.n_genes)) < 0.7, 1.0, 0.0)
    genomes[:, 32:] = 1.0
    (begun,), _ = encoding.learned(genomes, wanted, 0, np.random.default_rng(seed))
    for steps in (1, 5, 25):
        (found,), _ = encoding.learned(genomes, wanted, steps, np.random.default_rng(seed))
        assert np.allclose(found, descended(encoding, begun, wanted, steps), rtol=0, atol=1e-9)
        assert not np.array_equal(found, begun)
