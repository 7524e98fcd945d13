"""Van Westendorp's curves as arrays: shares at each stated price, and where two of them cross."""

import numpy as np

METHODS = ("min", "max", "mean")
POINTS = ("range_low", "range_high", "idp", "opp")
CROSSINGS = {  # acceptable range -> the two curves that meet at each point
    "original": {"range_low": (0, "not_cheap"), "range_high": (3, "not_expensive"), "idp": (1, 2), "opp": (0, 3)},
    "narrower": {"range_low": (0, 2), "range_high": (3, 1), "idp": (1, 2), "opp": (0, 3)},
}


def at_most(prices, grid, weights, block):
    """Weight (blocks, 4, g) of the prices stated at most as high as the grid's; none at the smallest of all, all from the
    largest on.
    """
    size = int(block.max()) + 1
    out = np.zeros((size, 4, len(grid)))
    for c in range(4):
        place = np.searchsorted(grid, prices[:, c])
        np.add.at(out[:, c], (block, place), weights)
        out[:, c] = np.cumsum(out[:, c], axis=-1)
        out[:, c, grid <= prices[:, c].min()] = 0.0
        out[:, c, grid >= prices[:, c].max()] = np.bincount(block, weights=weights, minlength=size)[:, None]
    return out


def curves(sums, total):
    """Shares (..., 4, g) of too cheap and cheap (falling) and expensive and too expensive (rising)."""
    share = sums / np.asarray(total)[..., None, None]
    out = np.array(share, dtype=float)
    out[..., :2, :] = 1 - out[..., :2, :]
    return np.clip(out, 0.0, 1.0)  # sums of weights end a last digit beside 1


def crossing(gap, grid, method):
    """Price where `gap` (..., g) changes its sign, placed between neighbouring prices in proportion; NaN where nowhere.

    A gap of exactly 0 lies at its price. Of several prices `method` takes the lowest, the highest or their mean.
    """
    gap = np.round(np.asarray(gap, dtype=float), 12)  # shares that are equal but for their last digits touch
    left, right = gap[..., :-1], gap[..., 1:]
    changes = np.sign(left) != np.sign(right)
    with np.errstate(divide="ignore", invalid="ignore"):
        place = grid[:-1] + (grid[1:] - grid[:-1]) * (-left / (right - left))
    found = np.where(changes, place, np.nan)
    none = ~changes.any(axis=-1)
    with np.errstate(all="ignore"):
        pick = {"min": np.nanmin, "max": np.nanmax}.get(method)
        filled = np.where(none[..., None], 0.0, found)
        price = pick(filled, axis=-1) if pick else np.nanmean(filled, axis=-1)
    return np.where(none, np.nan, price)


def points(shares, grid, *, accept="original", method="min"):
    """The four price points of curves (..., 4, g): a dict of arrays."""
    other = {"not_cheap": 1 - shares[..., 1, :], "not_expensive": 1 - shares[..., 2, :]}
    out = {}
    for name, pair in CROSSINGS[accept].items():
        one, two = (other[c] if isinstance(c, str) else shares[..., c, :] for c in pair)
        out[name] = crossing(one - two, grid, method)
    return out


def trial(prices, chances, grid):
    """Chance (n, g) that each person buys at each price: 0 at too cheap and too expensive, `chances` (n, 2) at the prices
    between, straight lines in the middle (Newton, Miller and Smith).
    """
    out = np.zeros((len(prices), len(grid)))
    heights = np.column_stack([np.zeros(len(prices)), chances, np.zeros(len(prices))])
    for left in range(3):
        low, high = prices[:, left, None], prices[:, left + 1, None]
        inside = (grid >= low) & (grid <= high)
        line = heights[:, left, None] + (grid - low) / (high - low) * (heights[:, left + 1] - heights[:, left])[:, None]
        out = np.where(inside, line, out)
    return out
