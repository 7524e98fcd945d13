"""Comments as they are handed over: missing in many ways, of any type, with halves of characters."""

from cemlab.masking import unbroken


def value(text):
    """What stands in a scalar of pyarrow; anything else as it is."""
    return text.as_py() if hasattr(text, "as_py") else text


def is_missing(text):
    """None, NaN, pandas' NA and NaT, and pyarrow's null."""
    text = value(text)
    if text is None or isinstance(text, str):
        return text is None
    try:
        return bool(text != text)
    except TypeError:  # NA, which answers no question
        return True


def as_text(text):
    """The comment as text without halves of characters; None where it is missing."""
    return None if is_missing(text) else unbroken(str(value(text)))


def whole_frame(frame):
    """A pandas frame whose object columns hold what other engines take: no halves of characters, and no numbers beside text."""
    loose = [name for name in frame.columns if frame[name].dtype == object]
    worded = [name for name in loose if any(isinstance(v, str) for v in frame[name])]
    return frame.assign(**{name: [as_text(v) for v in frame[name]] for name in worded}) if worded else frame


def whole_polars(frame):
    """A polars frame whose columns of Python objects are text."""
    import polars as pl

    loose = [name for name, dtype in frame.schema.items() if dtype == pl.Object]
    return frame.with_columns(pl.Series(name, [as_text(v) for v in frame[name]], dtype=pl.String) for name in loose)
