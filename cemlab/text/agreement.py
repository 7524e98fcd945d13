"""How far coders agree on codes: kappas for two and for many coders, Krippendorff's alpha."""

import numpy as np

from cemlab.checks import require_choice, require_level
from cemlab.text.ratings import (
    blank_row,
    code_list,
    frame_of,
    normal_limits,
    numbers,
    rating_table,
    require_raters,
    spread_of,
    unit_counts,
    z_test,
)

SCALES = ("nominal", "ordinal", "interval", "ratio")


def cohen_kappa(data, first, second, *, kind="unweighted", categories=None, level=0.95):
    """Cohen's kappa of two coders, plain or weighted, with its interval and test.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per subject (answer); rows without both codes are left out and counted in ``n_missing``.
    first, second : str
        The two coders' columns of codes.
    kind : {"unweighted", "linear", "squared"}, default "unweighted"
        How near misses count; "linear" and "squared" need ordered codes.
    categories : list, optional
        All codes in their order; without it the codes seen, sorted. Weights depend on it.
    level : float, default 0.95
        Confidence level of the interval.

    Returns
    -------
    pandas.DataFrame
        One row: ``metric`` "cohen_kappa", ``estimate, se, ci_low, ci_high, statistic`` (z against no agreement beyond
        chance), ``p_value, n, n_raters, n_missing, level, method, status``. Where both coders gave one and the same
        code throughout, kappa is undefined and ``status`` is "not_estimable".

    Raises
    ------
    ValueError
        Unknown column, unknown `kind`, `level` outside (0, 1).
    DataError
        A code that is not among `categories`.

    Notes
    -----
    ``se`` is the large-sample one for the interval, z uses the error under chance alone [1]_. The interval is symmetric
    and rough under some 50 subjects. With one rare code kappa can be low although nearly all codes agree.
    In R: ``irr::kappa2(a)``, ``DescTools::CohenKappa(x, y, conf.level=0.95)``.

    References
    ----------
    .. [1] Fleiss, J. L., Cohen, J., Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
       Psychological Bulletin, 72(5), 323-327.
    """
    where = "cohen_kappa"
    require_choice(kind, ("unweighted", "linear", "squared"), name="kind", where=where)
    require_level(level, where)
    table = rating_table(data, [first, second], where)
    complete = table.dropna()
    codes = code_list(complete, categories, where)
    n, k = len(complete), len(codes)
    row = blank_row("cohen_kappa", n, 2, len(table) - n, level, kind)
    if n == 0 or k < 2:
        return frame_of([row])
    place = {code: i for i, code in enumerate(codes)}
    shares = np.zeros((k, k))
    np.add.at(shares, (complete[first].map(place).to_numpy(int), complete[second].map(place).to_numpy(int)), 1 / n)
    gap = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    weight = {"unweighted": (gap == 0).astype(float), "linear": 1 - gap, "squared": 1 - gap**2}[kind]
    rows, columns = shares.sum(1), shares.sum(0)
    chance = rows @ weight @ columns
    if np.isclose(chance, 1):
        return frame_of([row])
    kappa = ((weight * shares).sum() - chance) / (1 - chance)
    reach = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    spread = (shares * (weight - reach * (1 - kappa)) ** 2).sum() - (kappa - chance * (1 - kappa)) ** 2
    null = (np.outer(rows, columns) * (weight - reach) ** 2).sum() - chance**2
    se, null_se = (np.sqrt(max(v, 0) / n) / (1 - chance) for v in (spread, null))
    row |= {"estimate": kappa, "se": se, "status": "ok"} | normal_limits(kappa, se, level) | z_test(kappa, null_se)
    return frame_of([row])


def fleiss_kappa(data, raters, *, level=0.95, seed=1, draws=2000):
    """Fleiss' kappa of many coders, over all codes and for each code.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per subject; rows that some coder left blank are left out and counted in ``n_missing``.
    raters : list of str
        The coders' columns, two or more.
    level : float, default 0.95
        Confidence level.
    seed, draws : int
        Seed and number of resamples of subjects for the interval.

    Returns
    -------
    pandas.DataFrame
        The row ``item`` "(all)", then one row a code; columns as in `cohen_kappa`. ``se`` and the interval come from
        resampled subjects (percentiles), ``statistic`` is z under chance alone.

    Raises
    ------
    ValueError
        Unknown column, fewer than two raters, `level` outside (0, 1).

    Notes
    -----
    Coders need not be the same persons for every subject. In R: ``irr::kappam.fleiss(a, detail=TRUE)``.

    References
    ----------
    .. [1] Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin, 76(5),
       378-382.
    """
    where = "fleiss_kappa"
    require_level(level, where)
    require_raters(raters, where)
    table = rating_table(data, raters, where)
    complete = table.dropna()
    codes = code_list(complete, None, where)
    n, m = len(complete), len(raters)
    blank = blank_row("fleiss_kappa", n, m, len(table) - n, level, "fleiss")
    if n < 2 or len(codes) < 2:
        return frame_of([blank])
    given = unit_counts(complete, codes)
    share = given.sum(0) / (n * m)
    overall, each = fleiss_figures(given[None], m)
    resampled = np.random.default_rng(seed).integers(0, n, (draws, n))
    drawn, drawn_each = zip(*(fleiss_figures(given[rows][None], m) for rows in resampled), strict=True)
    rest = share * (1 - share)
    base = 2 / (n * m * (m - 1))
    null = np.sqrt(base * (rest.sum() ** 2 - (rest * (1 - 2 * share)).sum())) / rest.sum()
    out = [blank | {"item": "(all)", "estimate": overall[0], "status": "ok"} | spread_of(np.ravel(drawn), level)]
    out[0] |= z_test(overall[0], null)
    drawn_each = np.concatenate(drawn_each)
    for j, code in enumerate(codes):
        row = blank | {"item": str(code), "estimate": each[0, j], "status": "ok"}
        out.append(row | spread_of(drawn_each[:, j], level) | z_test(each[0, j], np.sqrt(base)))
    return frame_of(out)


def fleiss_figures(given, m):
    """Kappa over all codes and by code from counts (sets, subjects, codes)."""
    n = given.shape[1]
    share = given.sum(1) / (n * m)
    rest = share * (1 - share)
    apart = (given * (m - given)).sum(1) / (n * m * (m - 1))  # disagreeing pairs that involve the code
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - apart.sum(1) / rest.sum(1), 1 - apart / rest


def krippendorff_alpha(data, raters, *, scale="nominal", variant="krippendorff", level=0.95, seed=1, draws=2000):
    """Krippendorff's alpha: agreement of any number of coders, with gaps, on any scale.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per subject. Blank codes are simply absent; a subject with fewer than two codes tells nothing about
        agreement and is counted in ``n_missing``.
    raters : list of str
        The coders' columns, two or more.
    scale : {"nominal", "ordinal", "interval", "ratio"}, default "nominal"
        What a difference between two codes means; all but "nominal" need numbers.
    variant : {"krippendorff", "irr"}, default "krippendorff"
        "irr" repeats the R package irr 0.84.1, which on tables without gaps takes (coders - 1) times as many values
        for its small-sample correction and so differs in the third digit on small tables.
    level, seed, draws
        As in `fleiss_kappa`.

    Returns
    -------
    pandas.DataFrame
        One row as in `cohen_kappa`; ``method`` is the scale. No variation at all gives "not_estimable".

    Raises
    ------
    ValueError
        Unknown column, scale or variant, fewer than two raters, `level` outside (0, 1).
    DataError
        Codes that are not numbers on a numeric scale.

    Notes
    -----
    1 - observed / expected disagreement from the coincidence matrix. .80 is the usual bar for conclusions, .667 for
    tentative ones. The interval resamples subjects (percentiles). In R: ``irr::kripp.alpha(t(a), "nominal")``; with gaps
    both agree, without gaps see `variant`.

    References
    ----------
    .. [1] Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Annenberg School, Univ. of Pennsylvania.
    """
    where = "krippendorff_alpha"
    require_choice(scale, SCALES, name="scale", where=where)
    require_choice(variant, ("krippendorff", "irr"), name="variant", where=where)
    require_level(level, where)
    require_raters(raters, where)
    table = rating_table(data, raters, where)
    if scale != "nominal":
        table = numbers(table, where)
    useful = table[table.notna().sum(axis=1) >= 2]
    codes = code_list(useful, None, where)
    row = blank_row("krippendorff_alpha", len(useful), len(raters), len(table) - len(useful), level, scale)
    if len(codes) < 2:
        return frame_of([row])
    given = unit_counts(useful, codes)
    pairs = given[:, :, None] * given[:, None, :] - given[:, :, None] * np.eye(len(codes))
    coincidence = (pairs / (given.sum(1) - 1)[:, None, None]).reshape(len(given), -1)
    weight = np.random.default_rng(seed).multinomial(len(given), np.full(len(given), 1 / len(given)), draws)
    less = 1 / (len(raters) - 1) if variant == "irr" and table.notna().to_numpy().all() else 1
    alpha = alpha_of(coincidence.sum(0), codes, scale, less)
    drawn = np.array([alpha_of(o, codes, scale, less) for o in weight @ coincidence])
    return frame_of([row | {"estimate": alpha, "status": "ok"} | spread_of(drawn, level)])


def alpha_of(coincidence, codes, scale, less=1):
    """Alpha from a flattened coincidence matrix; `less` is the small-sample correction of the number of values."""
    k = len(codes)
    o = coincidence.reshape(k, k)
    total = o.sum(1)
    if scale == "nominal":
        distance = 1 - np.eye(k)
    elif scale == "ordinal":
        middle = np.cumsum(total) - total / 2
        distance = np.subtract.outer(middle, middle) ** 2
    else:
        value = np.asarray(codes, float)
        distance = np.subtract.outer(value, value) ** 2
        if scale == "ratio":
            level = np.add.outer(value, value)
            distance = np.divide(distance, level**2, out=np.zeros_like(distance), where=level != 0)
    expected = total @ distance @ total
    return np.nan if expected == 0 else 1 - (total.sum() - less) * (o * distance).sum() / expected


def percent_agreement(data, raters):
    """Share of subjects (percent) on which all coders gave the same code; blank rows are left out.

    Says little where one code is frequent: two coders who always write "other" agree to 100 %.
    In R: ``irr::agree(a)``. Raises ValueError for an unknown column or fewer than two raters.
    """
    require_raters(raters, "percent_agreement")
    complete = rating_table(data, raters, "percent_agreement").dropna()
    return float("nan") if complete.empty else 100 * float((complete.nunique(axis=1) == 1).mean())
