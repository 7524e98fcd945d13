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
        way = "pip install 'cemlab[postgres]'" if error.name == "psycopg" else "install it beside cemlab"
        raise ValueError(f"database: the driver {error.name!r} is not installed: {way}.") from None
    if lite:
        event.listen(engine, "connect", careful)
    return engine


def create_tables(engine, metadata):
    """Create the tables that a database lacks; runners that meet an empty one all create, and the slower find them made.

    Raises
    ------
    ConnectionError
        The server cannot be reached, or lets nobody in; its own words follow.
    """
    from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

    for left in reversed(range(len(metadata.tables) + 1)):
        try:
            metadata.create_all(engine)
            return
        except (IntegrityError, OperationalError, ProgrammingError) as error:
            if isinstance(error, OperationalError) and engine.dialect.name != "sqlite":
                where = f"{engine.url.host}:{engine.url.port or 'default port'}"
                words = " ".join(str(error.orig).split())
                raise ConnectionError(f"database: {where} does not answer as CEMLAB_DB says ({words}).") from None
            if not left:
                raise


def careful(connection, record):
    """Settings of a SQLite connection: write-ahead where possible, and each commit on the disk before it counts."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
