"""People: a keyed pseudonym in place of what identifies them, and whether they consented.

The key stands in a file of its own, outside the data: who has the data alone cannot find out whose answers they are, not
even by trying all phone numbers. The lake keeps the key's fingerprint, so that a lost or exchanged key is noticed before
one person becomes two.
"""

import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

import polars as pl

MARK = "key.fingerprint"
HEAD = "cemlab-key-1 "


class KeyFileError(RuntimeError):
    """The key of the pseudonyms is absent, unreadable or not the one this lake was made with."""


def key_file():
    """Path of the key file: the environment variable CEMLAB_KEY, else a file in the user's configuration folder."""
    named = os.environ.get("CEMLAB_KEY")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_config_path("cemlab", appauthor=False) / "pseudonyms.key"


def load_key(lake):
    """The key of the pseudonyms in `lake`; made at the first use.

    Parameters
    ----------
    lake : pathlib.Path
        Folder of the store; it remembers the key's fingerprint.

    Returns
    -------
    bytes
        32 random bytes.

    Raises
    ------
    KeyFileError
        The lake knows a key and its file is absent, broken or another one; or the key file would lie inside the lake.

    Notes
    -----
    Keep a copy of the key file in a safe place. Without it nobody can be recognised again, and no kept raw file be read.
    """
    from filelock import FileLock

    lake, path = Path(lake), key_file()
    if path.resolve().is_relative_to(lake.resolve()):
        raise KeyFileError(
            f"key: {path.name!r} lies inside the lake; the key of the pseudonyms must live outside the data. "
            "Set CEMLAB_KEY to a path elsewhere."
        )
    lake.mkdir(parents=True, exist_ok=True)
    mark = lake / MARK
    known = mark.read_text(encoding="utf-8").strip() if mark.exists() else None
    if not path.exists():
        if known:
            raise KeyFileError(
                f"key: the lake was made with the key {known[:8]}, and {path.name!r} is not there. Put the copy of the key "
                "file back, or point CEMLAB_KEY to it; a new key would make every person a stranger."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock")):
            if not path.exists():
                write_private(path, HEAD + secrets.token_hex(32) + "\n")
    key = read_key(path)
    if known is None:
        write_private(mark, fingerprint(key) + "\n")
    elif known != fingerprint(key):
        raise KeyFileError(
            f"key: {path.name!r} holds the key {fingerprint(key)[:8]}, the lake was made with {known[:8]}. Point CEMLAB_KEY to "
            "the right key file; with this one every person would become a stranger."
        )
    return key


def read_key(path):
    """The key out of its file."""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if not re.fullmatch(HEAD + "[0-9a-f]{64}", text):
        raise KeyFileError(f"key: {path.name!r} is no key file of cemlab. Put the copy of the key file back.")
    return bytes.fromhex(text.removeprefix(HEAD))


def write_private(path, text):
    """Write a small file whole or not at all, readable by its owner only where the system knows owners."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def subkey(key, purpose):
    """A key of its own for each purpose, so that a pseudonym says nothing about a fingerprint or a kept file."""
    return hmac.digest(key, f"cemlab {purpose}".encode(), "sha256")


def fingerprint(key):
    """What tells one key from another without giving it away."""
    return subkey(key, "fingerprint").hex()[:32]


def pseudonyms(identifiers, key):
    """Keyed pseudonyms of identifiers.

    Parameters
    ----------
    identifiers : polars.Series
        Phone numbers, customer numbers, open ids ... as exported; null or blank stays null.
    key : bytes
        From `load_key`.

    Returns
    -------
    polars.Series
        32 hexadecimal digits: HMAC-SHA-256, cut to 128 bits. The same identifier gives the same pseudonym in every study;
        surrounding space, full-width digits, capitals, and the ways of writing one mobile number do not matter.
    """
    own = subkey(key, "person")
    found = {}
    for value in identifiers.unique().drop_nulls().to_list():
        plain = plain_identifier(value)
        found[value] = hmac.digest(own, plain.encode(), "sha256")[:16].hex() if plain else None
    if not found:
        return pl.Series(identifiers.name, [None] * len(identifiers), dtype=pl.String)
    return identifiers.replace_strict(
        list(found), pl.Series(list(found.values()), dtype=pl.String), default=None, return_dtype=pl.String
    )


def plain_identifier(value):
    """One spelling for one identifier: 1.0 is 1, +86 138-0013-8000 is 13800138000."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    digits = re.sub(r"[\s()\-]", "", text)
    if re.fullmatch(r"(\+|00)?86?1\d{10}|\+?1\d{10}", digits):
        return digits[-11:]
    return digits if digits.isdigit() else text


def replicates(persons, keys, key):
    """Stable replicate 0 to 255 of each answer, from its person, else from its own key.

    Parameters
    ----------
    persons, keys : polars.Series
        Pseudonyms (null: unknown) and keys of the answers.
    key : bytes
        From `load_key`.

    Returns
    -------
    polars.Series
        Int16. Everything one person answers, in any wave, falls into one replicate.
    """
    own = subkey(key, "replicate")
    alone = keys.filter(persons.is_null())
    found = pl.Series([hmac.digest(own, k.encode(), "sha256")[0] for k in alone.to_list()], dtype=pl.Int16)
    out = persons.str.slice(0, 2).str.to_integer(base=16, dtype=pl.Int16, strict=False)
    if len(alone):
        out = out.scatter(persons.is_null().arg_true(), found)
    return out.alias("_replicate")


def consented(values, column):
    """Which answers carry the consent that the codebook's `column` asks for (a Boolean Series; blank is no consent)."""
    from cemlab.codebook import code

    granted = set(column.granted)
    for option, label in column.options.items():
        if option in granted:
            granted |= {text for text in (label.zh, label.en, *label.also) if text}
    given = [value for value in values.unique().drop_nulls().to_list() if code(plain_value(value)) in granted]
    return values.is_in(given).fill_null(False) if given else pl.Series([False] * len(values))


def plain_value(value):
    """Booleans as exports mean them: true is 1."""
    return int(value) if isinstance(value, bool) else value
