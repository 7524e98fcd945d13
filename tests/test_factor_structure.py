"""Omega, exploratory and confirmatory factors against R: psych, stats, lavaan, semTools."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from cemlab import confirmatory_factors, factor_structure, mcdonald_omega


def matrix(table):
    return np.array(table["values"], dtype=float)


def names(found):
    return [column for column in found.columns if column.startswith("F")]


def furthest(found, wanted):
    """Largest difference of loadings after matching columns and signs."""
    k = wanted.shape[1]
    best = np.inf
    for order in permutations(range(k)):
        gaps = [
            min(np.abs(found[:, i] - wanted[:, j]).max(), np.abs(found[:, i] + wanted[:, j]).max())
            for j, i in enumerate(order)
        ]
        best = min(best, max(gaps))
    return best


def figure(frame, metric, column="estimate", **where):
    rows = frame[frame["metric"] == metric]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows[column].iloc[0]


def two_blocks(n=400, seed=1):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n))
    b = 0.5 * a + np.sqrt(0.75) * b
    return pd.DataFrame({f"{name}{i}": f + rng.normal(size=n) for name, f in (("a", a), ("b", b)) for i in range(4)})


def test_one_factor_by_hand():
    """Correlations 0.49 between three items: loadings 0.7 each, omega 3^2 0.49 / (3 + 6 0.49) = 0.7424."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3))
    x -= x.mean(axis=0)
    x = np.linalg.svd(x, full_matrices=False)[0] * np.sqrt(49)
    wanted = np.full((3, 3), 0.49) + 0.51 * np.eye(3)
    data = pd.DataFrame(x @ np.linalg.cholesky(wanted).T, columns=list("abc"))
    found = factor_structure(data, list("abc"), factors=1)
    assert found.loadings["F1"].tolist() == pytest.approx([0.7] * 3, abs=1e-6)
    assert figure(mcdonald_omega(data, list("abc")), "omega_total") == pytest.approx(4.41 / 5.94, abs=1e-6)


def test_exploratory_against_psych(oracle):
    """Psych 2.2.9 (fa, KMO, cortest.bartlett, principal), stats::factanal: absolute 1e-4, KMO and Bartlett relative 1e-8."""
    expected, folder = oracle("factor_structure")
    results, data = expected["results"], pd.read_csv(folder / "input.csv")
    close = {"abs": expected["tolerance"]["absolute"]}
    tight = {"rel": expected["tolerance"]["kmo_bartlett_relative"]}
    items = list(data.columns)
    found = {}
    for name, method, rotation in (
        *(("fa_varimax", "minres", "varimax"), ("fa_oblimin", "minres", "oblimin")),
        *(("factanal", "ml", "varimax"), ("pca_varimax", "components", "varimax")),
    ):
        one = found[name] = factor_structure(data, items, factors=3, method=method, rotation=rotation)
        assert furthest(one.loadings[names(one.loadings)].to_numpy(), matrix(results[name]["loadings"])) < close["abs"]
    assert found["fa_varimax"].eigenvalues["eigenvalue"].tolist() == pytest.approx(results["eigenvalues"], **tight)
    fit = found["fa_varimax"].fit
    assert figure(fit, "kmo") == pytest.approx(results["kmo"]["overall"], **tight)
    assert figure(fit, "bartlett") == pytest.approx(results["bartlett"]["chisq"], **tight)
    assert figure(fit, "bartlett_p") == pytest.approx(results["bartlett"]["p"], rel=1e-6)
    wanted = results["fa_varimax"]
    assert figure(fit, "tli") == pytest.approx(wanted["tli"], **close)
    assert figure(fit, "rmsea") == pytest.approx(wanted["rmsea"]["RMSEA"], **close)
    assert figure(fit, "rmsea", "ci_low") == pytest.approx(wanted["rmsea"]["lower"], **close)
    assert figure(fit, "rmsea", "ci_high") == pytest.approx(wanted["rmsea"]["upper"], **close)
    assert figure(fit, "rmsr") == pytest.approx(wanted["rms"], **close)
    assert figure(fit, "chi2") == pytest.approx(wanted["chisq"], rel=1e-5)  # psych stops its search at some 4e-6 of it
    for name in ("fa_varimax", "pca_varimax"):
        assert found[name].loadings["communality"].tolist() == pytest.approx(
            list(results[name]["communalities"].values()), **close
        )
    unique = 1 - found["factanal"].loadings["communality"]
    assert unique.tolist() == pytest.approx(list(results["factanal"]["uniquenesses"].values()), **close)
    assert figure(found["factanal"].fit, "chi2") == pytest.approx(results["factanal"]["statistic"], **close)
    oblique = found["fa_oblimin"]
    phi = np.sort(oblique.correlations[names(oblique.correlations)].to_numpy()[np.triu_indices(3, 1)])
    assert phi == pytest.approx(np.sort(matrix(results["fa_oblimin"]["phi"])[np.triu_indices(3, 1)]), **close)
    standard = ((data - data.mean()) / data.std()).to_numpy()
    scores = standard @ oblique.weights[names(oblique.weights)].to_numpy()
    assert furthest(scores[:5], matrix(results["fa_oblimin"]["scores_first5"])) < close["abs"]


def test_omega_against_psych(oracle):
    """Psych 2.2.9: omega(nfactors = 1) of five items, omega(nfactors = 3, minres, oblimin, flip) of fifteen: absolute 1e-4."""
    expected, folder = oracle("reliability")
    results, data = expected["results"], pd.read_csv(folder / "input.csv")
    close = {"abs": expected["tolerance"]["omega_absolute"]}
    one = mcdonald_omega(data, results["scale"], reverse=results["reversed"])
    assert figure(one, "omega_total") == pytest.approx(results["omega_1factor"]["omega_total"], **close)
    loadings = one.loc[one["metric"] == "general_loading", "estimate"].tolist()
    assert loadings == pytest.approx(results["omega_1factor"]["loadings"], **close)
    wanted = results["omega_3factor"]
    three = mcdonald_omega(data, wanted["items"], factors=3)
    pairs = {"omega_hierarchical": "omega_h", "omega_total": "omega_t", "omega_limit": "omega_lim"}
    for metric, name in (pairs | {"alpha_standardised": "alpha", "common_variance": "ecv"}).items():
        assert figure(three, metric) == pytest.approx(wanted[name], **close)
    general = three.loc[three["metric"] == "general_loading", "estimate"].abs().to_numpy()
    assert general == pytest.approx(matrix(wanted["schmid_leiman"])[:, 0], **close)
    assert figure(three, "omega_total", "n") == wanted["n"]


def test_confirmatory_against_lavaan(oracle):
    """Lavaan 0.6.14 cfa(std.lv = TRUE), semTools 0.5.6: absolute 1e-4."""
    expected, folder = oracle("reliability")
    results, data = expected["results"], pd.read_csv(folder / "input.csv")
    close = {"abs": expected["tolerance"]["cfa_absolute"]}
    found = confirmatory_factors(data, results["sets"], reverse=results["cfa_reversed"])
    for column, name in (("estimate", "est"), ("se", "se")):
        assert found.loadings[column].tolist() == pytest.approx(results["cfa_loadings_std"][name], **close)
        both = found.correlations[found.correlations["metric"] == "correlation"]
        assert both[column].tolist() == pytest.approx(results["cfa_factor_cor"][name], **close)
    for metric, name in (
        *((m, m) for m in ("cfi", "tli", "rmsea", "srmr", "aic", "bic", "df")),
        ("chi2", "chisq"),
        ("loglik", "logl"),
    ):
        assert figure(found.fit, metric) == pytest.approx(results["cfa_fit"][name], **close)
    assert figure(found.fit, "rmsea", "ci_low") == pytest.approx(results["cfa_fit"]["rmsea.ci.lower"], **close)
    assert figure(found.fit, "rmsea", "ci_high") == pytest.approx(results["cfa_fit"]["rmsea.ci.upper"], **close)
    omega = dict(zip(results["sets"], results["cfa_reliability"]["values"][1], strict=True))
    for name in results["sets"]:
        assert figure(found.reliability, "composite", dimension=name) == pytest.approx(
            results["cfa_composite_reliability"][name], **close
        )
        assert figure(found.reliability, "variance_extracted", dimension=name) == pytest.approx(
            results["cfa_ave"][name], **close
        )
        assert figure(found.reliability, "omega", dimension=name) == pytest.approx(omega[name], **close)
    ratios = found.correlations.loc[found.correlations["metric"] == "htmt", "estimate"].tolist()
    assert ratios == pytest.approx(matrix(results["htmt"])[np.triu_indices(3, 1)].tolist(), **close)


def test_two_planted_factors_are_found():
    data = two_blocks()
    found = factor_structure(data, list(data))
    assert names(found.loadings) == ["F1", "F2"]
    assert found.eigenvalues["above"].sum() == 2
    model = confirmatory_factors(data, {"a": [f"a{i}" for i in range(4)], "b": [f"b{i}" for i in range(4)]})
    assert figure(model.fit, "p_value") > 0.01
    row = model.correlations.iloc[0]
    assert row["ci_low"] < 0.5 < row["ci_high"]
    assert set(model.loadings["n"]) == {400}


def test_wording():
    data = two_blocks(60)
    with pytest.raises(ValueError, match="7 factors cannot be settled from 8 items"):
        factor_structure(data, list(data), factors=7)
    with pytest.raises(ValueError, match="item 'a0' does not vary"):
        factor_structure(data.assign(a0=3.0), list(data))
    with pytest.raises(ValueError, match="only 5 complete persons"):
        factor_structure(data.head(5), list(data))
    with pytest.raises(ValueError, match="an item stands in two dimensions"):
        confirmatory_factors(data, {"a": ["a0", "a1"], "b": ["a1", "b0"]})
    with pytest.raises(ValueError, match="at most 2"):
        mcdonald_omega(data, list(data), factors=5)
