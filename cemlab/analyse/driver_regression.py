"""The regression behind a driver analysis, from rows: coefficients with robust errors, partial correlations, checks."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import as_list, estimates

FAMILIES, ERRORS = ("linear", "ordinal", "binary"), ("HC0", "HC1", "HC3", "classical")


def driver_regression(data, outcome, drivers, *, weights=None, family="linear", errors="HC3", cut=None, level=0.95):
    """Regression of the outcome on all drivers together.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer; rows with a gap are left out, complete rows are held in memory (at most 2,000,000).
    outcome : str
        Numeric column.
    drivers : str or list of str
        Numeric columns.
    weights : str, optional
        Case weights; linear only. Their sandwich errors are right for sampling weights, "classical" ones are not.
    family : {"linear", "ordinal", "binary"}, default "linear"
        Least squares; proportional-odds logit of the ordered outcome; logit of outcome >= `cut`.
    errors : {"HC3", "HC1", "HC0", "classical"}, default "HC3"
        Standard errors of the linear model; the logits have those of maximum likelihood.
    cut : float, optional
        "binary" only.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates and a further column ``p_value``. Per driver ``coefficient`` (also item "(intercept)"; for "ordinal"
        ``threshold`` with the higher of two neighbouring answers in ``at``), and for "linear" ``std_beta``, ``correlation``,
        ``partial``, ``semi_partial``, ``vif``; for the model (item: the outcome) ``r_squared``, ``adjusted_r_squared``,
        ``residual_sd``, ``log_likelihood``, ``aic``, ``bic``, for logits ``mcfadden`` instead of the first three.

    Raises
    ------
    ValueError
        Wrong columns or options; drivers that determine each other exactly; too few rows.
    DataError
        A weight that is missing or negative.

    Notes
    -----
    Intervals by Student's t with n - k - 1 degrees of freedom (normal for logits). AIC and BIC count sigma as R does.
    Semi-partial: the other drivers are taken out of the driver, not of the outcome. Coefficients of drivers with a high VIF
    swing from sample to sample; use `key_drivers` for what matters most.

    References
    ----------
    In R: ``lm``, ``sandwich::vcovHC``, ``car::vif``, ``ppcor::pcor`` and ``spcor``, ``MASS::polr``, ``glm``.
    """
    where, drivers = "driver_regression", as_list(drivers)
    require_choice(family, FAMILIES, name="family", where=where)
    require_choice(errors, ERRORS, name="errors", where=where)
    require_level(level, where)
    if family != "linear" and weights:
        raise ValueError(f"{where}: family={family!r} takes no weights; leave `weights` out or use family='linear'.")
    if (family == "binary") != (cut is not None):
        raise ValueError(
            f"{where}: `cut` belongs to family='binary', and it needs one: the lowest answer that counts as 1."
        )
    values, w, dropped = design_matrix(data, [*drivers, outcome], weights=weights, where=where)
    x, y = values[:, :-1], values[:, -1]
    if len(y) <= len(drivers) + 1:
        raise ValueError(f"{where}: {len(y)} complete rows for {len(drivers)} drivers ({dropped} left out); too few.")
    wide = np.column_stack([np.ones(len(y)), x])
    rank = np.linalg.matrix_rank(wide * np.sqrt(w)[:, None])
    if rank <= len(drivers):
        raise ValueError(
            f"{where}: the drivers determine each other (rank {rank} of {len(drivers) + 1}); leave out a constant or a repeated one."
        )
    if family == "linear":
        rows = linear_rows(wide, y, w, drivers, outcome, errors, level)
    else:
        rows = logit_rows(x, y, drivers, outcome, family, cut, level, where)
    frame = pd.DataFrame(rows)
    n_eff = w.sum() ** 2 / (w @ w)
    token = f"{family}_{errors}" if family == "linear" else family
    out = estimates(frame.assign(n=len(y), n_eff=n_eff, n_missing=dropped, level=level, method=token))
    return out.assign(p_value=frame["p_value"].astype(float))


def linear_rows(wide, y, w, drivers, outcome, errors, level):
    """Rows of the least-squares model."""
    from scipy.stats import t as student

    n, k = len(y), len(drivers)
    bread = np.linalg.inv(wide.T @ (wide * w[:, None]))
    b = bread @ (wide.T @ (w * y))
    residual, df = y - wide @ b, n - k - 1
    rss = w @ residual**2
    if errors == "classical":
        covariance = bread * rss / df
    else:
        leverage = np.einsum("ij,jk,ik->i", wide, bread, wide) * w
        score = w * residual / (1 - leverage if errors == "HC3" else 1.0)
        covariance = bread @ ((wide * score[:, None] ** 2).T @ wide) @ bread * (n / df if errors == "HC1" else 1.0)
    se = np.sqrt(np.diag(covariance))
    half, p = student.ppf((1 + level) / 2, df) * se, 2 * student.sf(np.abs(b / se), df)
    rows = [
        coefficient(name, *four, p_value)
        for name, *four, p_value in zip(["(intercept)", *drivers], b, se, b - half, b + half, p, strict=True)
    ]
    mean = w @ np.column_stack([wide[:, 1:], y]) / w.sum()
    centred = np.column_stack([wide[:, 1:], y]) - mean
    cross = centred.T @ (centred * w[:, None])
    rows += covariance_rows(cross, drivers, df)
    tss = cross[-1, -1]
    loglik = -n / 2 * (np.log(2 * np.pi * rss / n) + 1) + np.log(w).sum() / 2
    model = {
        "r_squared": 1 - rss / tss,
        "adjusted_r_squared": 1 - rss / df / (tss / (n - 1)),
        "residual_sd": np.sqrt(rss / df),
    }
    model |= {"log_likelihood": loglik, "aic": 2 * (k + 2) - 2 * loglik, "bic": np.log(n) * (k + 2) - 2 * loglik}
    return rows + model_rows(model, outcome)


def covariance_rows(cross, drivers, df):
    """Standardised betas, VIF, partial and semi-partial correlations, from (weighted) sums of products alone."""
    from scipy.stats import t as student

    scale = np.sqrt(np.diag(cross))
    correlation = cross / scale[:, None] / scale
    k = len(drivers)
    inverse, precision = np.linalg.inv(correlation[:k, :k]), np.linalg.inv(correlation)
    beta, vif = inverse @ correlation[:k, k], np.diag(inverse)
    partial = -precision[:k, k] / np.sqrt(np.diag(precision)[:k] * precision[k, k])
    known = {
        "std_beta": beta,
        "correlation": correlation[:k, k],
        "partial": partial,
        "semi_partial": beta / np.sqrt(vif),
        "vif": vif,
    }
    units = {"std_beta": "beta", "vif": "ratio"}
    t = partial * np.sqrt(df / (1 - partial**2))
    p = {"partial": 2 * student.sf(np.abs(t), df)}
    return [
        {
            "metric": metric,
            "item": name,
            "unit": units.get(metric, "r"),
            "estimate": value,
            "p_value": p.get(metric, [np.nan] * k)[i],
        }
        for metric, column in known.items()
        for i, (name, value) in enumerate(zip(drivers, column, strict=True))
    ]


def logit_rows(x, y, drivers, outcome, family, cut, level, where):
    """Rows of the logit models, fitted by statsmodels."""
    from scipy.stats import norm

    centre, scale = x.mean(axis=0), x.std(axis=0)
    z = (x - centre) / scale  # on equal footing the optimiser meets no flat valley
    if family == "binary":
        import statsmodels.api as sm

        hit = (y >= cut).astype(float)
        if hit.min() == hit.max():
            raise DataError(
                f"{where}: all {len(y)} answers lie on one side of `cut` {cut:g}; take a cut inside the answers."
            )
        fit = sm.Logit(hit, sm.add_constant(z)).fit(disp=0, maxiter=200, tol=1e-12)
        b, covariance, null = fit.params, fit.cov_params(), fit.llnull
        turn = np.zeros((len(b), len(b)))  # back to the drivers' own scales
        turn[0, 0], turn[0, 1:], turn[1:, 1:] = 1.0, -centre / scale, np.diag(1 / scale)
        names, at = ["(intercept)", *drivers], [np.nan] * len(b)
    else:
        from statsmodels.miscmodels.ordinal_model import OrderedModel

        codes, place = np.unique(y, return_inverse=True)
        model = OrderedModel(place, z, distr="logit")
        fit = model.fit(method="bfgs", disp=0, maxiter=1000, gtol=1e-8)
        k, cuts = len(drivers), len(codes) - 1
        inner = np.eye(len(fit.params))  # statsmodels keeps the first threshold, then logarithms of the steps
        inner[k:, k] = 1.0
        for i in range(1, cuts):
            inner[k + i :, k + i] = np.exp(fit.params[k + i])
        covariance = inner @ fit.cov_params() @ inner.T
        b = np.append(fit.params[:k], model.transform_threshold_params(fit.params)[1:-1])
        turn = np.zeros((len(b), len(b)))
        turn[:k, :k], turn[k:, k:], turn[k:, :k] = np.diag(1 / scale), np.eye(cuts), centre / scale
        names, at = [*drivers, *[outcome] * cuts], [np.nan] * k + [float(code) for code in codes[1:]]
        share = np.bincount(place) / len(y)
        null = len(y) * (share @ np.log(share))
    b, se = turn @ b, np.sqrt(np.diag(turn @ covariance @ turn.T))
    half, p = norm.ppf((1 + level) / 2) * se, 2 * norm.sf(np.abs(b / se))
    rows = [coefficient(*row) for row in zip(names, b, se, b - half, b + half, p, at, strict=True)]
    loglik, size = fit.llf, len(b)
    model = {
        "mcfadden": 1 - loglik / null,
        "log_likelihood": loglik,
        "aic": 2 * size - 2 * loglik,
        "bic": np.log(len(y)) * size - 2 * loglik,
    }
    return rows + model_rows(model, outcome)


def coefficient(name, estimate, se, low, high, p_value, at=np.nan):
    """One row of a coefficient; a threshold has a place in `at`."""
    metric = "coefficient" if np.isnan(at) else "threshold"
    row = {"metric": metric, "item": name, "at": at, "unit": "coefficient", "estimate": estimate}
    return row | {"se": se, "ci_low": low, "ci_high": high, "p_value": p_value}


def model_rows(figures, outcome):
    """Rows of figures of the whole model."""
    return [
        {"metric": name, "item": outcome, "unit": "model", "estimate": value, "p_value": np.nan}
        for name, value in figures.items()
    ]


def regression_checks(data, outcome, drivers, *, weights=None):
    """Tests of the linear model's assumptions: ``check, statistic, df, df2, p_value``.

    Breusch-Pagan (studentised: does the spread depend on the drivers?), Durbin-Watson (statistic only; meaningful where
    rows are in order of time), RESET (squares and cubes of the fitted values: is a straight line enough?), largest Cook's
    distance and largest leverage. In R: ``lmtest::bptest``, ``dwtest``, ``resettest``. Weighted models are checked without
    their weights, by name only.
    """
    import statsmodels.api as sm
    from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset
    from statsmodels.stats.stattools import durbin_watson

    drivers = as_list(drivers)
    values, _, _ = design_matrix(data, [*drivers, outcome], weights=weights, where="regression_checks")
    fit = sm.OLS(values[:, -1], sm.add_constant(values[:, :-1], has_constant="add")).fit()
    lm, lm_p, _, _ = het_breuschpagan(fit.resid, fit.model.exog)
    reset = linear_reset(fit, power=3, test_type="fitted", use_f=True)
    influence = fit.get_influence()
    rows = [
        ("breusch_pagan", lm, len(drivers), np.nan, lm_p),
        ("durbin_watson", durbin_watson(fit.resid), np.nan, np.nan, np.nan),
        ("reset", float(reset.statistic), reset.df_num, reset.df_denom, float(reset.pvalue)),
        ("largest_cook", influence.cooks_distance[0].max(), np.nan, np.nan, np.nan),
        ("largest_leverage", influence.hat_matrix_diag.max(), np.nan, np.nan, np.nan),
    ]
    return pd.DataFrame(rows, columns=["check", "statistic", "df", "df2", "p_value"])
