"""Data sets: the reader of IDX files, where files are looked for, polynomials, tasks as data."""

import gzip
import struct

import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.gradient import datasets
from evomod.gradient.datasets import load_dataset, read_idx
from evomod.task import load_task


def idx(array, kind=8):
    """An array of bytes as the format's description has it."""
    head = bytes((0, 0, kind, array.ndim)) + b"".join(struct.pack(">i", n) for n in array.shape)
    return head + array.astype(np.uint8).tobytes()


def fill(folder, n=6, rows=28, labels=None, packed=False):
    """The four files of a tiny Fashion-MNIST; returns pictures and labels of the training files."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(n)
    images = rng.integers(0, 256, (n, rows, 28))
    labels = rng.integers(0, 10, n) if labels is None else np.asarray(labels)
    for name, array in zip(
        [name for pair in datasets.FILES.values() for name in pair], [images, labels] * 2, strict=True
    ):
        content = idx(array)
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    return images, labels


@pytest.mark.parametrize("shape", [(5,), (2, 3), (4, 3, 2), (0, 28, 28)])
@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_read_as_they_were_written(tmp_path, shape, packed):
    array = np.random.default_rng(1).integers(0, 256, shape)
    content = idx(array)
    (tmp_path / "x").write_bytes(gzip.compress(content) if packed else content)
    assert np.array_equal(read_idx(tmp_path / "x"), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no IDX file"),
        (b"\0\0\x08", "no IDX file"),
        (b"hello world", "no IDX file"),
        (idx(np.zeros(4), kind=13), "no IDX file of unsigned bytes"),
        (idx(np.zeros((2, 3)))[:-1], "promises 2 x 3 bytes and holds 5"),
        (idx(np.zeros((2, 3))) + b"\0", "promises 2 x 3 bytes and holds 7"),
        (idx(np.zeros((2, 3)))[:9], "is damaged"),
        (b"\0\0\x08\0", "is damaged"),
        (b"\0\0\x08\x03" + bytes(4) + b"\xff" * 8, "is damaged: it promises 0 x"),
        (b"\0\0\x08\xff" + b"\0\0\0\x01" * 255 + b"\0", "is damaged: it has 255 axes"),
        (b"\0\0\x08\4" + struct.pack(">4i", *[65_536] * 4), "promises 65536 x .* and holds 0"),  # 2**64
        (gzip.compress(idx(np.arange(200)), mtime=0)[:-30], "cannot be read"),
        (gzip.compress(idx(np.arange(200)), mtime=0)[:20] + b"xxxx", "cannot be read"),
    ],
)
def test_a_damaged_idx_file_is_told_in_one_sentence(tmp_path, content, message):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(EvomodError, match=message) as caught:
        read_idx(tmp_path / "x")
    assert str(tmp_path / "x") in str(caught.value)


@pytest.mark.parametrize("packed", [False, True])
def test_fashion_mnist_is_read_from_a_folder(tmp_path, packed):
    images, labels = fill(tmp_path / "files", packed=packed)
    data = load_dataset("fashion-mnist", folder=tmp_path / "files")
    assert (data.n_inputs, data.n_outputs, data.kind) == (784, 10, "classes")
    assert np.array_equal(np.rint(data.inputs * 255).reshape(images.shape), images)
    assert np.array_equal(data.targets, labels) and data.inputs.dtype == np.float32
    assert data.source == str(tmp_path / "files")


def test_fashion_mnist_is_looked_for_in_the_folders_that_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    fill(tmp_path / "data" / "fashion-mnist")
    assert load_dataset("fashion-mnist").source == "data/fashion-mnist"
    fill(tmp_path / "mine", n=7)
    monkeypatch.setenv("EVOMOD_DATA", str(tmp_path / "mine"))
    assert load_dataset("fashion-mnist").source == str(tmp_path / "mine")
    (tmp_path / "mine" / "train-labels-idx1-ubyte").unlink()
    assert load_dataset("fashion-mnist").source == "data/fashion-mnist"


def test_damaged_and_missing_files_of_fashion_mnist(tmp_path):
    folder = tmp_path / "files"
    with pytest.raises(EvomodError, match=r"not found; looked in .*files\. Get them from"):
        load_dataset("fashion-mnist", folder=folder)
    fill(folder, labels=[0, 1, 2, 3, 4, 10])
    with pytest.raises(EvomodError, match="a label is 10"):
        load_dataset("fashion-mnist", folder=folder)
    fill(folder, labels=[0, 1])
    with pytest.raises(EvomodError, match="holds 2 labels; .* holds 6 pictures"):
        load_dataset("fashion-mnist", folder=folder)
    fill(folder, rows=27)
    with pytest.raises(EvomodError, match="wanted pictures of 28 x 28"):
        load_dataset("fashion-mnist", folder=folder)


def test_three_of_the_four_files_and_files_without_a_picture(tmp_path):
    folder = tmp_path / "files"
    fill(folder, n=0)
    with pytest.raises(EvomodError, match="train-images-idx3-ubyte holds no pictures"):
        load_dataset("fashion-mnist", folder=folder)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(
        EvomodError, match=r"looked in .*files; .*files lacks t10k-labels-idx1-ubyte\. Get"
    ):
        load_dataset("fashion-mnist", folder=folder)


@pytest.mark.parametrize("name", ["retina", "digits"])
def test_a_folder_is_not_silently_ignored(name):
    with pytest.raises(EvomodError, match=f"{name} needs no files; --data belongs to fashion-mnist"):
        load_dataset(name, folder="/nonexistent")


def test_without_files_and_without_a_network_it_says_where_it_looked(tmp_path, monkeypatch):
    def refuse(*given, **named):
        raise OSError("no route")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", refuse)
    monkeypatch.setattr(datasets, "PACKAGED", tmp_path / "packaged")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EvomodError, match=r"looked in data/fashion-mnist, .*no route.*EVOMOD_DATA"):
        load_dataset("fashion-mnist")


def test_what_openml_sends_is_split_as_the_files_are(tmp_path, monkeypatch):
    pixels = np.zeros((70_000, 784), np.uint8)
    pixels[60_000, 0] = 255
    labels = (np.arange(70_000) % 10).astype(str)
    monkeypatch.setattr("sklearn.datasets.fetch_openml", lambda *given, **named: (pixels, labels))
    monkeypatch.setattr(datasets, "PACKAGED", tmp_path)
    monkeypatch.chdir(tmp_path)
    data = load_dataset("fashion-mnist")
    assert data.inputs.shape == (60_000, 784) and data.test_inputs[0, 0] == 1.0
    assert data.targets[:3].tolist() == [0, 1, 2] and data.source == "openml.org"


def test_polynomials_are_all_sums_of_the_terms():
    points = np.array([[0.5, -2.0], [-1.5, 3.0]])
    found = datasets.values_of_polynomials(points)
    assert found.shape == (2, 512)
    for p in range(512):
        for k, (x, y) in enumerate(points):
            value = 0.0
            for t in range(9):
                if p >> (8 - t) & 1:
                    value += x ** (t // 3) * y ** (t % 3)
            assert found[k, p] == pytest.approx(value)


def test_a_task_is_all_its_patterns_and_the_answers_of_a_goal():
    task = load_task("retina")
    data = load_dataset("retina", "left-or-right")
    assert np.array_equal(data.inputs > 0, (np.arange(256)[:, None] >> np.arange(8)) & 1 == 1)
    assert np.array_equal(data.targets[:, 0] > 0, task.tables["left-or-right"][0])
    assert set(np.unique(data.targets)) == {-1.0, 1.0}
    assert (data.hidden, data.modules, data.goal) == ((8, 4, 2), 3, "left-or-right")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ("cifar",),
            "no data set 'cifar'; known: digits, fashion-mnist, polynomials, and the tasks .*retina",
        ),
        (("digits", "left-and-right"), "digits has no goals"),
        (("digits", None, "x"), "--data belongs to fashion-mnist"),
        (("retina", "left"), "has no goal 'left'"),
    ],
)
def test_data_that_cannot_be(given, message):
    with pytest.raises(EvomodError, match=message):
        load_dataset(*given)
