"""Builds export files with known answers, in the layouts of the tools."""

import csv
import io

import xlsxwriter

OPTIONS = ["运动", "阅读", "影视", "其他"]
RANKED = ["价格", "质量", "服务"]
MATRIX = ["服务态度", "等候时间(分钟)"]
WEB = ["来源", "来源详情"]

# One survey of 问卷星: gender (single, options 男 女), district (single with a typed other), hobbies (several),
# two matrix rows 1-5, a ranking, an open question and two blanks in one question. "skip" = jumped over, "" = left blank.
ANSWERS = [
    {"sex": 1, "area": 1, "hobby": [1, 3], "matrix": [5, 4], "rank": [2, 1, 3], "open": "等太久", "blanks": ("甲", "一")},
    {"sex": 2, "area": (3, "郊县"), "hobby": [4], "other": "钓鱼┋露营", "matrix": [3, 2], "rank": [1, 2], "open": "", "blanks": ("乙", "二")},
    {"sex": 2, "area": 2, "hobby": "skip", "matrix": "skip", "rank": "skip", "open": "skip", "blanks": ("丙", "三")},
    {"sex": 1, "area": "", "hobby": "", "matrix": [1, 1], "rank": "", "open": "很好 → 会再来", "blanks": ("丁", "四")},
    {"sex": 1, "area": 1, "hobby": [1, 2], "matrix": [5, 5], "rank": [2, 1], "open": "不错", "blanks": ("戊", "五")},
    {"sex": 2, "area": 2, "hobby": [1, 2, 3], "matrix": [4, 4], "rank": [3, 1, 2], "open": "还行", "blanks": ("己", "六")},
]  # fmt: skip
AREAS = ["城区", "郊区", "其他"]


def wenjuanxing(layout):
    """Header and rows of the planted survey, as 问卷星 writes them in `layout` ("text" or "numeric")."""
    about = ["序号", "提交答卷时间", "所用时间", *WEB, "来自IP"]
    if layout == "text":
        asked = [
            "1、性别 ",
            "2、地区",
            "3、爱好",
            *(f"4、请评价({m})" for m in MATRIX),
            "5、请排序",
            "6、建议",
            "7、两个空",
            "总分",
        ]
    else:
        asked = [
            "1、性别 ",
            "2、地区",
            *(f"第3题({o})" for o in OPTIONS),
            *(f"第4题({m})" for m in MATRIX),
            *(f"第5题({o})" for o in RANKED),
            "6、建议",
            "7、两个空",
            "总分",
        ]
    rows = []
    for number, answer in enumerate(ANSWERS, start=1):
        span = ["123秒", "2分3秒", "1小时0分5秒", "59秒", "60秒", "8秒"][number - 1]
        row = [number, f"2024/5/{number} 9:0{number}:30", span, "微信", "直接访问", f"10.0.0.{number}(上海-上海)"]
        rows.append(row + (_words(answer) if layout == "text" else _codes(answer)) + [10 * number])
    return about + asked, rows


def _mark(value, layout):
    return {"skip": ("(跳过)", -3), "": ("(空)", -2)}[value][layout == "numeric"]


def _words(answer):
    area, hobby, matrix, rank = (answer[key] for key in ("area", "hobby", "matrix", "rank"))
    typed = f"〖{answer['other']}〗" if "other" in answer else ""
    return [
        "男女"[answer["sex"] - 1],
        _mark(area, "text") if area == "" else f"其他〖{area[1]}〗" if isinstance(area, tuple) else AREAS[area - 1],
        _mark(hobby, "text")
        if isinstance(hobby, str)
        else "┋".join(OPTIONS[i - 1] + (typed if i == 4 else "") for i in hobby),
        *([_mark(matrix, "text")] * 2 if isinstance(matrix, str) else matrix),
        _mark(rank, "text") if isinstance(rank, str) else "→".join(RANKED[i - 1] for i in rank),
        _mark(answer["open"], "text") if answer["open"] in ("", "skip") else answer["open"],
        "┋".join(answer["blanks"]),
    ]


def _codes(answer):
    area, hobby, matrix, rank = (answer[key] for key in ("area", "hobby", "matrix", "rank"))
    return [
        answer["sex"],
        _mark(area, "numeric") if area == "" else f"3〖{area[1]}〗" if isinstance(area, tuple) else area,
        *([_mark(hobby, "numeric")] * 4 if isinstance(hobby, str) else _chosen(hobby, answer.get("other"))),
        *([_mark(matrix, "numeric")] * 2 if isinstance(matrix, str) else matrix),
        *(
            [_mark(rank, "numeric")] * 3
            if isinstance(rank, str)
            else [rank.index(i) + 1 if i in rank else -2 for i in (1, 2, 3)]
        ),
        _mark(answer["open"], "text") if answer["open"] in ("", "skip") else answer["open"],
        "┋".join(answer["blanks"]),
    ]


def _chosen(hobby, other):
    marks = [int(i in hobby) for i in range(1, 5)]
    return marks[:3] + [f"1〖{other}〗" if other and marks[3] else marks[3]]


def workbook(path, header, rows, title=None, sheets=()):
    """Write an xlsx; `title` becomes a row of its own above the header, `sheets` further sheets with one cell."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("答卷")
        for index, row in enumerate([*([[title]] if title else []), header, *rows]):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(index, column, cell)
        for name in sheets:
            book.add_worksheet(name).write(0, 0, "note")
    return path


def text(header, rows, delimiter=",", ending="\r\n"):
    """Delimited text of a table, quoted where needed."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows([header, *rows])
    return out.getvalue()


PLAIN = (
    ["编号", "评分", "意见"],
    [["00123", "9", "不错, 但是\n有点慢"], ["00124", "", '他说"还行"'], ["00125", "7", ""]],
)
