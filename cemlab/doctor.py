"""What is installed, what is missing, and the command that mends it: `cemlab doctor`."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cemlab import paths

OLDEST, NEWEST = (3, 11), (3, 13)
MARKS = {"ok": "✓", "advice": "!", "missing": "✗"}


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Parameters
    ----------
    name : str
        Short identifier, such as ``python``.
    state : {"ok", "advice", "missing"}
        "missing" stops cemlab from working, "advice" costs a feature or an exact repetition.
    zh, en : str
        One line in each language.
    mend : str
        The command that mends it; empty where nothing is to be done.
    """

    name: str
    state: str
    zh: str
    en: str
    mend: str = ""


def run():
    """Look at the installation; return a list of `Check`, the essential ones first."""
    checks = [check_python(), check_packages(), check_lock(), check_fonts()]
    checks += [check_folder("data/lake", paths.lake_folder()), check_folder("reports", paths.reports_folder())]
    return [*checks, check_folder("cache", cache_folder()), check_java()]


def print_report(checks=None, file=None):
    """Print what `run` found, in Chinese and English; return 1 where something essential is missing, otherwise 0."""
    checks = run() if checks is None else checks
    file = sys.stdout if file is None else file
    if hasattr(file, "reconfigure"):
        file.reconfigure(errors="replace")  # a console that cannot show Chinese still gets the English
    for check in checks:
        print(f"{MARKS[check.state]} {check.name}: {check.zh} / {check.en}", file=file)
        if check.mend:
            print(f"    -> {check.mend}", file=file)
    missing = [check.name for check in checks if check.state == "missing"]
    if missing:
        names = ", ".join(missing)
        print(f"缺少必需项：{names} / essential parts are missing: {names}", file=file)
    else:
        print("可以使用 / ready to use", file=file)
    return 1 if missing else 0


def check_python(version=None):
    """Whether this Python is one that cemlab is made for; `version` is (major, minor)."""
    version = tuple(version or sys.version_info[:2])
    found = ".".join(map(str, version))
    if OLDEST <= version <= NEWEST:
        return Check("python", "ok", f"Python {found}", sys.executable)
    return Check(
        "python", "missing", f"Python {found} 不受支持", "Python 3.11 to 3.13 is needed", "make setup PYTHON=python3.12"
    )


def check_packages(wanted=None):
    """Whether every package that cemlab requires is there in a version it accepts; `wanted` replaces its own list."""
    if wanted is None:
        try:
            wanted = importlib.metadata.requires("cemlab") or []
        except importlib.metadata.PackageNotFoundError:
            return Check("packages", "missing", "cemlab 尚未安装", "cemlab itself is not installed", mend_packages())
    wrong, count = unmet(wanted)
    if wrong:
        zh, en = (
            f"{len(wrong)} 个依赖缺失或版本不符：{listed(wrong)}",
            f"{len(wrong)} absent or in a version not accepted",
        )
        return Check("packages", "missing", zh, en, mend_packages(wrong))
    return Check("packages", "ok", f"{count} 个直接依赖齐全", f"{count} direct dependencies are there")


def check_lock(lock=None):
    """Whether the packages are exactly those of requirements.lock, so that figures can be repeated."""
    lock = paths.PACKAGE.parent / "requirements.lock" if lock is None else Path(lock)
    if not lock.is_file():
        return Check("lock", "ok", "由安装包安装，无锁定文件", "installed from a wheel: no lock file to compare with")
    lines = lock.read_text(encoding="utf-8").splitlines()
    wrong, count = unmet(line for line in lines if line.strip() and not line.startswith("#"))
    if wrong:
        zh = f"{len(wrong)} 个包与锁定版本不同：{listed(wrong)}"
        return Check("lock", "advice", zh, f"{len(wrong)} of {count} differ from the lock", mend_packages())
    return Check("lock", "ok", f"{count} 个包与锁定版本一致", f"{count} packages are as locked")


def unmet(requirements):
    """Return ({requirement: version found or None} of those that this environment does not meet, how many apply)."""
    from packaging.requirements import Requirement

    wrong, count = {}, 0
    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            found = None
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            requirement.marker = None
            wrong[str(requirement)] = found
    return wrong, count


def listed(wrong, most=5):
    """Write what `unmet` found in one line, at most `most` of it."""
    return ", ".join(f"{requirement} ({found or '—'})" for requirement, found in list(wrong.items())[:most])


def mend_packages(wrong=()):
    """Return the command that installs what is missing, in the way this cemlab was installed."""
    if not paths.is_checkout():
        return " ".join([f'"{sys.executable}" -m pip install', *(f'"{requirement}"' for requirement in wrong)])
    if os.environ.get("CONDA_PREFIX") and sys.prefix == os.environ["CONDA_PREFIX"]:
        return "conda env update --file environment.yml"
    if Path(sys.prefix) == paths.PACKAGE.parent / ".venv" and shutil.which("make"):
        return "make setup"
    return f'"{sys.executable}" -m pip install -r requirements.lock -e .'


def check_fonts():
    """Whether charts can draw Chinese: looked for by cemlab.report.fonts."""
    mend = f'"{sys.executable}" -m pip install pylopdf-fonts-zh-cn'
    try:
        from cemlab.report import fonts

        absent = fonts.missing_glyphs("净推荐值满意度费力度")
    except (ImportError, OSError, RuntimeError) as reason:
        return Check("fonts", "missing", f"图表无法显示中文：{reason}", "charts cannot draw Chinese", mend)
    if absent:
        return Check("fonts", "missing", f"字体缺少字形：{absent}", "the font found lacks Chinese characters", mend)
    return Check("fonts", "ok", "图表可显示中文", "charts can draw Chinese")


def cache_folder():
    """Folder in which cemlab keeps what it can make again, such as trained models."""
    from platformdirs import user_cache_path

    return user_cache_path("cemlab", appauthor=False)


def check_folder(name, folder):
    """Whether files can be written to `folder`; it is not made if it does not exist yet."""
    nearest = next(parent for parent in [folder, *folder.parents] if parent.exists())
    try:
        if not nearest.is_dir():
            raise NotADirectoryError(nearest)
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError:
        zh, en = f"无法写入 {folder}", "cannot be written to; or set CEMLAB_HOME to a folder of your own"
        return Check(name, "missing", zh, en, mend_folder(nearest))
    return Check(name, "ok", f"可写 {folder}", "can be written to")


def mend_folder(folder):
    """Return the command that gives the present user the right to write to `folder`."""
    if os.name == "nt":
        return f'icacls "{folder}" /grant "%USERNAME%":(OI)(CI)M'
    return f'sudo chown -R "$(id -un)" "{folder}"'


def check_java(command="java"):
    """Whether Spark could run: its Python package and a Java are needed; both are optional."""
    if find_spec("pyspark") is None:
        return Check(
            "spark", "ok", "未安装 Spark（可选）", "Spark is not installed (optional: make setup EXTRAS=spark)"
        )
    try:
        found = subprocess.run([command, "-version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        found = False
    if found:
        return Check("spark", "ok", "Spark 与 Java 可用", "Spark and Java are there")
    return Check("spark", "advice", "已装 Spark，但缺少 Java 17", "Spark is installed, Java 17 is not", mend_java())


def mend_java():
    """Return the command that installs a Java on this system."""
    if os.name == "nt":
        return "winget install EclipseAdoptium.Temurin.17.JRE"
    if sys.platform == "darwin":
        return "brew install openjdk@17"
    return "sudo apt-get install openjdk-17-jre-headless"
