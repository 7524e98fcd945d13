"""cemlab: a Jupyter-first research workbench for customer experience management.

Names are loaded when they are first used (PEP 562), so that ``import cemlab`` costs next to nothing.
"""

import importlib

__version__ = "0.1.0"

PUBLIC = {
    # what the columns mean
    "load_codebook": "cemlab.codebook",
    "Codebook": "cemlab.codebook",
    "DataError": "cemlab.checks",
    # feedback in
    "read_export": "cemlab.collect.exports",
    "draft_codebook": "cemlab.collect.draft",
    "ingest": "cemlab.collect.ingest",
    "scan": "cemlab.store",
    # rows to estimates
    "nps": "cemlab.measure.scores",
    "top_box": "cemlab.measure.scores",
    "bottom_box": "cemlab.measure.scores",
    "mean_score": "cemlab.measure.scores",
    "effort_score": "cemlab.measure.scores",
    "distribution": "cemlab.measure.scores",
    "combine": "cemlab.measure.schema",
    "flag_bases": "cemlab.measure.bases",
    "rake": "cemlab.measure.weights",
    "weight_summary": "cemlab.measure.weights",
    "compare_groups": "cemlab.measure.compare",
    "compare_waves": "cemlab.measure.compare",
    "compare_periods": "cemlab.measure.periods",
    "control_chart": "cemlab.measure.trend",
    "detectable_difference": "cemlab.measure.power",
    # the last door
    "protect": "cemlab.release",
    # reports
    "findings": "cemlab.report.findings",
    "render": "cemlab.report.render",
}

__all__ = ["__version__", *PUBLIC]


def __getattr__(name):
    if name in PUBLIC:
        value = getattr(importlib.import_module(PUBLIC[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'cemlab' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
