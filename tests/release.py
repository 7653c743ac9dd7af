"""What a released package has to do in an empty environment; `make release` runs it there, outside the repository."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

EVOMOD = Path(sys.executable).with_name("evomod")
COMMANDS = (
    ("doctor",),
    ("tasks",),
    ("evolve", "retina", "--seed", "1", "--set", "evolution.generations=20", "--out", "run"),
    ("plot", "run"),
    ("report", "run"),
    ("figure",),
    ("figure", "clune2013-fig2"),
    ("verify",),
)


def main() -> None:
    """Every command ends well, and what is installed is the package, not the repository."""
    import evomod

    assert "site-packages" in evomod.__file__, evomod.__file__
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            done = subprocess.run(
                [EVOMOD, *command], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                sys.exit(
                    f"evomod {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
                )
        assert (
            json.loads((Path(folder) / "run" / "manifest.json").read_text())["versions"]["evomod"]
            == evomod.__version__
        )
        assert (Path(folder) / "clune2013-fig2.png").read_bytes()[:4] == b"\x89PNG"
    print(f"evomod {evomod.__version__}: {len(COMMANDS)} commands from an empty environment")


if __name__ == "__main__":
    main()
