"""Write requirements.lock and requirements-spark.lock from pyproject.toml; `--upgrade` moves every pin forward.

One lock serves Python 3.11 to 3.13 on Linux, Windows and macOS (environment markers). Needs uv: `pip install uv`.
Pins that still satisfy pyproject.toml stay as they are, so a new dependency moves nothing else.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Exact versions for Python 3.11 to 3.13 on Linux, Windows and macOS. Made by: python tools/lock.py\n"


def compile_pins(extras, seed, upgrade=False):
    """Return the pins (list of str) of cemlab with `extras`, keeping those that the text `seed` holds."""
    target = ROOT / ".lock.tmp"
    target.write_text(seed, encoding="utf-8")
    command = [
        "uv",
        "pip",
        "compile",
        "--universal",
        "--python-version",
        "3.11",
        "--fork-strategy",
        "fewest",
        "--quiet",
    ]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "-o", str(target)]
    command += [f"--extra={extra}" for extra in extras] + (["--upgrade"] if upgrade else []) + ["pyproject.toml"]
    try:
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return [line for line in target.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    finally:
        target.unlink(missing_ok=True)


def main(arguments):
    """Write both lock files; the second holds only what Spark needs beyond the first."""
    lock, spark_lock = ROOT / "requirements.lock", ROOT / "requirements-spark.lock"
    seed = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    pins = compile_pins(["dev"], seed, upgrade="--upgrade" in arguments)
    lock.write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8", newline="\n")
    spark_seed = spark_lock.read_text(encoding="utf-8") if spark_lock.is_file() and "--upgrade" not in arguments else ""
    with_spark = compile_pins(["dev", "spark"], "\n".join(pins) + "\n" + spark_seed)
    extra = [pin for pin in with_spark if pin not in pins]
    spark_lock.write_text(HEADER + "\n".join(extra) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(pins)} pins, {len(extra)} more with Spark")


if __name__ == "__main__":
    main(sys.argv[1:])
