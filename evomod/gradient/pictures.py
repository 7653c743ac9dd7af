"""Pictures of a training's folder, into it: what ``evomod plot`` draws of one."""

from __future__ import annotations

from pathlib import Path

from evomod.files.readers import DamageError, read_json
from evomod.gradient.places import first_places
from evomod.gradient.run import FORMAT, load_places, load_training_run
from evomod.plots.pictures import write_pictures
from evomod.plots.trained import curves_of_training, weights_of_training
from evomod.trust import shipped_task_named

MOST_NODES = 200
"""Of a network that is drawn; of a larger one only the curves."""


def is_training(folder: str | Path) -> bool:
    """Whether `evomod train` has written the folder."""
    try:
        manifest = read_json(Path(folder) / "manifest.json")
    except (OSError, DamageError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def draw_training(folder: str | Path) -> list[Path]:
    """Curves, and of a network of at most `MOST_NODES` nodes its weights. Raises `EvomodError` if it is not a training, or the
    pictures cannot be written."""
    run = load_training_run(folder)
    weights, _ = run.layers()
    layers = (len(weights[0]), *(w.shape[1] for w in weights))
    parts = [run.config.data, run.config.goal, f"seed {run.seed}"]
    title = ", ".join(part for part in parts if part)
    config, is_task = run.config, run.config.goal is not None
    is_penalised = any((config.l1, config.l2, config.l1_first, config.wiring, config.clusterability))
    pictures = {"curves.png": curves_of_training(run.log, title, is_task, is_penalised)}
    if sum(layers) <= MOST_NODES:
        places = load_places(run.folder / "weights.npz") or first_places(layers)
        names = [
            [f"{letter}{k + 1}" for k in range(n)] for letter, n in (("x", layers[0]), ("y", layers[-1]))
        ]
        task = shipped_task_named(config.data) if is_task else None
        if task is not None and len(task.inputs) == layers[0]:
            names[0] = list(task.inputs)
        told = (
            f"{title}\na line is as thick as its weight beside the largest of its layer; orange: below 0"
        )
        pictures["network.png"] = weights_of_training(weights, places, (names[0], names[1]), told)
    return write_pictures(run.folder, pictures)
