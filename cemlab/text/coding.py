"""Coding open answers: suggestions with a confidence, what to code next, and how well machine and people agree."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns, require_level
from cemlab.text.agreement import cohen_kappa
from cemlab.text.codeframe import code_matrix
from cemlab.text.given import as_text
from cemlab.text.ratings import COLUMNS

LEAST = 20  # coded answers with, and without, a code before a model of it is trained
LOOKED_AT = 5000  # uncoded answers, drawn at random, among which the most doubtful are sought
SUGGEST = 0.5  # confidence from which a code is suggested


def suggest_codes(texts, codeframe, *, coded=None):
    """Codes proposed for every answer, each with a confidence.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Answers; blank ones get no code.
    codeframe : Codeframe
        From `load_codeframe`.
    coded : pandas.DataFrame, optional
        What people coded already: ``text`` (position in `texts`), ``code``; an answer with several codes has several
        rows, one to which no code applies has one row without code.

    Returns
    -------
    pandas.DataFrame
        ``text, code, confidence`` (0 to 1), ``source`` ("model" or "words"), ``suggested`` (confidence of 0.5 or more): one
        row per answer and code with a confidence above 0.05 or a word found.

    Raises
    ------
    ValueError
        `coded` lacks a column, or names a position outside `texts`.
    DataError
        `coded` holds a code that the codeframe does not know.

    Notes
    -----
    A code with at least 20 coded answers, and 20 without it, gets a logistic model of characters (1 to 3 in a row); its
    probability is the confidence. Any other code is found by its words; the confidence is then how often they were right
    so far, (right + 1) / (found + 2), hence 0.5 before anything is coded. Suggestions are for a person to confirm:
    `coding_quality` says how often they hold.
    """
    texts = folded(texts)
    truth, seen = code_matrix(coded, codeframe, len(texts), "suggest_codes")
    chance, source, hit = confidences(texts, codeframe, truth, seen, np.arange(len(texts)))
    told = np.array([any(c.isalnum() for c in t) for t in texts], dtype=bool)
    rows, columns = np.nonzero(((chance > 0.05) | hit) & told[:, None])
    names = np.array(list(codeframe.codes), dtype=object)
    return pd.DataFrame(
        {
            **{"text": rows, "code": names[columns], "confidence": chance[rows, columns]},
            **{"source": np.array(source, dtype=object)[columns], "suggested": chance[rows, columns] >= SUGGEST},
        }
    )


def confidences(texts, codeframe, truth, seen, asked):
    """Confidence of each code for the answers `asked`, learnt from the answers `seen`; where from; words found."""
    words = found_words([texts[i] for i in asked], codeframe)
    found = found_words([texts[i] for i in seen], codeframe)
    known = truth[seen]
    chance, source, held = np.zeros(words.shape), [], None
    for j in range(len(codeframe.codes)):
        n = known[:, j].sum()
        if min(n, len(seen) - n) >= LEAST:
            from sklearn.linear_model import LogisticRegression

            if held is None:
                held = features(texts, seen, asked)
            model = LogisticRegression(C=10.0, max_iter=400).fit(held[0], known[:, j])
            chance[:, j] = model.predict_proba(held[1])[:, 1]
            source.append("model")
        else:
            right = (found[:, j] & known[:, j].astype(bool)).sum()
            chance[:, j] = np.where(words[:, j], (right + 1) / (found[:, j].sum() + 2), 0.0)
            source.append("words")
    return chance, source, words


def features(texts, seen, asked):
    """Tf-idf of characters and pairs and triples of them, learnt on the coded answers."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    return vectors.fit_transform([texts[i] for i in seen]), vectors.transform([texts[i] for i in asked])


def next_to_code(texts, codeframe, *, coded=None, n=10, explore=0.3, seed=1):
    """The answers whose coding teaches most, ready to be shown one by one.

    Parameters
    ----------
    texts, codeframe, coded
        As in `suggest_codes`.
    n : int, default 10
        How many.
    explore : float, default 0.3
        Share drawn at random from all uncoded answers, so that surprises are found and quality can be judged.
    seed : int, default 1
        Seed of the draw; the same until something is coded.

    Returns
    -------
    pandas.DataFrame
        ``text`` (position), ``shown`` (the answer, masked), ``codes`` (list of suggested codes), ``confidence`` (of the least
        certain code), ``why`` ("uncertain" or "random"). Identical answers stand once.

    Raises
    ------
    ValueError
        `explore` outside [0, 1]; otherwise as `suggest_codes`.
    """
    from cemlab.masking import mask

    if not 0 <= explore <= 1:
        raise ValueError(f"next_to_code: `explore` is {explore}; it must lie in [0, 1].")
    raw = [as_text(t) or "" for t in texts]
    plain = folded(raw)
    truth, seen = code_matrix(coded, codeframe, len(plain), "next_to_code")
    done = {plain[i] for i in seen}
    first = {}
    for i, t in enumerate(plain):
        if t not in done and any(c.isalnum() for c in t):
            first.setdefault(t, i)
    left = np.array(sorted(first.values()), dtype=int)
    if len(left) > LOOKED_AT:  # a person waits for the next answer to be shown
        left = np.sort(np.random.default_rng([seed, len(seen), 1]).choice(left, LOOKED_AT, replace=False))
    if not len(left):
        return pd.DataFrame(columns=["text", "shown", "codes", "confidence", "why"])
    chance, _, _ = confidences(plain, codeframe, truth, seen, left)
    doubt = np.abs(chance - 0.5).min(1)
    order = np.lexsort((left, doubt))
    sure = order[: max(n - int(round(explore * n)), 0)]
    rest = np.setdiff1d(np.arange(len(left)), sure)
    drawn = np.random.default_rng([seed, len(seen)]).permutation(rest)[: n - len(sure)]
    names = list(codeframe.codes)
    rows = []
    for picks, why in ((sure, "uncertain"), (drawn, "random")):
        for p in picks:
            codes = [c for c, v in zip(names, chance[p], strict=True) if v >= SUGGEST]
            least = float(chance[p][np.abs(chance[p] - 0.5).argmin()])
            rows.append((int(left[p]), mask(raw[left[p]]), codes, least, why))
    return pd.DataFrame(rows, columns=["text", "shown", "codes", "confidence", "why"])


def coding_agreement(first, second, codeframe, *, level=0.95):
    """Agreement of two coders (persons, or a person and the machine), code by code.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Codings as `coded` in `suggest_codes`; answers that both coded are compared.
    codeframe : Codeframe
        The codes.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        One row per code with the columns of `cemlab.text.agreement.cohen_kappa`, ``item`` the code; ``n`` answers that both
        coded. .80 is the usual bar for double-coded open answers.

    Raises
    ------
    ValueError
        A coding lacks a column; no answer was coded by both.
    DataError
        A code that the codeframe does not know.
    """
    require_level(level, "coding_agreement")
    for part in (first, second):
        require_columns(part.columns, ["text", "code"], "coding_agreement")
    both = sorted(set(first["text"]) & set(second["text"]))
    if not both:
        raise ValueError("coding_agreement: no answer was coded by both; draw the same answers for both coders.")
    size = max(both) + 1
    one, two = (
        code_matrix(part[part["text"].isin(both)], codeframe, size, "coding_agreement")[0][both]
        for part in (first, second)
    )
    return kappas(one, two, codeframe, level)


def coding_quality(texts, codeframe, *, coded, folds=5, level=0.95, seed=1):
    """How well suggestions agree with the people who coded, on answers that the model had not seen.

    Parameters
    ----------
    texts, codeframe, coded
        As in `suggest_codes`.
    folds : int, default 5
        Parts of the coded answers; each is predicted from the others.
    level, seed
        Confidence level; seed of the division.

    Returns
    -------
    pandas.DataFrame
        As `coding_agreement`, with ``precision, recall`` (percent), ``n_human, n_machine`` beside.

    Raises
    ------
    ValueError, DataError
        As `suggest_codes`; fewer than 10 coded answers.

    Notes
    -----
    Honest for answers like the coded ones. Answers that `next_to_code` chose as uncertain are harder than the rest.
    """
    texts = folded(texts)
    truth, seen = code_matrix(coded, codeframe, len(texts), "coding_quality")
    if len(seen) < max(10, folds):
        raise DataError(f"coding_quality: {len(seen)} coded answers; code {max(10, folds)} at least.")
    fold = np.random.default_rng(seed).permutation(np.arange(len(seen)) % folds)
    machine = np.zeros((len(seen), truth.shape[1]))
    for f in range(folds):
        chance, _, _ = confidences(texts, codeframe, truth, seen[fold != f], seen[fold == f])
        machine[fold == f] = chance >= SUGGEST
    human = truth[seen]
    out = kappas(human, machine, codeframe, level)
    right = (human * machine).sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return out.assign(
            precision=100 * right / machine.sum(0),
            recall=100 * right / human.sum(0),
            n_human=human.sum(0).astype(int),
            n_machine=machine.sum(0).astype(int),
        )


def kappas(one, two, codeframe, level):
    """Cohen's kappa of every code from two 0/1 matrices."""
    rows = [
        cohen_kappa(pd.DataFrame({"one": one[:, j], "two": two[:, j]}), "one", "two", level=level).assign(item=code)
        for j, code in enumerate(codeframe.codes)
    ]
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def found_words(texts, codeframe):
    """Answers x codes: does the answer hold one of the code's words?"""
    import polars as pl

    column = pl.DataFrame({"t": pl.Series(texts, dtype=pl.String)})
    hits = [
        column["t"].str.contains_any(code.words).to_numpy() if code.words else np.zeros(len(texts), dtype=bool)
        for code in codeframe.codes.values()
    ]
    return np.stack(hits, axis=1).astype(bool) if hits else np.zeros((len(texts), 0), dtype=bool)


def folded(texts):
    """Answers folded as words are; missing ones blank."""
    from cemlab.text.lexicon import fold

    return [fold(as_text(t) or "").strip() for t in texts]
