"""Themes of texts that weigh exactly the same are the same each time, though rounding cannot order them."""

import numpy as np
import scipy.sparse as sp

from cemlab.text.themes import TIED, find_themes, leading_vectors, starting_factors

SAID = ["房间很干净，服务热情", "早餐品种丰富，味道好", "地铁站近，出门方便", "隔音太差，晚上吵"]


def test_tied_values_are_told_apart():
    held = sp.csr_matrix(np.kron(np.eye(4), np.ones((40, 3))) / np.sqrt(3))
    _, size, _ = leading_vectors(held, 3)
    assert np.all(-np.diff(size) < TIED * size[:-1])
    once, again = (starting_factors(held.copy(), 3)[1] for _ in range(2))
    assert np.allclose(once, again, atol=1e-12)
    assert [set(np.flatnonzero(row > 1e-3) // 3) for row in once] == [
        {3},
        {2},
        {1},
    ]  # one block each, the heaviest first


def test_themes_of_equal_groups_are_the_same_each_time():
    texts = [SAID[i % 4] for i in range(160)]
    found = [find_themes(texts, n=2) for _ in range(4)]
    assert all(one.names == found[0].names for one in found)
    assert all(np.allclose(one.centres, found[0].centres, atol=1e-9) for one in found)
