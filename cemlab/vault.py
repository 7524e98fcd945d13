"""The raw files as they came, encrypted, each until its day: kept for proof and for reading again, not for analysis.

A file lies under the SHA-256 of its content. Its head (one line of JSON) says study, day kept, last day and size; the name it
had is encrypted with the content, since names of files name people. Content is AES-256-GCM in chunks of 1 MiB, numbered
and the last one marked, so that a cut or rearranged file does not open.
"""

import hashlib
import io
import json
import os
import secrets
import time
from datetime import date, timedelta
from pathlib import Path

from cemlab.checks import DataError
from cemlab.contacts import load_key, subkey

CHUNK = 2**20
SUFFIX = ".sealed"
FORMAT = "cemlab-vault-1"


def folder(lake):
    """Folder of the kept files of a lake."""
    return Path(lake) / "_vault"


def keep(path, *, lake, study, retention_days, key=None, today=None):
    """Keep a copy of a raw file, encrypted.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    lake : pathlib.Path
        Folder of the store.
    study : str
        Name of the codebook the file belongs to.
    retention_days : int
        The copy's last day is today and so many days.
    key : bytes, optional
        From `contacts.load_key`; loaded when left out.
    today : datetime.date, optional

    Returns
    -------
    pathlib.Path
        The copy. A file that is kept already stays as it is, with its day.
    """
    path, today = Path(path), today or date.today()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    target = folder(lake) / (digest + SUFFIX)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    head = {
        "format": FORMAT,
        "file": digest,
        "study": study,
        "kept": today.isoformat(),
        "until": (today + timedelta(days=retention_days)).isoformat(),
        "bytes": path.stat().st_size,
        "salt": secrets.token_hex(16),
    }
    line = json.dumps(head, sort_keys=True).encode() + b"\n"
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with path.open("rb") as source, draft.open("xb") as out:
            out.write(line)
            for piece in sealed(source, path.name, line, head, key or load_key(lake)):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def cipher(head, key):
    """The cipher of one file: every file has a key of its own."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(subkey(subkey(key, "vault"), head["salt"]))


def sealed(source, name, line, head, key):
    """Encrypted chunks: the first is the file's name, the rest its content."""
    aes = cipher(head, key)
    yield seal(aes, 0, False, name.encode("utf-8"), line)
    number, piece = 1, source.read(CHUNK)
    while True:
        after = source.read(CHUNK)
        yield seal(aes, number, not after, piece, line)
        if not after:
            return
        number, piece = number + 1, after


def seal(aes, number, last, piece, line):
    """One chunk: its length, then the ciphertext bound to its number, to being the last, and to the head."""
    closed = aes.encrypt(nonce(number, last), piece, line)
    return len(closed).to_bytes(4, "big") + closed


def nonce(number, last):
    """Number of the chunk and whether it is the last; unique under a key that serves one file."""
    return number.to_bytes(11, "big") + bytes([last])


def recover(file_hash, target, *, lake, key=None):
    """Write a kept file as it came.

    Parameters
    ----------
    file_hash : str
        SHA-256 of the file, or its first 8 digits or more.
    target : str or pathlib.Path
        Where to write; an existing file is not overwritten.
    lake : pathlib.Path
    key : bytes, optional

    Returns
    -------
    str
        The name the file had.

    Raises
    ------
    FileNotFoundError, FileExistsError
        No such kept file; `target` is there already.
    DataError
        The kept file was cut, changed, or sealed with another key; nothing is written.
    """
    found = [p for p in sorted(folder(lake).glob(f"*{SUFFIX}")) if p.name.startswith(file_hash)]
    if len(found) != 1 or len(file_hash) < 8:
        raise FileNotFoundError(
            f"vault: {len(found)} kept files start with {file_hash!r}; give at least 8 digits of one of `vault.kept`."
        )
    target = Path(target)
    if target.exists():
        raise FileExistsError(f"vault: {target.name!r} is there already; choose another name, nothing was written.")
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with found[0].open("rb") as source, draft.open("xb") as out:
            name = unseal(source, out, key or load_key(lake), found[0].name)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return name


def unseal(source, out, key, where):
    """Decrypt `source` into `out`, check every chunk and the whole; return the file's name."""
    from cryptography.exceptions import InvalidTag

    line = source.readline()
    broken = DataError(
        f"vault: kept file {where[:8]} was cut, changed, or sealed with another key; it cannot be opened."
    )
    try:
        head = json.loads(line)
        aes, digest = cipher(head, key), hashlib.sha256()
        name, number, last = None, 0, False
        while not last:
            size = source.read(4)
            closed = source.read(int.from_bytes(size, "big"))
            after = source.peek(1) if isinstance(source, io.BufferedReader) else b""
            last = not after
            piece = aes.decrypt(nonce(number, last), closed, line)
            if number == 0:
                name = piece.decode("utf-8")
            else:
                digest.update(piece)
                out.write(piece)
            number += 1
    except (InvalidTag, ValueError, KeyError, TypeError, UnicodeDecodeError):
        raise broken from None
    if digest.hexdigest() != head["file"]:
        raise broken
    return name


def kept(lake):
    """The kept files of a lake: a list of dicts ``file, study, kept, until, bytes``, the next to go first."""
    found = []
    for path in folder(lake).glob(f"*{SUFFIX}"):
        with path.open("rb") as file:
            head = json.loads(file.readline())
        found.append({name: head[name] for name in ("file", "study", "kept", "until", "bytes")})
    return sorted(found, key=lambda head: (head["until"], head["file"]))


def purge(lake, *, today=None):
    """Delete the kept files whose last day has passed; return their entries.

    Parameters
    ----------
    lake : pathlib.Path
    today : datetime.date, optional

    Returns
    -------
    list of dict
        As `kept` gives them. Answers in the store stay; what a killed run left behind half written goes after a day.
    """
    now = (today or date.today()).isoformat()
    gone = [head for head in kept(lake) if head["until"] < now]
    for head in gone:
        (folder(lake) / (head["file"] + SUFFIX)).unlink(missing_ok=True)
    for draft in folder(lake).glob("*.tmp"):
        if time.time() - draft.stat().st_mtime > 86400:
            draft.unlink(missing_ok=True)
    return gone
