"""All results as one archive, ready for a repository that gives DOIs such as Zenodo (`.zenodo.json` describes it).

python scripts/archive.py        # dist/evomod-results-<version>.zip; the same results make the same bytes
"""

import argparse
import hashlib
import zipfile
from pathlib import Path

import evomod

ROOT = Path(__file__).parent.parent
TEXTS = ("CITATION.cff", "LICENSE", "docs/results.md", "docs/statistics.md")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
ABOUT = """Results of evomod {version}: tables, manifests, verdicts and pictures of every study.

Each folder is a study or an experiment of one paper. Its manifest.json says config, seeds, versions and commit; study.toml
runs it again (`evomod study study.toml`), and `evomod verify` of this version tests every claim on these tables.
docs/results.md has all claims with effects and verdicts, docs/statistics.md the rule. SHA256SUMS has one line per file.
"""


def archive(path: Path, root: Path = ROOT) -> Path:
    """Write the archive; returns its path. Files stand in the order of their names, without dates."""
    files = sorted(one for one in (root / "results").rglob("*") if one.is_file())
    contents = {str(one.relative_to(root)): one.read_bytes() for one in files}
    contents |= {name: (root / name).read_bytes() for name in TEXTS}
    contents["README.txt"] = ABOUT.format(version=evomod.__version__).encode()
    sums = [
        f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(contents.items())
    ]
    contents["SHA256SUMS"] = ("\n".join(sums) + "\n").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in sorted(contents.items()):
            whole.writestr(
                zipfile.ZipInfo(f"{path.stem}/{name}", LONG_AGO), content, zipfile.ZIP_DEFLATED
            )
    return path


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description="Write all results as one archive.")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "dist" / f"evomod-results-{evomod.__version__}.zip"
    )
    path = archive(parser.parse_args().out)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
