"""What a comment is about and how that is judged, clause by clause, from an aspect lexicon."""

import functools
import json

import polars as pl

from cemlab.text.given import as_text

SENTENCE_END = r"[。!?！？；;\n\r]+"
CLAUSE_END = r"[,，~～…、\s]*[,，~～…\s]+[,，~～…、\s]*|\.{2,}"
CONTRAST = r"(但是|可是|不过|然而|只不过|就是|只是|但|却)"
ASCII_WORD = r"^[\x00-\x7f]+$"
UNDECIDED = (0.1, 0.9)  # a clause whose probability lies between is taken as not judged
BATCH = 50_000  # texts read at a time
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
    body = pl.col("body")
    sentences = (
        pl.DataFrame({"body": text_series(texts)})
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


def text_series(texts):
    """Texts as a polars series of strings; missing ones null."""
    if isinstance(texts, str):
        raise TypeError("aspects: `texts` is one string; pass a list or series of comments.")
    if isinstance(texts, pl.Series) and texts.dtype != pl.Object:
        return texts.cast(pl.String)
    return pl.Series([as_text(t) for t in texts], dtype=pl.String)


def mentions_by_clause(parts, lexicon, sentiment=None):
    """Aspects named in each clause of `clauses`, with the sign of the judgement beside them.

    Returns a polars frame ``text, sentence, clause, aspect, sign`` (1, 0, -1, or null: named, not judged). `sentiment`
    is asked about clauses in which no word judges.
    """
    hits = find_words(simplified(parts), lexicon)
    sign, key = pl.col("sign"), ["clause", "aspect"]
    named = hits.filter("names")
    general = hits.filter(pl.col("aspect").is_null())
    own = named.filter(sign.is_not_null()).group_by(key).agg(own=sign.sum().sign())
    near = hits.filter(~pl.col("names") & pl.col("aspect").is_not_null())
    near = near.group_by(key).agg(near=sign.sum().sign())
    beside = general.group_by("segment").agg(beside=sign.sum().sign())
    free = general.join(named.select("segment").unique(), on="segment", how="anti")
    free = free.group_by("clause").agg(free=sign.sum().sign())
    alone = general.join(named.select("clause").unique(), on="clause", how="anti")
    alone = alone.group_by("clause").agg(follow=sign.sum().sign())
    place = parts.select("clause", "text", "sentence", "body")
    alone = alone.join(place.select("clause", "text", "sentence"), on="clause")
    alone = alone.with_columns(pl.col("clause") - 1)  # judges the clause before it, in the same sentence
    found = (
        named.group_by(key)
        .agg(pl.col("segment").min())
        .join(place, on="clause")
        .join(own, on=key, how="left")
        .join(near, on=key, how="left")
        .join(beside, on="segment", how="left")
        .join(free, on="clause", how="left")
        .join(alone, on=["text", "sentence", "clause"], how="left")
        .with_columns(sign=pl.coalesce("own", "near", "beside", "free", "follow").cast(pl.Float64))
    )
    if sentiment is not None:
        found = ask_sentiment(found, sentiment)
    names = pl.Series(list(lexicon.aspects), dtype=pl.String)
    found = found.sort("clause", "aspect").with_columns(aspect=names.gather(found.sort("clause", "aspect")["aspect"]))
    return found.select("text", "sentence", "clause", "aspect", "sign")


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


def simplified(parts):
    """The clauses with traditional characters written as simplified ones, which lexicons use."""
    from cemlab.text.tokens import simplify_text, traditional_characters

    old = parts["body"].str.contains(traditional_characters()).arg_true()
    if old.is_empty():
        return parts
    body = parts["body"].to_list()
    for at in old:
        body[at] = simplify_text(body[at])
    return parts.with_columns(body=pl.Series(body, dtype=pl.String))


def find_words(parts, lexicon):
    """Every lexicon word in every clause: ``clause, segment, aspect`` (its number; null: any), ``names, sign``.

    A new segment starts with the clause, and where an aspect is named after an opinion: 服务好 | 环境差.
    """
    table, expressions = word_table(json.dumps(lexicon.model_dump(), sort_keys=True), tuple(lexicon.aspects))
    words = table["word"].unique(maintain_order=True)
    english = words.str.contains(ASCII_WORD)
    body = pl.col("body")
    spans = [parts.select("clause", word=body.str.extract_many(words.filter(~english).to_list(), leftmost=True))]
    spelt = (
        [r"(?-u:\b)(?:" + "|".join(words.filter(english).str.escape_regex()) + r")(?-u:\b)"] if english.any() else []
    )
    spans += [parts.select("clause", word=body.str.extract_all(pattern)) for pattern in spelt]
    for name, pattern in expressions:
        there = parts.filter(body.str.contains(pattern))
        spans.append(there.select("clause", word=pl.concat_list(pl.lit(marker(name)))))
    spans = pl.concat(spans).explode("word").drop_nulls().sort("clause", maintain_order=True)
    kinds = (
        table.filter(~pl.col("ignored"))
        .group_by("word")
        .agg(pl.col("names").any(), judges=pl.col("sign").is_not_null().any())
    )
    spans = spans.join(kinds, on="word", maintain_order="left")
    new = pl.col("clause") != pl.col("clause").shift(1)
    new = new.fill_null(True) | (pl.col("names") & pl.col("judges").shift(1).fill_null(False))
    spans = spans.select("clause", "word", segment=new.cum_sum())
    return spans.join(table.filter(~pl.col("ignored")), on="word").drop("word", "ignored")


def marker(name):
    """The word that stands in for a regular expression of aspect `name`; no text holds it."""
    return f"\u0000{name}"


@functools.lru_cache(maxsize=8)
def word_table(lexicon, names):
    """All words of a lexicon, negated forms included, longest first; and its regular expressions."""
    lexicon = json.loads(lexicon)
    opinions = lexicon["opinions"]
    rows = [(word, None, False, None, True) for word in [*lexicon["ignore"], *opinions.get("ignore", [])]]
    judging = [
        (word, None, False, s)
        for kind, s in (("positive", 1), ("negative", -1), ("neutral", 0))
        for word in opinions.get(kind, [])
    ]
    expressions = []
    for number, name in enumerate(names):
        aspect = lexicon["aspects"][name]
        rows += [(word, number, True, None, False) for word in aspect["words"]]
        for kind, s in (("positive", 1), ("negative", -1), ("neutral", 0), ("praise_near", 1), ("blame_near", -1)):
            judging += [(word, number, not kind.endswith("near"), s) for word in aspect[kind]]
        if aspect["patterns"]:
            rows.append((marker(name), number, True, None, False))
            expressions += [(name, pattern) for pattern in aspect["patterns"]]
    rows += [(*row, False) for row in judging]
    given = {row[0] for row in rows}
    turns = [(f, -1) for f in opinions.get("negators", [])] + [(f, 1) for f in opinions.get("intensifiers", [])]
    for word, number, naming, s in judging:
        if s:
            rows += [(f + word, number, naming, turn * s, False) for f, turn in turns if f + word not in given]
    schema = {"word": pl.String, "aspect": pl.UInt32, "names": pl.Boolean, "sign": pl.Int64, "ignored": pl.Boolean}
    table = pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)
    return table.sort(pl.col("word").str.len_chars(), descending=True, maintain_order=True), expressions


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
    texts = text_series(texts)
    sign = pl.col("sign")
    parts = []
    for start in range(0, max(len(texts), 1), BATCH):  # memory stays that of one batch
        found = mentions_by_clause(clauses(texts.slice(start, BATCH)), lexicon, sentiment)
        found = found.group_by("text", "aspect").agg(
            clauses=pl.len(), positive=(sign > 0).sum(), negative=(sign < 0).sum(), score=sign.mean().fill_null(0.0)
        )
        parts.append(found.with_columns(pl.col("text") + start))
    out = pl.concat(parts)
    score = pl.col("score")
    label = pl.when(score > MIXED).then(pl.lit("positive")).when(score < -MIXED).then(pl.lit("negative"))
    rank = pl.col("aspect").replace_strict({a: i for i, a in enumerate(lexicon.aspects)}, return_dtype=pl.Int64)
    return out.with_columns(label=label.otherwise(pl.lit("neutral"))).sort("text", rank)
