"""Themes without a lexicon: found by matrix factorisation, their number by stability, named by distinctive words."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns
from cemlab.text.keyness import content_words, fighting_words

LEAST = 50  # texts with words below which themes would be accidents
TOP = 10  # words that stand for a theme when two runs are compared
NEAR_BEST = 0.05  # how much stability a finer division may cost
CLOSE = 0.1  # cosine below which a text belongs to no theme
PLAIN = frozenset(  # judge anything, hence name no theme
    "不错 好 很好 挺好 棒 赞 满意 喜欢 差 很差 太差 较差 最差 差劲 一般 一般般 还行 还可以 还好 还不错 好评 差评 失望 推荐 值得 总体 整体 总的来说 感觉 觉得 好像 算是 "
    "有点 稍微 确实 实在 简直 居然 竟然 根本 完全 尤其 特别 绝对 不过 建议 希望 问题 情况 东西 地方 方面 下次 这次 第一次 还会 再来 不会 不能 不要 知道 发现 看到 起来 "
    "真是 不是 没有 没什么 怎么样 不怎么样 谢谢 感谢 nbsp url".split()
)


@dataclass(frozen=True)
class Themes:
    """Themes found once and kept for later waves.

    ``names`` {code: its distinctive words}, ``words`` (theme, rank, word, weight, n, percent), ``stability`` (themes,
    stability, chosen) are for the reader; the rest places new texts.
    """

    names: dict
    words: pd.DataFrame
    stability: pd.DataFrame
    own_words: tuple = ()
    vectors: object = field(repr=False, default=None)
    centres: np.ndarray = field(repr=False, default=None)


def find_themes(texts, *, n=None, candidates=(4, 6, 8, 10, 12), words=None, min_n=5, sample=3000, seed=1):
    """Divide comments into themes and name each by the words that set it apart.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments; blank ones are left out.
    n : int, optional
        Number of themes. Without it, the finest division among `candidates` whose stability comes within 0.05 of the
        best.
    candidates : sequence of int
        Numbers tried when `n` is left out.
    words : list of str, optional
        The study's own words for the tokeniser.
    min_n : int, default 5
        Words in fewer comments are left out; so are words in more than half of them.
    sample : int, default 3000
        Comments from which themes are learnt at most, evenly spread over `texts`; all are placed by `place_texts`.
    seed : int, default 1
        Seed of the subsamples; the themes themselves follow from the texts and their number alone.

    Returns
    -------
    Themes
        Codes t1, t2, ... by size.

    Raises
    ------
    DataError
        Fewer than 50 texts with words, or fewer distinct words than themes.
    ValueError
        `n` or a candidate below 2.

    Notes
    -----
    Non-negative factorisation of tf-idf. Stability [1]_: the ten leading words of each theme are matched between all
    texts and four subsamples of 80 % (mean Jaccard overlap of the best matching, 0 to 1). Under some 0.5 another sample
    would give other themes: use an aspect lexicon instead. Themes divide vocabulary, not meaning; read the quotations.

    References
    ----------
    .. [1] Greene, D., O'Callaghan, D., Cunningham, P. (2014). How many topics? Stability analysis for topic models.
       ECML PKDD, 498-513.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    from cemlab.text.tokens import tokenise

    tried = [n] if n is not None else sorted(set(candidates))
    if not tried or min(tried) < 2:
        raise ValueError(f"find_themes: {min(tried, default=0)} themes asked for; two are the least.")
    texts = told_texts(texts)
    chosen = np.linspace(0, len(texts) - 1, min(sample, len(texts))).astype(int) if len(texts) else []
    spoken = tokenise([texts[i] for i in chosen], words)
    vectors = TfidfVectorizer(analyzer=topic_words, min_df=min_n, max_df=0.5, sublinear_tf=True, max_features=2000)
    if len(spoken) < LEAST:
        raise DataError(f"find_themes: {len(spoken)} texts with words; themes need {LEAST}. Read the comments instead.")
    try:
        held = vectors.fit_transform(spoken)
    except ValueError:
        held = None
    if held is None or held.shape[1] <= max(tried):
        found = 0 if held is None else held.shape[1]
        raise DataError(f"find_themes: {found} words stand in {min_n} texts or more; {max(tried)} themes need more.")
    held = held[held.getnnz(1) > 0]
    factors, stability = {}, {}
    for k in tried:
        factors[k] = factorise(held, k)
        stability[k] = stability_of(held, factors[k], seed)
    best = max(stability.values())
    k = max(k for k in tried if stability[k] >= best - NEAR_BEST)
    centres = factors[k] / np.maximum(np.linalg.norm(factors[k], axis=1, keepdims=True), 1e-12)
    place = nearest_theme(held, centres)[0]
    order = np.argsort([-(place == j).sum() for j in range(k)], kind="stable")
    centres, place = centres[order], np.array([-1 if p < 0 else int(np.flatnonzero(order == p)[0]) for p in place])
    table = distinctive_words(held, place, vectors.get_feature_names_out(), k)
    names = {code: "、".join(part["word"].head(4)) for code, part in table.groupby("theme", sort=False)}
    report = pd.DataFrame(
        {"themes": tried, "stability": [stability[t] for t in tried], "chosen": [t == k for t in tried]}
    )
    return Themes(names, table, report, tuple(words or ()), vectors, centres)


def topic_words(tokens):
    """The tokens that can name a topic: content words that do more than judge, deny or oppose."""
    from cemlab.text.tokens import CONTRASTS, NEGATIONS

    return [w for w in content_words(tokens) if w not in PLAIN and w not in NEGATIONS and w not in CONTRASTS]


def factorise(held, k):
    """The themes x words factor of a texts x words matrix; the same for the same matrix, whatever the seed."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    left, right = starting_factors(held, k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # leading words settle long before the last digits
        model = NMF(k, init="custom", max_iter=60, tol=1e-3)
        model.fit_transform(held, W=left, H=right)
    return model.components_


def starting_factors(held, k):
    """Non-negative starting values from the exact leading singular vectors (NNDSVD, Boutsidis and Gallopoulos 2008)."""
    from scipy.sparse.linalg import svds

    u, size, v = svds(held, k=k, v0=np.ones(min(held.shape)))
    order = np.argsort(-size)
    u, size, v = u[:, order], size[order], v[order]
    left, right = np.zeros((held.shape[0], k)), np.zeros((k, held.shape[1]))
    for j in range(k):
        sides = [(np.maximum(sign * u[:, j], 0), np.maximum(sign * v[j], 0)) for sign in (1, -1)]
        norms = [(np.linalg.norm(a), np.linalg.norm(b)) for a, b in sides]
        best = int(np.prod(norms[1]) > np.prod(norms[0]))
        (a, b), (na, nb) = sides[best], norms[best]
        left[:, j], right[j] = np.sqrt(size[j] * na * nb) * a / na, np.sqrt(size[j] * na * nb) * b / nb
    return left, right


def stability_of(held, reference, seed, runs=4, part=0.8):
    """Mean overlap of the leading words between all texts and subsamples of them."""
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(seed)
    leading = leading_words(reference)
    scores = []
    for _ in range(runs):
        rows = np.sort(rng.permutation(held.shape[0])[: int(part * held.shape[0])])
        other = leading_words(factorise(held[rows], len(reference)))
        overlap = np.array([[len(a & b) / max(len(a | b), 1) for b in other] for a in leading])
        scores.append(overlap[linear_sum_assignment(-overlap)].mean())
    return float(np.mean(scores))


def leading_words(factor):
    """The numbers of the words with the largest weights of each theme; fewer where fewer have a weight that counts."""
    order = np.argsort(-factor, axis=1, kind="stable")[:, :TOP]
    return [{w for w in row if weights[w] > 0.01 * weights[row[0]]} for row, weights in zip(order, factor, strict=True)]


def nearest_theme(held, centres):
    """The theme with the largest cosine for each row (-1: none near), and that cosine."""
    close = np.asarray(held @ centres.T)
    best = close.argmax(1)
    nearness = close[np.arange(len(best)), best]
    return np.where(nearness >= CLOSE, best, -1), nearness


def distinctive_words(held, place, vocabulary, k, most=15):
    """Words that set each theme apart from all other texts, by the z of their log-odds (`keyness`)."""
    there = (held > 0).astype(float)
    total = np.asarray(there.sum(0)).ravel()
    rows = []
    for j in range(k):
        here = np.asarray(there[place == j].sum(0)).ravel()
        z = fighting_words(here, total - here, None, 0.95)["z"] if 0 < here.sum() < total.sum() else here
        size = max(int((place == j).sum()), 1)
        for rank, w in enumerate(np.argsort(-z, kind="stable")[:most], start=1):
            if here[w]:
                rows.append((f"t{j + 1}", rank, vocabulary[w], z[w], int(here[w]), 100 * here[w] / size))
    return pd.DataFrame(rows, columns=["theme", "rank", "word", "weight", "n", "percent"])


def place_texts(texts, themes):
    """The nearest theme of each text.

    Returns a frame ``theme`` (code, None where no theme is near or the text is blank) and ``closeness`` (cosine, 0 to 1),
    one row per text in the order given.
    """
    from cemlab.text.tokens import tokenise

    texts = ["" if t is None or t != t else str(t) for t in texts]
    held = themes.vectors.transform(tokenise(texts, list(themes.own_words)))
    place, near = nearest_theme(held, themes.centres)
    codes = np.array([*themes.names, None], dtype=object)
    return pd.DataFrame({"theme": pd.Series(codes[place], dtype=object), "closeness": near})


def theme_columns(data, text, *, themes):
    """`data` without `text`, with a 0/1 column for each theme (null without a comment), ready for every measure."""
    import polars as pl

    from cemlab.text.aspect_scores import polars_frame

    frame = polars_frame(data, "theme_columns")
    require_columns(frame.columns, [text], "theme_columns")
    texts = frame[text].cast(pl.String).fill_null("")
    place = pl.Series("theme__", list(place_texts(texts.to_list(), themes)["theme"]), dtype=pl.String)
    told = pl.Series("told__", texts.str.contains(r"[\p{L}\p{N}]"))
    rows = frame.drop(text).with_columns(place, told)
    rows = rows.with_columns(
        pl.when("told__").then((pl.col("theme__") == code).fill_null(False).cast(pl.Float64)).alias(code)
        for code in themes.names
    )
    return rows.drop("theme__", "told__")


def theme_scores(data, text, *, themes, by=None, weights=None, cluster=None, level=0.95, min_n=30):
    """Share of comments in each theme with its interval: estimates with ``metric`` "theme_share", ``item`` the code.

    Options and errors as in `cemlab.measure.scores.top_box`. Comments near no theme belong to none, so shares sum to less
    than 100.
    """
    from cemlab.measure.bases import flag_bases
    from cemlab.measure.scores import top_box

    rows = theme_columns(data, text, themes=themes)
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    out = top_box(rows, list(themes.names), scale=(0, 1), top=[1], **options).assign(metric="theme_share")
    return flag_bases(out, min_n=min_n, low_n=max(100, min_n))


def compare_themes(data, text, *, themes, wave="_wave", current, previous, **options):
    """Themes that rise or fall between two waves: comparisons with ``metric`` "theme_share", largest rise first.

    All themes are one family of tests (Benjamini-Hochberg by default). Find the themes on both waves together: themes
    learnt on one wave alone look rarer in the other. Options and errors as in `cemlab.measure.compare.compare_waves`.
    """
    from cemlab.measure.compare import compare_waves

    rows = theme_columns(data, text, themes=themes)
    options = {"wave": wave, "current": current, "previous": previous} | options
    out = compare_waves(rows, list(themes.names), metric="top_box", scale=(0, 1), top=[1], **options)
    out = out.assign(metric="theme_share")
    return out.sort_values("difference", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def theme_quotations(texts, themes, *, n=3, min_n=10, shortest=15, longest=120):
    """The most typical comments of each theme, masked.

    Returns a frame ``theme, comments, rank, closeness, text``: the comments nearest to the theme's centre, distinct, of
    `shortest` characters at least, cut at `longest`. A theme with fewer than `min_n` comments shows none (one row, no
    text).
    """
    from cemlab.masking import mask
    from cemlab.text.quotations import shortened

    rows = place_texts(texts, themes).assign(text=["" if t is None or t != t else str(t).strip() for t in texts])
    out = []
    for code in themes.names:
        part = rows[rows["theme"] == code]
        fit = part[part["text"].str.len() >= shortest].drop_duplicates("text")
        fit = fit.sort_values(["closeness", "text"], ascending=[False, True]).head(n if len(part) >= min_n else 0)
        shown = [
            (code, len(part), r, q.closeness, shortened(mask(q.text), longest))
            for r, q in enumerate(fit.itertuples(), 1)
        ]
        out += shown or [(code, len(part), 0, np.nan, "")]
    return pd.DataFrame(out, columns=["theme", "comments", "rank", "closeness", "text"])


def told_texts(texts):
    """The texts that hold letters or digits, as a list."""
    return [str(t) for t in texts if t is not None and t == t and any(c.isalnum() for c in str(t))]
