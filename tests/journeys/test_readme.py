"""What a user reads first is what works: every command of the two READMEs is run, in order, on the sample's export."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cemlab.sample_files import write_service_sample

ROOT = Path(__file__).resolve().parents[2]


def blocks(name, language):
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def commands(name):
    lines = "\n".join(blocks(name, "sh")).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A user's empty folder with the export of a survey tool in it."""
    folder = tmp_path_factory.mktemp("user")
    _, export = write_service_sample(folder / "tool")
    export.rename(folder / "my_export.csv")
    return folder


def run(arguments, home):
    environment = {**os.environ, "CEMLAB_HOME": str(home), "CEMLAB_KEY": str(home / "secret.key"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        arguments, cwd=home, env=environment, capture_output=True, encoding="utf-8", errors="replace", timeout=600
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout


def test_both_languages_tell_the_same_commands():
    assert commands("README.md") == commands("README.zh-CN.md")
    assert blocks("README.md", "python") == blocks("README.zh-CN.md", "python")


def test_the_make_targets_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = {
        word
        for name in ("README.md", "README.zh-CN.md")
        for c in commands(name)
        if c.startswith("make ")
        for word in c.split()[1:2]
    }
    assert told == {"report", "test"}
    for target in told:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def test_the_tour_ends_with_a_report(home):
    for command in commands("README.md"):
        if command.startswith("cemlab "):
            run([sys.executable, "-m", "cemlab.cli", *shlex.split(command)[1:]], home)
    page = (home / "reports" / "my_study" / "report.html").read_text(encoding="utf-8")
    assert "净推荐值 NPS" in page
    assert "22.0" in page  # the score planted in the sample
    assert "1380000" not in page  # no phone number has come through
    assert {path.name for path in (home / "reports" / "my_study").iterdir()} >= {
        "results.csv",
        "findings.csv",
        "manifest.json",
    }
    again = run([sys.executable, "-m", "cemlab.cli", "ingest", "my_export.csv", "--codebook", "my_study.yml"], home)
    assert "此前已入库，未作改动" in again


def test_the_notebook_lines_run(home):
    exports = write_service_sample(home / "tool")
    codebook = str(ROOT / "data" / "codebooks" / "service_touchpoints.yml")
    run([sys.executable, "-m", "cemlab.cli", "ingest", *map(str, exports), "--codebook", codebook], home)
    code = "\n".join(blocks("README.md", "python")).replace("data/codebooks/service_touchpoints.yml", codebook)
    lines = code.replace("\\", "/").splitlines()
    out = run(
        [sys.executable, "-c", "\n".join([*lines[:-1], f"print({lines[-1]}['difference'].round(6).tolist())"])], home
    )
    assert out.strip() == "[-14.0]"
