"""What a comment is about and how that is judged, clause by clause, from an aspect lexicon."""

import functools

import polars as pl

SENTENCE_END = r"[。!?！？；;\n\r]+"
CLAUSE_END = r"[,，~～…、\s]*[,，~～…\s]+[,，~～…、\s]*|\.{2,}"
CONTRAST = r"(但是|可是|不过|然而|只不过|就是|只是|但|却)"
ASCII_WORD = r"^[\x00-\x7f]+$"
UNDECIDED = (0.35, 0.65)  # a clause whose probability lies between is taken as not judged
MIXED = 0.25  # |mean of the clauses' signs| up to which an aspect counts as neutral or mixed


def clauses(texts):
    """Texts cut at punctuation and before words of contrast.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments; missing and blank ones give no clause.

    Returns
    -------
    polars.DataFrame
        ``text`` (position in `texts`), ``sentence`` (within the text), ``clause`` (row number), ``body`` (half width,
        lower case).
    """
    column = pl.Series("body", list(texts) if not isinstance(texts, pl.Series) else texts, dtype=pl.String)
    body = pl.col("body")
    sentences = (
        pl.DataFrame({"body": column})
        .with_row_index("text")
        .with_columns(body.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\\n|\\r", "\n"))
        .with_columns(body.str.replace_all(SENTENCE_END, "\n").str.replace_all(r"(\p{Han})\.", "$1\n").str.split("\n"))
        .explode("body")
        .filter(body.is_not_null() & body.str.contains(r"[\p{L}\p{N}]"))
        .with_columns(sentence=pl.int_range(pl.len()).over("text"))
    )
    return (
        sentences.with_columns(
            body.str.replace_all(r"([a-z0-9]) +([a-z0-9])", "$1\u00b7$2")  # blanks inside English stay
            .str.replace_all(CLAUSE_END, "\n")
            .str.replace_all(CONTRAST, "\n$1")
            .str.replace_all("\u00b7", " ")
            .str.split("\n")
        )
        .explode("body")
        .with_columns(body.str.strip_chars())
        .filter(body.str.contains(r"[\p{L}\p{N}]"))
        .with_row_index("clause")
        .select("text", "sentence", "clause", "body")
    )


def mentions_by_clause(parts, lexicon, sentiment=None):
    """Aspects named in each clause of `clauses`, with the sign of the judgement beside them.

    Returns a polars frame ``text, sentence, clause, aspect, sign`` (1, 0, -1, or null: named, not judged). `sentiment`
    is asked about clauses in which no word judges.
    """
    hits = find_words(parts, lexicon)
    named = hits.filter("names")
    if named.is_empty():
        return empty_mentions()
    # A new segment starts where an aspect is named after an opinion: 服务好 | 环境差.
    order = hits.group_by("clause", "spot", maintain_order=True).agg(pl.col("names").any(), pl.col("sign").is_not_null().any().alias("judges"))
    order = order.sort("clause", "spot").with_columns(
        segment=(pl.col("names") & pl.col("judges").shift(1, fill_value=False).over("clause")).cum_sum().over("clause")
    )
    hits = hits.join(order.select("clause", "spot", "segment"), on=["clause", "spot"])
    named = hits.filter("names")
    sign = pl.col("sign")
    own = named.filter(sign.is_not_null()).group_by("clause", "aspect").agg(own=sign.sum().sign())
    near = hits.filter(~pl.col("names") & pl.col("aspect").is_not_null())
    near = near.group_by("clause", "aspect").agg(near=sign.sum().sign())
    general = hits.filter(pl.col("aspect").is_null())
    beside = general.group_by("clause", "segment").agg(beside=sign.sum().sign())
    free = general.join(named.select("clause", "segment").unique(), on=["clause", "segment"], how="anti")
    free = free.group_by("clause").agg(free=sign.sum().sign())
    alone = general.join(named.select("clause").unique(), on="clause", how="anti").group_by("clause").agg(follow=sign.sum().sign())
    alone = alone.join(parts.select("clause", "text", "sentence"), on="clause").with_columns(pl.col("clause") - 1)
    found = (
        named.group_by("clause", "aspect")
        .agg(pl.col("segment").min())
        .join(parts.select("text", "sentence", "clause", "body"), on="clause")
        .join(own, on=["clause", "aspect"], how="left")
        .join(near, on=["clause", "aspect"], how="left")
        .join(beside, on=["clause", "segment"], how="left")
        .join(free, on="clause", how="left")
        .join(alone, on=["text", "sentence", "clause"], how="left")
        .with_columns(sign=pl.coalesce("own", "near", "beside", "free", "follow"))
    )
    if sentiment is not None:
        found = ask_sentiment(found, sentiment)
    return found.select("text", "sentence", "clause", "aspect", pl.col("sign").cast(pl.Float64)).sort("clause", "aspect")


def ask_sentiment(found, sentiment):
    """Signs from the sentiment function for clauses that no word judged."""
    open_ = found.filter(pl.col("sign").is_null()).select("clause", "body").unique("clause", maintain_order=True)
    if open_.is_empty():
        return found
    answer = sentiment(open_["body"].to_list())
    chance = pl.Series("chance", list(answer["probability"]), dtype=pl.Float64, strict=False).fill_nan(None)
    low, high = UNDECIDED
    asked = pl.when(pl.col("chance") > high).then(1).when(pl.col("chance") < low).then(-1)
    open_ = open_.with_columns(chance).select("clause", asked=asked)
    return found.join(open_, on="clause", how="left").with_columns(sign=pl.coalesce("sign", "asked"))


def find_words(parts, lexicon):
    """Every lexicon word in every clause: ``clause, spot`` (order in the clause), ``aspect, names, sign``."""
    import json

    table, expressions = word_table(json.dumps(lexicon.model_dump(), sort_keys=True))
    words = table["word"].unique(maintain_order=True)
    plain = words.filter(~words.str.contains(ASCII_WORD))
    spans = parts.select("clause", word=pl.col("body").str.extract_many(plain.to_list(), leftmost=True))
    spans = spans.explode("word").drop_nulls().with_columns(spot=pl.int_range(pl.len()).over("clause"))
    pieces = [spans]
    english = words.filter(words.str.contains(ASCII_WORD)).str.escape_regex().to_list()
    if english:
        pattern = r"(?-u:\b)(?:" + "|".join(english) + r")(?-u:\b)"
        pieces.append(extra_spans(parts, pattern))
    hits = pl.concat(pieces).join(table, on="word").filter(~pl.col("ignored")).drop("word", "ignored")
    for aspect, pattern in expressions:
        there = extra_spans(parts, pattern).select("clause", "spot", aspect=pl.lit(aspect), names=True, sign=pl.lit(None, pl.Int64))
        hits = pl.concat([hits, there.select(hits.columns)], how="vertical_relaxed")
    return hits.sort("clause", "spot")


def extra_spans(parts, pattern):
    """Hits of a regular expression, placed before the words of the clause."""
    there = parts.select("clause", word=pl.col("body").str.extract_all(pattern)).filter(pl.col("word").list.len() > 0)
    return there.explode("word").with_columns(spot=pl.lit(-1, pl.Int64))


@functools.lru_cache(maxsize=8)
def word_table(lexicon):
    """All words of a lexicon, negated forms included, longest first; and its regular expressions."""
    import json

    lexicon = json.loads(lexicon)
    opinions = lexicon["opinions"]
    rows = [(word, None, False, None, True) for word in [*lexicon["ignore"], *opinions.get("ignore", [])]]
    judging = [(w, None, False, s) for kind, s in (("positive", 1), ("negative", -1), ("neutral", 0)) for w in opinions.get(kind, [])]
    for name, aspect in lexicon["aspects"].items():
        rows += [(word, name, True, None, False) for word in aspect["words"]]
        for kind, names, s in (("positive", True, 1), ("negative", True, -1), ("neutral", True, 0), ("praise_near", False, 1), ("blame_near", False, -1)):
            judging += [(word, name, names, s) for word in aspect[kind]]
    rows += [(*row, False) for row in judging]
    given = {row[0] for row in rows}
    for word, name, names, s in judging:
        if s == 0:
            continue
        for front, turn in [(f, -1) for f in opinions.get("negators", [])] + [(f, 1) for f in opinions.get("intensifiers", [])]:
            if front + word not in given:
                rows.append((front + word, name, names, turn * s, False))
    schema = {"word": pl.String, "aspect": pl.String, "names": pl.Boolean, "sign": pl.Int64, "ignored": pl.Boolean}
    table = pl.DataFrame(rows, schema=schema, orient="row").unique(["word", "aspect", "names", "sign", "ignored"], maintain_order=True)
    table = table.sort(pl.col("word").str.len_chars(), "word", descending=[True, False], maintain_order=True)
    return table, [(name, p) for name, a in lexicon["aspects"].items() for p in a["patterns"]]


def empty_mentions():
    """The frame of `mentions_by_clause` without a row."""
    ints = dict.fromkeys(("text", "sentence", "clause"), pl.UInt32)
    return pl.DataFrame(schema={**ints, "aspect": pl.String, "sign": pl.Float64})


def aspect_mentions(texts, lexicon, *, sentiment=None):
    """Which aspects each text names and how it judges them.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments.
    lexicon : Lexicon
        From `cemlab.text.lexicon.load_lexicon`.
    sentiment : callable, optional
        ``f(list of str)`` -> frame with ``probability``; asked about clauses in which no word of the lexicon judges.

    Returns
    -------
    polars.DataFrame
        ``text`` (position in `texts`), ``aspect, clauses`` (that name it), ``positive, negative`` (clauses that praise
        or blame), ``score`` (-1 to 1: mean sign of the judging clauses, 0 when none judges), ``label`` (positive,
        neutral, negative). Texts that name nothing have no row.

    Notes
    -----
    The longest word wins where words overlap, so 不错 is praise although 错 is blame; a negator directly before a word
    turns it (不 + 贵). Irony, comparisons with other places and praise of the past are not understood. "Neutral" holds
    naming without judging, average and mixed judgements alike.
    """
    found = mentions_by_clause(clauses(texts), lexicon, sentiment)
    sign = pl.col("sign")
    out = found.group_by("text", "aspect").agg(
        clauses=pl.len(), positive=(sign > 0).sum(), negative=(sign < 0).sum(), score=sign.mean().fill_null(0.0)
    )
    score = pl.col("score")
    label = pl.when(score > MIXED).then(pl.lit("positive")).when(score < -MIXED).then(pl.lit("negative"))
    rank = pl.col("aspect").replace_strict({a: i for i, a in enumerate(lexicon.aspects)}, return_dtype=pl.Int64)
    return out.with_columns(label=label.otherwise(pl.lit("neutral"))).sort("text", rank)
