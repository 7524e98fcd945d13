"""Fields of the default sentiment model: which have ways of their own, who gets them, and that the fit tells them apart."""

import numpy as np
import pytest
import scipy.sparse as sp

from cemlab.text.sentiment_fields import calibrated, mixed, nearness, standing, typicality, usable
from cemlab.text.sentiment_fit import logistic


def test_fields_have_own_ways_only_where_praise_and_blame_are_of_one_length():
    labels, fields = np.tile([0, 1], 80), np.repeat([0, 1], 80)
    bands = np.where(fields == 1, labels * 3, np.arange(160) // 2 % 4)
    assert usable(fields, labels, bands).tolist() == [True, False]  # field 1: praise long, blame short
    assert usable(fields[:100], labels[:100], bands[:100]).tolist() == [True, False]  # field 1: ten of each


def test_nearness_and_mixture_by_hand():
    """Sums 21, 0 over 70 + 30 features: mean .21, a share (.21 - .1) / .15; a text of no field gets .6 of the mean."""
    near = nearness(np.array([[21.0, 0.0], [5.0, 0.0], [90.0, 90.0]]), np.array([70, 70, 70]))
    assert near == pytest.approx(np.array([[0.11 / 0.15, 0], [0, 0], [0.5, 0.5]]))
    scores = np.array([[1.0, 3.0, -1.0]] * 3)
    assert mixed(scores, near)[1:] == pytest.approx([1 + 0.6 * 1, 1 + 1])
    assert mixed(np.ones((2, 1)), np.zeros((2, 0))).tolist() == [1, 1]


def test_departures_of_fields_are_found():
    """大 praises in field 0 and blames in field 1, 好 praises in both: shared for 好, apart for 大."""
    counts = sp.csr_matrix(np.tile([[1, 0], [0, 1], [1, 0], [0, 1]], (50, 1)).astype(np.float32))  # 好, 大 by turns
    labels = np.tile([1.0, 1.0, 1.0, 0.0], 50)
    fields = np.tile([0, 0, 1, 1], 50)
    on_counts, _, intercept = logistic(counts, np.zeros((200, 1)), labels, np.ones(200), fields)
    assert on_counts.shape == (3, 2) and intercept.shape == (3,)
    said = [on_counts[0] + on_counts[at] + intercept[0] + intercept[at] for at in (1, 2)]
    assert said[0][0] > 1 and said[1][0] > 1 and said[0][1] > 1 > -1 > said[1][1]
    assert on_counts[0, 0] > 0 and on_counts[1, 1] > 0 > on_counts[2, 1]


def test_typical_words_by_hand():
    """Word 0 stands in all texts of field 0 and none of field 1: log (101/1100) / (1/1050); word 1 the other way round."""
    counts = sp.csr_matrix(np.repeat([[1, 0], [0, 1]], [100, 50], axis=0).astype(np.float32))
    fields = np.repeat([0, 1], [100, 50])
    typical = typicality(counts, fields, [0])
    assert typical.shape == (2, 1) and typical[0, 0] == 3  # log 96.4 is more than the strongest
    few = typicality(counts[95:105], fields[95:105], [0, 1])
    assert few == pytest.approx(np.array([[np.log(6), -np.log(6)], [-np.log(6), np.log(6)]]), rel=1e-6)
    assert not typicality(counts, np.zeros(150, int), [0]).any()  # one field alone is typical of nothing


def test_calibration_by_hand():
    """Far from all fields slope and shift alone; in a field, at the middle length, both grow; length adds up to a limit."""
    stands = standing(np.array([[0, 0], [0.4, 0.6], [0, 1]]), np.array([5000, 300, 3000]))
    assert stands == pytest.approx(np.array([[0, 0], [1, 0], [1, np.log(2000 / 300)]]))
    got = calibrated(np.array([2.0, 2.0, 2.0]), stands, (0.5, -0.1, 0.25, 0.3, 0.2))
    assert got == pytest.approx([0.9, 1.7, 1.7 + 0.2 * np.log(2000 / 300)])
