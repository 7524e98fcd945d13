"""Texts to hashed features without a loop over words: character groups, words, word pairs, and words under negation.

All texts of a batch become one array of code points. A word's hash is a difference of two cumulative sums, so that every
feature of every text is worked out by a handful of numpy operations.
"""

import re
from functools import lru_cache

import numpy as np

from cemlab.text.tokens import CONTRASTS, NEGATIONS

BITS = 21
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SALTS = np.array([int.from_bytes(bytes([k]) * 8, "little") * 0x9E3779B97F4A7C15 % (1 << 64) for k in range(1, 33)], np.uint64)
_END, _BLANK = 10, 32
_URL = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{2,5});?")
