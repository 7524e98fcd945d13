"""From results to a report: charts, tables and blocks for a notebook, and the run that makes one HTML file of it."""

import importlib

_WHERE = {
    "RenderError": "render",
    "check_parameters": "parameters",
    "read_parameters": "parameters",
    "check_report": "manifest",
    "notebook_to_html": "html",
    "use_style": "fonts",
    "missing_glyphs": "fonts",
    "show_table": "tables",
    "show_figure": "figures",
    "figure_html": "figures",
    "strict_glyphs": "fonts",
    "kpi_cards": "blocks",
    "first_screen": "blocks",
    "show_chart": "echarts",
    "score_dots": "charts",
    "touchpoint_chart": "charts",
    "distribution_bars": "charts_compare",
    "difference_chart": "charts_compare",
    "score_over_time": "charts_time",
}
__all__ = sorted(_WHERE)


def __getattr__(name):
    if name in _WHERE:
        return getattr(importlib.import_module(f"cemlab.report.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
