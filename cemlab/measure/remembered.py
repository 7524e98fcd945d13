"""Tables counted on a frame before: a report asks for the same ones again and again."""

import weakref

TABLES = {}  # of frames still in use: id -> (weak reference, tables by what was asked)


def remember(native):
    """Keep the tables that are counted on a frame from now on; forgotten when the frame is gone.

    Parameters
    ----------
    native : polars.LazyFrame
        Its rows must never change: it stands on memory, or on one version of the store.

    Returns
    -------
    polars.LazyFrame
        The same one.
    """
    place = id(native)
    TABLES[place] = weakref.ref(native, lambda gone: TABLES.pop(place, None)), {}
    return native


def tables_of(native):
    """The tables counted on this very frame, by what was asked: to be filled, and not changed in place.

    An empty dict, which nobody keeps, for a frame that was not handed to `remember`.
    """
    return TABLES[id(native)][1] if id(native) in TABLES else {}
