"""Make the environment `.venv` with the exact versions of requirements.lock; do nothing where it is already so.

Called by make as `python tools/set_up.py [EXTRA...]` with whatever Python 3 there is; needs only the standard library
and looks for a Python 3.11 to 3.13 by itself. A stamp in .venv remembers what was installed, so that the next call needs
no network. Extras: `spark`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "cemlab-setup.txt"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OLDEST, NEWEST = (3, 11), (3, 13)
EXTRAS = {"spark": "requirements-spark.lock"}


def stop(zh, en):
    """End with one sentence in each language."""
    sys.exit("set-up: {}\nset-up: {}".format(zh, en))


def version_of(command, needs="sys"):
    """Return (major, minor) of a Python that can import `needs`, or None."""
    code = "import sys, {}; print(*sys.version_info[:2])".format(needs)
    try:
        out = subprocess.run([*command, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()
    except OSError:
        return None
    return (int(out[0]), int(out[1])) if len(out) == 2 else None


def fits(version):
    """Whether cemlab runs on this (major, minor)."""
    return version is not None and OLDEST <= version <= NEWEST


def find_python():
    """Return the command of the first Python that fits: the one that runs this, then python3.13, 3.12, 3.11."""
    candidates = [[sys.executable]]
    candidates += [[path] for path in map(shutil.which, ["python3.13", "python3.12", "python3.11", "python3"]) if path]
    candidates += [["py", "-3.{}".format(minor)] for minor in (13, 12, 11)] if os.name == "nt" else []
    for command in candidates:
        if fits(version_of(command)):
            return command
    return stop(
        "需要 Python 3.11、3.12 或 3.13，当前是 {}.{}；请先安装其一，再运行 make PYTHON=它的路径".format(
            *sys.version_info
        ),
        "Python 3.11, 3.12 or 3.13 is needed, this is {}.{}; install one, or name it: make PYTHON=/path/to/python".format(
            *sys.version_info
        ),
    )


def read_lock(extras):
    """Return the lock files that `extras` ask for, in order."""
    unknown = sorted(set(extras) - set(EXTRAS))
    if unknown:
        stop(
            "没有扩展 {}；可选：{}".format(unknown, sorted(EXTRAS)),
            "no extra {}; there are {}".format(unknown, sorted(EXTRAS)),
        )
    return [ROOT / "requirements.lock"] + [ROOT / EXTRAS[extra] for extra in sorted(set(extras))]


def fingerprint(files):
    """Hash what decides the environment's contents."""
    digest = hashlib.sha256()
    for file in [ROOT / "pyproject.toml", *files]:
        # Line endings may differ between checkouts of one commit.
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def installed():
    """Return what the stamp says: {file name: hash of pyproject and the lock files up to it}."""
    if not STAMP.is_file() or not version_of([str(BIN / "python")]):
        return {}
    return dict(line.split() for line in STAMP.read_text(encoding="utf-8").splitlines() if line)


def make_venv(python):
    """Create .venv anew; say what to install where Python came without venv or pip."""
    if VENV.exists():
        shutil.rmtree(str(VENV))
    if subprocess.run([*python, "-m", "venv", str(VENV)]).returncode:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop(
            "无法建立虚拟环境。Debian/Ubuntu 请先运行：sudo apt install python3-venv",
            "no virtual environment could be made. On Debian and Ubuntu first run: sudo apt install python3-venv",
        )


def install(files):
    """Install the pins, then cemlab itself as an editable package, without resolving anything."""
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input"]
    pins = [argument for file in files for argument in ("-r", str(file))]
    for arguments in (["--no-deps", *pins], ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]):
        if subprocess.run([*pip, *arguments]).returncode:
            stop(
                "安装未完成（原因见上）。请检查网络或 pip 的镜像设置，然后再次运行同一命令",
                "the installation did not finish (see above). Check the network or pip's settings, then try again",
            )


def main(extras):
    """Bring .venv to what the lock files say; an extra once installed stays until the lock changes."""
    files = read_lock(extras)
    stamp, wanted = installed(), {file.name: fingerprint([files[0], file]) for file in files}
    if wanted.items() <= stamp.items():
        return
    if stamp.get("requirements.lock") != wanted["requirements.lock"]:
        print(
            "正在建立环境 .venv（首次约需几分钟）/ making the environment .venv (some minutes, once)", file=sys.stderr
        )
        if not fits(version_of([str(BIN / "python")], needs="pip")):
            make_venv(find_python())
        elif stamp:
            STAMP.unlink()
        stamp = {}
    install(files)
    lines = ["{} {}".format(name, value) for name, value in {**stamp, **wanted}.items()]
    STAMP.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
