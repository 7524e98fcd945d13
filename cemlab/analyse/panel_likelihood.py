"""Means of two waves by maximum likelihood when some people answered only one of them."""

import numpy as np


def both_means(first, second):
    """Means of both waves and the standard error of their difference; None where the likelihood has no peak.

    Parameters
    ----------
    first, second : arrays
        Answers of the same people, missing where not given.

    Notes
    -----
    Bivariate normal, every answer used. EM from sums; the error from the observed information (second differences of the
    likelihood), so that a drop-out that depends on the first answer is allowed for.
    """
    parts = split(first, second)
    if parts[0]["n"] < 3 or not peak(parts):
        return None
    theta = em(parts)
    information = -hessian(lambda values: likelihood(values, parts), theta)
    try:
        covariance = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return None
    way = np.array([-1.0, 1.0, 0.0, 0.0, 0.0])
    variance = way @ covariance @ way
    return (theta[0], theta[1], np.sqrt(variance)) if variance > 0 else None


def peak(parts):
    """Whether answers vary in both waves and do not repeat each other exactly."""
    s = parts[0]["square"]
    return s[0, 0] > 1e-12 and s[1, 1] > 1e-12 and s[0, 1] ** 2 < (1 - 1e-9) * s[0, 0] * s[1, 1]


def split(first, second):
    """Sums of three groups of people: both waves, the first only, the second only."""
    here = ~np.isnan(first), ~np.isnan(second)
    out = []
    for own in (here[0] & here[1], here[0] & ~here[1], ~here[0] & here[1]):
        x = np.column_stack([np.nan_to_num(first[own]), np.nan_to_num(second[own])])
        mean = x.mean(axis=0) if len(x) else np.zeros(2)
        out.append({"n": len(x), "mean": mean, "square": (x - mean).T @ (x - mean)})
    return out


def em(parts, rounds=5000, tolerance=1e-12):
    """(mean 1, mean 2, log sd 1, log sd 2, atanh r) at the peak."""
    both = parts[0]
    mu, sigma = both["mean"].copy(), both["square"] / both["n"]
    whole = sum(part["n"] for part in parts)
    for _ in range(rounds):
        total, cross = both["n"] * both["mean"], both["square"] + both["n"] * np.outer(both["mean"], both["mean"])
        for place, part in ((0, parts[1]), (1, parts[2])):
            other, n = 1 - place, part["n"]
            if not n:
                continue
            slope = sigma[place, other] / sigma[place, place]
            rest = sigma[other, other] - slope * sigma[place, other]
            m, square = part["mean"][place], part["square"][place, place]
            guess = mu[other] + slope * (m - mu[place])
            add = np.zeros(2)
            add[place], add[other] = n * m, n * guess
            total = total + add
            full = np.zeros((2, 2))
            full[place, place] = square + n * m**2
            full[place, other] = full[other, place] = slope * square + n * m * guess
            full[other, other] = slope**2 * square + n * guess**2 + n * rest
            cross = cross + full
        new = total / whole
        moved = cross / whole - np.outer(new, new)
        done = np.abs(new - mu).max() + np.abs(moved - sigma).max() < tolerance
        mu, sigma = new, moved
        if done:
            break
    sd = np.sqrt(np.diag(sigma))
    return np.array([*mu, *np.log(sd), np.arctanh(sigma[0, 1] / sd.prod())])


def likelihood(theta, parts):
    """Log-likelihood of all answers."""
    mu, sd, r = theta[:2], np.exp(theta[2:4]), np.tanh(theta[4])
    sigma = np.array([[sd[0] ** 2, r * sd.prod()], [r * sd.prod(), sd[1] ** 2]])
    both = parts[0]
    gap = both["mean"] - mu
    inside = both["square"] + both["n"] * np.outer(gap, gap)
    value = -0.5 * (both["n"] * np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, inside)))
    for place, part in ((0, parts[1]), (1, parts[2])):
        gap = part["mean"][place] - mu[place]
        square = part["square"][place, place] + part["n"] * gap**2
        value += -0.5 * (part["n"] * np.log(sigma[place, place]) + square / sigma[place, place])
    return value


def hessian(function, at, step=1e-4):
    """Second differences of a function."""
    k = len(at)
    out, units = np.empty((k, k)), np.eye(k) * step
    for i in range(k):
        for j in range(i, k):
            a, b = units[i], units[j]
            four = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            out[i, j] = out[j, i] = four / (4 * step**2)
    return out
