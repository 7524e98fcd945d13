"""Comments as they are handed over: missing in many ways, of any type, with halves of characters."""

from cemlab.masking import unbroken


def is_missing(text):
    """None, NaN and pandas' NA and NaT."""
    if text is None or isinstance(text, str):
        return text is None
    try:
        return bool(text != text)
    except TypeError:  # NA, which answers no question
        return True


def as_text(text):
    """The comment as text without halves of characters; None where it is missing."""
    return None if is_missing(text) else unbroken(str(text))


def whole_frame(frame):
    """A pandas frame whose object columns hold no halves of characters, which other engines refuse."""
    loose = [name for name in frame.columns if frame[name].dtype == object]
    mended = {name: [unbroken(v) if isinstance(v, str) else v for v in frame[name]] for name in loose}
    return frame.assign(**mended) if mended else frame
