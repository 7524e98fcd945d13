"""A case in the notebook: what is wrong with it and what each reference means, as tables."""

import pandas as pd

from cemlab.report.tables import show_table

HEADS = {
    "zh": (("行", "类别", "说明"), ("行", "引用", "显示为", "报告"), "没有问题", {"error": "错误", "warning": "提醒"}),
    "en": (
        ("Line", "Kind", "What"),
        ("Line", "Reference", "Shown as", "Report"),
        "Nothing to mend",
        {"error": "error", "warning": "warning"},
    ),
}


def problem_table(checked):
    """The problems of a case, one a row."""
    heads, _, nothing, kinds = HEADS[checked.case.lang]
    rows = [(str(one.line), kinds[one.severity], one.message) for one in checked.problems] or [("—", "—", nothing)]
    return show_table(pd.DataFrame(rows, columns=heads), lang=checked.case.lang, columns=list(heads))


def reference_table(checked):
    """What each reference of a case is filled in with."""
    _, heads, _, _ = HEADS[checked.case.lang]
    rows = [
        (str(one.line), one.key, words or f"{one.form} × {len(rows)}", report.name)
        for one, (report, rows, words) in checked.values.items()
    ]
    return show_table(pd.DataFrame(rows, columns=heads), lang=checked.case.lang, columns=list(heads))
