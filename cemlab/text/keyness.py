"""Words that separate two groups of comments: log-odds with a Dirichlet prior, tested."""

import re

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level
from cemlab.text.given import is_missing

COLUMNS = [
    *("word", "target", "reference", "n", "n_reference", "percent", "percent_reference"),
    *("log_odds", "se", "ci_low", "ci_high", "z", "p_value", "p_adjusted", "adjust", "new", "level", "method"),
]

BATCH = 10_000  # texts cut into words at a time
JUDGING = frozenset(
    "贵慢快脏吵差烂乱旧破远近少冷热闷挤咸淡辣甜硬柴腥臭香丑坑亏退骗烦赞棒好坏"
)  # words of one character

EMPTY = frozenset(  # words that hold a sentence together or hedge it: frequent, and no reason for anything
    "就是 只是 不过 但是 可是 还有 没有 不是 不会 不能 不要 不用 不到 不了 不知 知道 居然 竟然 虽然 尽管 总体 总之 整体 实在 完全 根本 一点 一张 一共 一定 这家 那家 一家 期间 办理 这种 这次 本次 "
    "很多 好多 许多 有人 需要 希望 东西 地方 问题 时间 结果 已经 马上 终于 最后 首先 其次 除了 而是 不仅 而且 甚至 反正 确实 的确 基本 基本上 一点儿 有时 经常 看到 看见 发现 出现 "
    "告诉 准备 开始 使用 之类 另 另外 方面 样子 还要 也许 补充 点评 评论 评价 不如 最好 再次 考虑 这是 这点 那些 里面 上面 下面 外面".split()
)


def keyness(data, text, *, group, target, reference=None, words=None, min_n=10, prior=None, adjust="bh", level=0.95):
    """Words that comments of one group use more, or less, than those of another.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per comment.
    text : str
        Column of comments; missing and blank ones are left out.
    group : str
        Column of groups: promoter and detractor, wave, store.
    target, reference : str
        The two groups. Without `reference` the target is held against all other comments with a group.
    words : list of str, optional
        The study's own words for the tokeniser (brands, products, touchpoints).
    min_n : int, default 10
        Words in fewer comments of both groups together are not tested.
    prior : float, optional
        Weight of the prior in words: both groups are drawn that much towards their common speech. Default: a tenth of
        the smaller group's words.
    adjust : str or None, default "bh"
        Adjustment over all words tested (`cemlab.measure.multiplicity.adjust_p`).
    level : float, default 0.95
        Confidence level of each word's interval.

    Returns
    -------
    pandas.DataFrame
        One row per word tested, largest z first: ``word, target, reference, n, n_reference`` (comments that hold it),
        ``percent, percent_reference`` (of the group's comments), ``log_odds`` (natural logarithm; above 0 = the target's
        word) ``, se, ci_low, ci_high, z, p_value, p_adjusted, adjust, new`` (not in the reference at all), ``level,
        method``.

    Raises
    ------
    ValueError
        Unknown column or group, target and reference the same, `prior` not above 0.

    Notes
    -----
    A comment counts each of its words once, so that one long complaint cannot make a word. Rare words are drawn to 0 by
    the prior, frequent ones have large z only when the groups differ; z near 0 for function words. Words that go
    together ("快递", "慢") are tested as if apart: read the list as a whole. Comments of one person count as independent.

    References
    ----------
    .. [1] Monroe, B. L., Colaresi, M. P., Quinn, K. M. (2008). Fightin' Words: lexical feature selection and evaluation
       for identifying the content of political conflict. Political Analysis, 16(4), 372-403.
    """
    where = "keyness"
    require_level(level, where)
    if prior is not None and not prior > 0:
        raise ValueError(f"{where}: `prior` is {prior}; it must be above 0, for example 500.")
    texts, groups = group_columns(data, text, group, where)
    require_choice(str(target), sorted(set(groups.dropna())), name="target", where=where)
    if reference is not None:
        require_choice(str(reference), sorted(set(groups.dropna())), name="reference", where=where)
        if str(reference) == str(target):
            raise ValueError(f"{where}: `target` and `reference` are both {str(target)!r}; name two groups.")
    told = texts.map(lambda t: t is not None and re.search(r"\w", t) is not None).astype(bool)
    side = np.where(groups == str(target), 1, 0)
    inside = told & groups.notna() & ((side == 1) | (reference is None) | (groups == str(reference)))
    held, vocabulary = presence(texts[inside].tolist(), words, min_n)
    if not len(vocabulary):
        return pd.DataFrame(columns=COLUMNS)
    side = side[inside.to_numpy()]
    y1, y0 = (np.asarray(held[side == s].sum(0)).ravel().astype(float) for s in (1, 0))
    out = fighting_words(y1, y0, prior, level)
    from cemlab.measure.multiplicity import adjust_p

    n1, n0 = int((side == 1).sum()), int((side == 0).sum())
    frame = pd.DataFrame(
        {
            **{"word": vocabulary, "target": str(target), "reference": str(reference or "(other)")},
            **{"n": y1.astype(int), "n_reference": y0.astype(int)},
            **{"percent": 100 * y1 / max(n1, 1), "percent_reference": 100 * y0 / max(n0, 1)},
            **out,
            **{"p_adjusted": adjust_p(out["p_value"], adjust), "adjust": adjust or "none"},
            **{"new": (y0 == 0) & (y1 > 0), "level": level, "method": "log_odds_dirichlet"},
        }
    )
    return frame.sort_values(["z", "word"], ascending=[False, True], kind="stable")[COLUMNS].reset_index(drop=True)


def fighting_words(y1, y0, prior, level):
    """Log-odds ratio, error, interval, z and p from the counts of each word in both groups."""
    from scipy.stats import norm

    total1, total0 = y1.sum(), y0.sum()
    strength = prior if prior is not None else max(0.1 * min(total1, total0), 1.0)
    a = strength * (y1 + y0) / (total1 + total0)
    odds1 = np.log((y1 + a) / np.maximum(total1 + strength - y1 - a, 1e-9))
    odds0 = np.log((y0 + a) / np.maximum(total0 + strength - y0 - a, 1e-9))
    log_odds, se = odds1 - odds0, np.sqrt(1 / (y1 + a) + 1 / (y0 + a))
    z = log_odds / se
    half = norm.ppf(0.5 + level / 2) * se
    return {
        **{"log_odds": log_odds, "se": se, "ci_low": log_odds - half, "ci_high": log_odds + half},
        **{"z": z, "p_value": 2 * norm.sf(np.abs(z))},
    }


def promoter_words(data, text, score, **options):
    """`keyness` of promoters (9-10) against detractors (0-6) of a 0 to 10 recommend answer.

    Options are those of `keyness` but the group. Raises DataError for answers that are not whole numbers 0 to 10.
    """
    from cemlab.checks import require_scale

    frame = data.to_pandas() if hasattr(data, "to_pandas") else data
    require_columns(frame.columns, [text, score], "promoter_words")
    counted = frame[score].value_counts(dropna=False).rename_axis("value").reset_index(name="n")
    require_scale(counted, 0, 10, column=score, where="promoter_words")
    kind = np.select(
        [frame[score] >= 9, frame[score] <= 6, frame[score].notna()], ["promoter", "detractor", "passive"], None
    )
    for side in ("promoter", "detractor"):
        if side not in kind:
            raise ValueError(f"promoter_words: none of {len(kind)} answers is a {side}'s; there is nobody to compare.")
    frame = pd.DataFrame({text: pd.Series(list(frame[text]), dtype=object), "group": kind})
    return keyness(frame, text, group="group", target="promoter", reference="detractor", **options)


def group_columns(data, text, group, where):
    """The comments and their groups as text."""
    frame = data.to_pandas() if hasattr(data, "to_pandas") else data
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{where}: `data` is a {type(data).__name__}; pass a pandas or polars data frame.")
    require_columns(frame.columns, [text, group], where)
    groups = frame[group].astype("object").where(frame[group].notna(), None)
    texts = pd.Series([None if is_missing(t) else t for t in frame[text]], dtype=object)
    other = next((t for t in texts if t is not None and not isinstance(t, str)), None)
    if other is not None:
        raise TypeError(f"{where}: column {text!r} holds {type(other).__name__} values beside text; pass the comments.")
    return texts, groups.map(str, na_action="ignore").reset_index(drop=True)


def content_words(tokens):
    """The tokens that carry content: no stop words, no words of `EMPTY`, numbers or grammar; single characters only where they judge (贵, 慢)."""
    from cemlab.text.tokens import STOP_WORDS
    from cemlab.text.word_kinds import says_something

    said = (w for w in tokens if w not in STOP_WORDS and w not in EMPTY and not w.isnumeric())
    return [w for w in said if (says_something(w) if len(w) > 1 else w in JUDGING)]


def presence(texts, words=None, min_n=10, *, keep=content_words, vocabulary=None):
    """Texts x words, 1 where the text holds the word; and the words.

    The words are those of `vocabulary`, or all that `keep` leaves of the tokens in at least `min_n` texts, sorted.
    """
    import polars as pl
    from scipy.sparse import csr_matrix

    from cemlab.text.tokens import tokenise

    pieces = []
    for start in range(0, max(len(texts), 1), BATCH):  # lists of tokens are large: one batch of them at a time
        tokens = pl.Series("word", tokenise(texts[start : start + BATCH], words), dtype=pl.List(pl.String))
        piece = pl.DataFrame({"word": tokens}).with_row_index("text", start).explode("word").drop_nulls()
        pieces.append(piece.unique())
    held = pl.concat(pieces)
    if vocabulary is None:
        frequent = held.group_by("word").len().filter(pl.col("len") >= min_n)["word"].to_list()
        vocabulary = sorted(keep(frequent))
    column = pl.DataFrame({"word": pl.Series(vocabulary, dtype=pl.String)}).with_row_index("column")
    held = held.join(column, on="word").sort("text", "column")
    spots = held["text"].to_numpy(), held["column"].to_numpy()
    return csr_matrix((np.ones(len(held)), spots), shape=(len(texts), len(vocabulary))), np.array(
        vocabulary, dtype=object
    )
