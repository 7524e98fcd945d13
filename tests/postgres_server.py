"""A PostgreSQL server for tests: the one that CEMLAB_TEST_POSTGRES names, else a private one of the machine's own programs."""

import contextlib
import glob
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

GIVEN = "CEMLAB_TEST_POSTGRES"  # postgresql+psycopg://user@host/name; every test gets a schema of its own in it


def program(name):
    """Path of a program of PostgreSQL, or None; Debian keeps them off the search path."""
    found = shutil.which(name)
    return found or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def absent():
    """Why there is no server to try; "" where there is one."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed: pip install 'cemlab[postgres]'"
    if os.environ.get(GIVEN):
        return ""
    if program("initdb") is None or program("pg_ctl") is None:
        return f"no PostgreSQL: {GIVEN} is not set, and initdb and pg_ctl are not on this machine"
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not owner():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


def owner():
    """The user who runs the server where we are root, as words for Popen; none otherwise."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def running():
    """The URL of a server; a private one listens on 127.0.0.1 only, and is gone afterwards with its data."""
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN]
        return
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    as_owner = owner()
    place = Path(tempfile.mkdtemp(prefix="cemlab-pg-"))
    if as_owner:
        os.chown(place, as_owner["user"], as_owner["group"])

    def run(name, *words):
        done = subprocess.run(
            [program(name), "-D", str(place / "data"), *words],
            cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120, **as_owner,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-U", "cemlab", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {place}"
        run("pg_ctl", "-w", "-l", str(place / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://cemlab@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def schema(server):
    """The URL of an empty schema on a server, dropped afterwards."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    name, engine = f"cemlab_{secrets.token_hex(6)}", create_engine(server, poolclass=NullPool)
    with engine.begin() as db:
        db.execute(text(f"CREATE SCHEMA {name}"))
    try:
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
    finally:
        with engine.begin() as db:
            db.execute(text(f"DROP SCHEMA {name} CASCADE"))
