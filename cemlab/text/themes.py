"""Themes without a lexicon: found by matrix factorisation, their number by stability, named by distinctive words."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.checks import DataError
from cemlab.text.given import as_text
from cemlab.text.keyness import content_words, fighting_words, presence
from cemlab.text.word_kinds import names_something

LEAST = 50  # texts with words below which themes would be accidents
TOP = 10  # words that stand for a theme when two runs are compared
MOST = 2000  # words from which themes are learnt
NEAR_BEST = 0.05  # how much stability a finer division may cost
TIED = 1e-9  # relative distance of two singular values that counts as none
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
    vocabulary: np.ndarray = field(repr=False, default=None)
    rarity: np.ndarray = field(repr=False, default=None)
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
    Non-negative factorisation of word presence times rarity (idf). Stability [1]_: the ten leading words of each theme are matched between all
    texts and four subsamples of 80 % (mean Jaccard overlap of the best matching, 0 to 1). Under some 0.5 another sample
    would give other themes: use an aspect lexicon instead. Themes divide vocabulary, not meaning; read the quotations.

    References
    ----------
    .. [1] Greene, D., O'Callaghan, D., Cunningham, P. (2014). How many topics? Stability analysis for topic models.
       ECML PKDD, 498-513.
    """
    tried = [n] if n is not None else sorted(set(candidates))
    if not tried or min(tried) < 2:
        raise ValueError(f"find_themes: {min(tried, default=0)} themes asked for; two are the least.")
    texts = told_texts(texts)
    chosen = np.linspace(0, len(texts) - 1, min(sample, len(texts))).astype(int) if len(texts) else []
    if len(chosen) < LEAST:
        raise DataError(f"find_themes: {len(chosen)} texts with words; themes need {LEAST}. Read the comments instead.")
    there, vocabulary = presence([texts[i] for i in chosen], words, min_n, keep=topic_words)
    spread = np.asarray(there.sum(0)).ravel()
    useful = np.flatnonzero(spread <= 0.5 * len(chosen))
    useful = np.sort(useful[np.argsort(-spread[useful], kind="stable")[:MOST]])
    if n is None:
        tried = [k for k in tried if k < len(useful)] or tried[:1]
    if len(useful) <= max(tried):
        raise DataError(
            f"find_themes: {len(useful)} words stand in {min_n} texts or more; {max(tried)} themes need more."
        )
    there, vocabulary = there[:, useful], vocabulary[useful]
    rarity = 1 + np.log((1 + len(chosen)) / (1 + spread[useful]))
    held = weighted(there, rarity)
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
    table = distinctive_words(held, place, vocabulary, k)
    names = theme_names(table)
    report = pd.DataFrame(
        {"themes": tried, "stability": [stability[t] for t in tried], "chosen": [t == k for t in tried]}
    )
    return Themes(names, table, report, tuple(words or ()), vocabulary, rarity, centres)


def topic_words(tokens):
    """The tokens that can name a topic: content words that do more than judge, deny or oppose."""
    from cemlab.text.tokens import CONTRASTS, NEGATIONS

    given = [w for w in content_words(tokens) if w not in PLAIN and w not in NEGATIONS and w not in CONTRASTS]
    return [w for w in given if names_something(w)]


def factorise(held, k):
    """The themes x words factor of a texts x words matrix; the same for the same matrix, whatever the seed."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    left, right = starting_factors(held, k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an exact fit leaves an error a hair below 0
        warnings.simplefilter("ignore", ConvergenceWarning)  # leading words settle long before the last digits
        model = NMF(k, init="custom", max_iter=60, tol=1e-3)
        model.fit_transform(held, W=left, H=right)
    return model.components_


def starting_factors(held, k):
    """Non-negative starting values from the exact leading singular vectors (NNDSVD, Boutsidis and Gallopoulos 2008)."""
    u, size, v = leading_vectors(held, k)
    if np.any(-np.diff(size) < TIED * size[:-1]):  # rounding would decide which of them leads, each time anew
        u, size, v = leading_vectors(held.multiply(1 + 1e-4 * np.arange(held.shape[1])).tocsr(), k)
    left, right = np.zeros((held.shape[0], k)), np.zeros((k, held.shape[1]))
    for j in range(k):
        sides = [(np.maximum(sign * u[:, j], 0), np.maximum(sign * v[j], 0)) for sign in (1, -1)]
        norms = [(np.linalg.norm(a), np.linalg.norm(b)) for a, b in sides]
        best = int(np.prod(norms[1]) > np.prod(norms[0]))
        (a, b), (na, nb) = sides[best], norms[best]
        left[:, j], right[j] = _scaled(size[j], na, nb, a), _scaled(size[j], nb, na, b)
    return left, right


def leading_vectors(held, k):
    """The k largest singular values, falling, and their vectors."""
    from scipy.sparse.linalg import svds

    u, size, v = svds(held, k=k, v0=np.ones(min(held.shape)), rng=np.random.default_rng(0))
    order = np.argsort(-size, kind="stable")
    return u[:, order], size[order], v[order]


def _scaled(size, own, other, side):
    return np.sqrt(max(size, 0) * own * other) * side / max(own, 1e-12)


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


def weighted(there, rarity):
    """Presence times rarity, each row of length 1."""
    from sklearn.preprocessing import normalize

    return normalize(there.multiply(rarity).tocsr()) if there.shape[0] else there


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


def theme_names(table, most=4):
    """The leading words of each theme: no word in two names, none that is part of another (甜, 不甜)."""
    own = table.loc[table.groupby("word")["weight"].idxmax(), ["theme", "word"]]
    own = set(own.itertuples(index=False, name=None))
    names = {}
    for code, part in table.groupby("theme", sort=False):
        chosen = []
        mine = [word for word in part["word"] if (code, word) in own]
        for word in mine if len(mine) > 1 else part["word"]:
            if len(chosen) < most and not any(word in known or known in word for known in chosen):
                chosen.append(word)
        names[code] = "、".join(chosen)
    return names


def place_texts(texts, themes):
    """The nearest theme of each text.

    Returns a frame ``theme`` (code, None where no theme is near or the text is blank) and ``closeness`` (cosine, 0 to 1),
    one row per text in the order given.
    """
    texts = [as_text(t) or "" for t in texts]
    there, _ = presence(texts, list(themes.own_words), vocabulary=themes.vocabulary)
    place, near = nearest_theme(weighted(there, themes.rarity), themes.centres)
    codes = np.array([*themes.names, None], dtype=object)
    return pd.DataFrame({"theme": pd.Series(codes[place], dtype=object), "closeness": near})


def told_texts(texts):
    """The texts that hold letters or digits, as a list."""
    return [t for t in map(as_text, texts) if t and any(c.isalnum() for c in t)]
