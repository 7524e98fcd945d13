"""The small database beside the store: SQLite in a file by default, PostgreSQL (or any other) by URL."""

import os
from pathlib import Path

from cemlab import paths

BUSY = 60  # seconds a writer waits for another one


def database_url():
    """URL of the database: the environment variable CEMLAB_DB, else a SQLite file data/cemlab.sqlite3 of the project."""
    given = os.environ.get("CEMLAB_DB")
    return given or f"sqlite:///{(paths.project_root() / 'data' / 'cemlab.sqlite3').as_posix()}"


def open_database(url=None):
    """Open the database.

    Parameters
    ----------
    url : str, optional
        As SQLAlchemy writes it; see `database_url`.

    Returns
    -------
    sqlalchemy.Engine
        No connection is open yet. SQLite writes ahead (WAL) where the file system can, so that readers do not block.
        Every process opens its own: an engine does not survive a fork.

    Raises
    ------
    ValueError
        A URL that SQLAlchemy cannot read, or whose driver is not installed.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import NullPool

    url = url or database_url()
    lite = url.startswith("sqlite")
    if lite and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY} if lite else {})
    except ArgumentError:
        raise ValueError(
            "database: CEMLAB_DB is no database URL; write for example postgresql+psycopg://host/name."
        ) from None
    except ModuleNotFoundError as error:
        raise ValueError(f"database: the driver {error.name!r} is not installed; install it beside cemlab.") from None
    if lite:
        event.listen(engine, "connect", careful)
    return engine


def careful(connection, record):
    """Settings of a SQLite connection: write-ahead where possible, and each commit on the disk before it counts."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
