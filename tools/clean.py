"""Remove what runs left behind; never the environment, the store, rendered reports or kept raw files."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFTOVERS = [
    "build",
    "dist",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    "*.egg-info",
    "spark-warehouse",
    "metastore_db",
]
ROOMS = ["cemlab", "tests", "tools", "benchmarks", "notebooks"]


def leftovers(root=ROOT):
    """Return the paths that `make clean` removes."""
    found = [path for pattern in LEFTOVERS for path in root.glob(pattern)]
    nested = ["__pycache__", ".ipynb_checkpoints"]
    found += [path for room in ROOMS for name in nested for path in (root / room).rglob(name)]
    return [*found, *(root / "reports").glob("*.FAILED")]


if __name__ == "__main__":
    for path in leftovers():
        shutil.rmtree(path, ignore_errors=True)
