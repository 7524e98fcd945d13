"""Feedback in: what survey tools write, read as they wrote it."""

import importlib

_HOME = {
    "read_export": "cemlab.collect.exports",
    "LAYOUTS": "cemlab.collect.exports",
    "Export": "cemlab.collect.table",
    "draft_codebook": "cemlab.collect.draft",
}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
