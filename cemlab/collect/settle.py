"""New answers against each other and against those stored: which are new, which came before, which contradict."""

from dataclasses import dataclass

import polars as pl

from cemlab import store
from cemlab.checks import DataError

OWN = ("_key", "_file", "_batch", "_replicate", "_row", "_part", "_place")


@dataclass
class Settled:
    """What is left to write, and how many rows of each file (by its place) came before or contradict."""

    answers: pl.DataFrame
    replaced: pl.Series
    repeated: dict
    conflicting: dict


def settle(parts, codebook, *, at, keep=None, lake=None):
    """Decide for every new answer whether it is written.

    Parameters
    ----------
    parts : list of polars.DataFrame
        Answers of each file, as `intake.take` makes them.
    codebook : Codebook
    at : int or None
        Version of the store to compare with.
    keep : {"first", "last"}, optional
        Which contents stay when one key has two; without it contradictions stop everything.
    lake : str or pathlib.Path, optional

    Returns
    -------
    Settled

    Raises
    ------
    DataError
        One key with different contents, and no `keep`.
    """
    new = pl.concat([part.with_columns(_part=pl.lit(i)) for i, part in enumerate(parts)], how="diagonal")
    new = new.with_row_index("_place")
    content = [name for name in new.columns if name not in OWN]
    repeated, conflicting = [], []
    twice = new.filter(pl.col("_key").is_duplicated())
    if len(twice):
        first = twice.unique("_key", keep="first", maintain_order=True)
        later = compared(twice.join(first.select("_place"), on="_place", how="anti"), first, content)
        repeated.append(later.filter("_same").select("_part", "_row"))
        clash = later.filter(~pl.col("_same"))
        conflicting.append(clash.select("_part", "_row"))
        last = twice.unique("_key", keep="last").join(clash.select("_key"), on="_key", how="semi")
        out = first if keep != "last" else pl.concat([first.join(last, on="_key", how="anti"), last])
        new = pl.concat([new.join(twice.select("_place"), on="_place", how="anti"), out]).sort("_place")
    old = stored(new, codebook, at, lake)
    replaced = new["_key"].clear()
    if len(old):
        met = compared(new.join(old.select("_key"), on="_key", how="semi"), old, content)
        repeated.append(met.filter("_same").select("_part", "_row"))
        clash = met.filter(~pl.col("_same"))
        conflicting.append(clash.select("_part", "_row"))
        drop = met if keep != "last" else met.filter("_same")
        new = new.join(drop.select("_place"), on="_place", how="anti")
        if keep == "last":
            replaced = clash["_key"]
    clashes = pl.concat(conflicting) if conflicting else pl.DataFrame()
    if len(clashes) and keep is None:
        rows = clashes["_row"].head(5).to_list()
        raise DataError(
            f"ingest {codebook.name}: {len(clashes):,} answers have a key that is taken with other contents (for example rows "
            f"{rows}); nothing was changed. Say which stays: keep='first' or keep='last' (--keep)."
        )
    if len(replaced):  # what the new file does not hold is no longer known of these answers
        blank = [name for name in old.columns if name not in new.columns]
        new = new.with_columns(pl.lit(None, old.schema[name]).alias(name) for name in blank)
    return Settled(new.drop("_place"), replaced, by_part(repeated), by_part(conflicting))


def compared(new, old, content):
    """`new` with ``_same``: whether the row of `old` with its key says the same."""
    present = [name for name in content if name in old.columns]
    lacking = [name for name in content if name not in old.columns]
    right = old.select("_key", *[pl.col(name).alias(f"{name}__old") for name in present])
    same = [pl.col(name).eq_missing(pl.col(f"{name}__old")) for name in present]
    same += [pl.col(name).is_null() for name in lacking]
    met = new.join(right, on="_key", how="inner", maintain_order="left")
    return met.with_columns(pl.all_horizontal(same).alias("_same")).select(*new.columns, "_same")


def stored(new, codebook, at, lake):
    """Stored answers with the keys of `new`, their comments beside them."""
    if at is None:
        return pl.DataFrame()
    keys = new.lazy().select("_key")
    answers = store.raw(codebook, at, lake).join(keys, on="_key", how="semi")
    return store.with_comments(answers, codebook, lake).collect()


def by_part(frames):
    """{place of the file: rows}."""
    return dict(pl.concat(frames).group_by("_part").len().rows()) if frames else {}


def comment_rows(answers, columns):
    """Comments of new answers in the shape of their table."""
    here = [name for name in columns if name in answers.columns]
    names = {"variable_name": "_column", "value_name": "_text"}  # a question may be called `column` or `text`
    long = answers.unpivot(here, index=["_key", "_batch", "_person"], **names).drop_nulls("_text")
    words = {"column": pl.col("_column").cast(pl.String), "text": pl.col("_text").cast(pl.String)}
    return long.select("_key", "_batch", "_person", **words)
