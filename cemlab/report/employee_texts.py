"""Longer texts of the employee report: the confidentiality statement, method notes (Chinese, English)."""

CONFIDENTIALITY = {
    "zh": (
        "- 作答自愿。答案以不可还原的编号保存，姓名、工号、电话不进入分析数据。\n"
        "- 任何数字背后至少有 **{persons}** 人，否则不显示；留言至少 **{comments}** 人。人数不足的单元并入上级，本人的答案仍计入上级与全公司。\n"
        "- 被隐藏的数字也不能由合计、同级单元、其他切分或上一期相减得出：为此会再隐藏一些人数足够的单元。\n"
        "- 主管看到的版本只含本单元、其上下级与全公司，并且只含对所有人都可公开的数字；不含任何个人的行。\n"
        "- 留言经打乱与隐名后才列出，不与单元或人群并列。"
    ),
    "en": (
        "- Answering is voluntary. Answers are stored under a code that leads back to nobody; names, staff numbers and telephones "
        "do not enter the data analysed.\n"
        "- Behind every figure stand at least **{persons}** people, behind comments **{comments}**; otherwise it is not shown. "
        "Answers of small units still count for the units above and for the company.\n"
        "- What is hidden cannot be worked out from totals, sister units, other cuts or the last wave: further units are hidden "
        "for that.\n"
        "- A manager's version holds the unit, the units above and below it and the company, and of these only what may be shown to "
        "everybody; never a row of a person.\n"
        "- Comments are masked and shuffled, and stand beside no unit or group."
    ),
}
REPRESENTATIVE = {
    "zh": {"company": "全公司。", "unit": "本单元。"},
    "en": {"company": "The whole company.", "unit": "This unit."},
}
