"""The brand sample as files: what a survey tool would have written, one csv a wave."""

from pathlib import Path

import polars as pl

from cemlab.simulate_brand import ATTRIBUTES, ENTRY_POINTS, FUNNEL, WAVES, brand_answers, brand_sales

BRANDS = {"qinghe": "青禾", "yuanshan": "远山", "bailu": "白鹭", "xingye": "星野", "nanping": "南屏"}
SINGLE = {**BRANDS, "none": "以上都没有", "other": "其他品牌"}
TEXTS = {
    "gender": {"1": "男", "2": "女"},
    "age": {"1": "18-24岁", "2": "25-34岁", "3": "35-44岁", "4": "45岁及以上"},
    "tier": {"1": "一线城市", "2": "新一线及二线城市", "3": "三线及以下城市"},
}
CHOICES = {
    "named": "5、提到即饮茶，您还想到哪些品牌",
    "aided": "6、以下品牌您听说过哪些",
    "familiar": "7、其中您比较了解哪些",
    "considered": "8、下次购买即饮茶时您会考虑哪些",
    "tried": "9、您喝过哪些",
    "regular": "10、最近三个月您经常喝哪些",
}
IMAGE = dict(
    zip(
        ATTRIBUTES,
        ["清爽不腻", "好喝", "天然", "年轻有活力", "值得信赖", "健康", "性价比高", "买得到", "有格调", "高端"],
        strict=True,
    )
)
OCCASIONS = dict(zip(ENTRY_POINTS, ["天热解渴", "配餐", "上班提神", "出行路上", "朋友聚会", "运动之后"], strict=True))
BELIEFS = {
    "heritage": "34、您是否同意：传承茶文化",
    "green": "35、您是否同意：重视环保",
    "growers": "36、您是否同意：善待茶农",
    "premium_paid": "37、与普通瓶装茶相比愿意多付（元）",
}
NOTHING = "以上都没有"


def write_brand_sample(folder, seed=20261002):
    """Write the brand sample as two exports in the layout of 问卷星 with answers as text.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent.
    seed : int
        As in `simulate_brand.brand_answers`.

    Returns
    -------
    list of pathlib.Path
        One csv per wave (UTF-8 with BOM), oldest first; weekly sales lie beside them and are read by the report.

    Notes
    -----
    Several answers stand in one cell, joined by ┋; questions that were left out read (跳过).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    answers, paths = brand_answers(seed), []
    for wave in WAVES:
        part = answers.filter(pl.col("wave") == wave).sort("answered", maintain_order=True)
        path = folder / f"brand_health_{wave}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + as_tool_writes(part).write_csv().encode("utf-8"))
        paths.append(path)
    (folder / "brand_health_sales.csv").write_bytes(brand_sales(seed).write_csv().encode("utf-8"))
    return paths


def as_tool_writes(part):
    """The columns of the export."""
    n = len(part)
    columns = [
        pl.int_range(1, n + 1).alias("序号"),
        pl.col("answered").dt.strftime("%Y/%-m/%-d %H:%M:%S").alias("提交答卷时间"),
        pl.format("198.51.100.{}(广东-广州)", pl.int_range(0, n) % 250 + 1).alias("来自IP"),
    ]
    columns += [
        pl.col(c).replace_strict(TEXTS[c]).alias(t)
        for c, t in zip(TEXTS, ["1、性别", "2、年龄", "3、常住城市"], strict=True)
    ]
    columns.append(pl.col("first_named").replace_strict(SINGLE).alias("4、提到即饮茶，您最先想到的品牌"))
    asked = pl.lit(True)
    for question, title in CHOICES.items():
        columns.append(pl.when(asked).then(joined(question)).otherwise(pl.lit("(跳过)")).alias(title))
        asked = pl.lit(True) if question == "named" else some(question)
    columns.append(pl.col("preferred").replace_strict(SINGLE).alias("11、您最喜欢的品牌"))
    for rated, title in (
        ("recommend", "12、您有多大可能向朋友推荐"),
        ("satisfied", "13、您对以下品牌的满意度"),
        ("times", "14、最近一个月购买次数"),
    ):
        for brand, label in BRANDS.items():
            value = pl.col(f"{rated}__{brand}").cast(pl.Int64).cast(pl.String).fill_null("(跳过)")
            columns.append(value.alias(f"{title}({label})"))
    knows = some("aided")
    for question, title in (ticked := ticked_titles()).items():
        columns.append(pl.when(knows).then(joined(question)).otherwise(pl.lit("(跳过)")).alias(title))
    last = 15 + len(ticked)
    columns.append(pl.col("bought_before").replace_strict(SINGLE).alias(f"{last + 0}、上上次购买的品牌"))
    columns.append(pl.col("bought_last").replace_strict(SINGLE).alias(f"{last + 1}、最近一次购买的品牌"))
    columns.append(pl.col("comment").fill_null("(空)").alias(f"{last + 2}、您对这些品牌还有什么想说的"))
    for question, title in BELIEFS.items():
        for brand, label in BRANDS.items():
            value = pl.col(f"{question}__{brand}").cast(pl.String).str.strip_suffix(".0").fill_null("(跳过)")
            columns.append(value.alias(f"{title}({label})"))
    return part.select(columns)


def ticked_titles():
    """Question -> heading of the image attributes and entry points, numbered from 15."""
    asked = [(q, f"哪些品牌让您觉得“{label}”") for q, label in IMAGE.items()]
    asked += [(q, f"{label}时，您会想到哪些品牌") for q, label in OCCASIONS.items()]
    return {q: f"{number}、{words}" for number, (q, words) in enumerate(asked, start=15)}


def joined(question):
    """Labels of the brands chosen, joined as the tool does; those who chose none say so."""
    picked = [pl.when(pl.col(f"{question}__{b}") == 1).then(pl.lit(BRANDS[b])) for b in FUNNEL]
    text = pl.concat_str(picked, separator="┋", ignore_nulls=True)
    return pl.when(text == "").then(pl.lit(NOTHING)).otherwise(text)


def some(question):
    """Whether any brand was chosen."""
    return pl.any_horizontal(pl.col(f"{question}__{b}") == 1 for b in FUNNEL)
