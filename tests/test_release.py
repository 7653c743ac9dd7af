"""What a release holds says the same everywhere: versions, requirements, the archive of results."""

import hashlib
import json
import re
import zipfile
from configparser import ConfigParser
from pathlib import Path

from evomod.papers.scripts import load_script

ROOT = Path(__file__).parent.parent
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg")
OTHERWISE = {"matplotlib": "matplotlib-base", "tomli_w": "tomli-w"}
"""Names of conda's."""


def test_the_conda_recipe_wants_what_the_package_wants():
    recipe = (ROOT / "recipe" / "recipe.yaml").read_text()
    wanted = SETUP["options"]["install_requires"].split("\n")
    wanted = dict(line.split(" >= ") for line in wanted if line)
    run = re.search(r"  run:\n((?:    - .*\n)+)", recipe)[1]
    found = dict(re.findall(r"- (\S+) >=(\S+)", run))
    assert found.pop("python") == SETUP["options"]["python_requires"].removeprefix(">=")
    assert found == {OTHERWISE.get(name, name): version for name, version in wanted.items()}
    assert SETUP["options.entry_points"]["console_scripts"].strip() in recipe


def test_all_say_the_same_version():
    version = SETUP["metadata"]["version"]
    assert f'version: "{version}"' in (ROOT / "recipe" / "recipe.yaml").read_text()
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert json.loads((ROOT / ".zenodo.json").read_text())["version"] == version
    assert re.search(rf"^## .*{re.escape(version)}", (ROOT / "CHANGELOG.md").read_text(), re.M)


def test_the_archive_of_results_is_whole_and_the_same_each_time(tmp_path):
    for name in (
        "results/paper/table.csv",
        "results/a.json",
        "CITATION.cff",
        "LICENSE",
        "docs/results.md",
        "docs/statistics.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    module = load_script(ROOT / "scripts" / "archive.py")
    path = module.archive(tmp_path / "dist" / "mine.zip", tmp_path)
    before = path.read_bytes()
    (tmp_path / "results" / "a.json").touch()
    assert module.archive(path, tmp_path).read_bytes() == before
    with zipfile.ZipFile(path) as whole:
        assert len(whole.namelist()) == 8
        for line in whole.read("mine/SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(whole.read(f"mine/{name}")).hexdigest() == digest
