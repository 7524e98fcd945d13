"""The codeframe of an open question, and codings of people as a table of answers by codes."""

from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from cemlab.checks import DataError, nearest, require_columns


class Code(BaseModel):
    """One code: its titles, when it applies, words that hint at it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: dict[str, str]
    definition: dict[str, str] = {}
    words: list[str] = []
    exclusive: bool = False

    @field_validator("words", mode="before")
    @classmethod
    def as_text(cls, value):
        """Words as YAML wrote them, folded as answers are before matching."""
        from cemlab.text.lexicon import fold

        return [fold(word) for word in value or []]


class Codeframe(BaseModel):
    """The codes of one open question, in the order of the report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: dict[str, str]
    codes: dict[str, Code]

    def label(self, code, lang="zh"):
        """The code's title in `lang`, or the code."""
        return self.codes[code].title.get(lang, code) if code in self.codes else code


def load_codeframe(path):
    """Read a codeframe from YAML (``name, title, codes``: each ``title``, and ``definition, words, exclusive``).

    Raises ValueError for a missing or broken file, or an unknown key (with the nearest known one).
    """
    from cemlab.text.lexicon import read_yaml

    try:
        return Codeframe(**read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        hint = nearest(str(first["loc"][-1]), [*Code.model_fields, *Codeframe.model_fields])
        more = f" Did you mean {hint!r}?" if hint and first["type"] == "extra_forbidden" else ""
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"load_codeframe: {Path(path).name}, {where}: {first['msg'].lower()}.{more}") from None


def code_columns(data, coded, codeframe):
    """`data` (one row per answer) with a 0/1 column for each code, null where the answer is not coded.

    The columns feed `cemlab.measure.scores.top_box(..., scale=(0, 1), top=[1])` and every comparison. Raises ValueError for
    a coding without ``text, code`` or outside the rows of `data`; DataError for an unknown code.
    """
    import polars as pl

    from cemlab.text.aspect_scores import polars_frame

    frame = polars_frame(data, "code_columns")
    truth, seen = code_matrix(coded, codeframe, len(frame), "code_columns")
    known = np.full(truth.shape, np.nan)
    known[seen] = truth[seen]
    return frame.with_columns(pl.Series(c, known[:, j]).fill_nan(None) for j, c in enumerate(codeframe.codes))


def code_matrix(coded, codeframe, size, where):
    """Answers x codes as 0/1, and the positions that were coded."""
    names = list(codeframe.codes)
    truth = np.zeros((size, len(names)))
    if coded is None or not len(coded):
        return truth, np.array([], dtype=int)
    require_columns(coded.columns, ["text", "code"], where)
    outside = [t for t in coded["text"] if not 0 <= t < size]
    if outside:
        raise ValueError(f"{where}: `coded` names position {outside[0]} of {size} answers; positions count from 0.")
    given = coded[coded["code"].notna()]
    strange = sorted(set(given["code"]) - set(names))
    if strange:
        hint = nearest(strange[0], names)
        more = f" Did you mean {hint!r}?" if hint else ""
        n = int(given["code"].isin(strange).sum())
        raise DataError(
            f"{where}: {n} of {len(given)} codings use codes that the codeframe lacks ({strange[:3]}).{more}"
        )
    truth[given["text"].to_numpy(int), [names.index(c) for c in given["code"]]] = 1
    alone = [j for j, c in enumerate(codeframe.codes.values()) if c.exclusive]
    clash = int(((truth[:, alone].sum(1) > 0) & (truth.sum(1) > 1)).sum()) if alone else 0
    if clash:
        raise DataError(f"{where}: {clash} answers carry an exclusive code beside others; keep one of them.")
    return truth, np.unique(coded["text"].to_numpy(int))
