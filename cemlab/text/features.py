"""Texts to features without a loop over words: groups of characters, words, word pairs, and opinions under negation.

All texts of a batch become one array of code points; a word's hash is a difference of two cumulative sums. So every feature
of every text comes from a handful of numpy operations, and a text costs microseconds.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cemlab.text.opinion_words import BLAME, PRAISE
from cemlab.text.tokens import CONTRASTS, NEGATIONS

BITS = 22
OPINIONS = 15  # columns of Features.opinions
_MASK = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SALT = {
    kind: np.uint64((at * 0x2545F4914F6CDD1D * _BASE + at) & _MASK)
    for at, kind in enumerate(("w1", "w2", "c1", "c2", "c3"), 1)
}
_REACH = 3  # words that a negation governs, within its clause
_LINE, _BLANK = 10, 32
_URL = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{2,5});?")


@dataclass(frozen=True)
class Features:
    """Features of n texts: `text` and `index` (hash below 2**BITS) side by side, one entry per occurrence.

    `opinions` is n x OPINIONS (praise and blame, plain and negated, in the whole text and after a contrast word);
    `worded` tells which texts hold a letter, a Chinese character or an emoji at all.
    """

    n: int
    text: np.ndarray
    index: np.ndarray
    opinions: np.ndarray
    worded: np.ndarray


def read(texts):
    """Features of a list of texts.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    Features
    """
    n = len(texts)
    if not n:
        none = np.zeros(0, np.int64)
        return Features(0, none, none, np.zeros((0, OPINIONS), np.float32), np.zeros(0, bool))
    points = _fold(texts)
    word_point = _tables()[1][points]
    text_of = np.cumsum(points == _LINE)
    hashes, first = _words(points)
    kept = points[first] != _BLANK
    hashes, first = hashes[kept], first[kept]
    is_word, owner = word_point[first], text_of[first]
    parts = [(owner[is_word], hashes[is_word] ^ _SALT["w1"])]
    pair = is_word[:-1] & is_word[1:]
    parts.append((owner[:-1][pair], hashes[:-1][pair] * _MIX + hashes[1:][pair] ^ _SALT["w2"]))
    wide, group, whole = points.astype(np.uint64), np.zeros(len(points), np.uint64), np.ones(len(points), bool)
    for size in (1, 2, 3):
        if len(points) < size:
            break
        last = len(points) - size + 1
        group = group[:last] * _MIX + wide[size - 1 :]
        whole = whole[:last] & word_point[size - 1 :]
        parts.append((text_of[:last][whole], group[whole] ^ _SALT[f"c{size}"]))
    index = (_mixed(np.concatenate([h for _, h in parts])) >> np.uint64(64 - BITS)).astype(np.int64)
    text = np.concatenate([t for t, _ in parts])
    worded = np.bincount(text_of[_tables()[2][points]], minlength=n)[:n] > 0
    return Features(n, text, index, _opinions(hashes, is_word, owner, n), worded)


def _fold(texts):
    """Code points of all texts, a line break between two; folded as `tokens.normalise` folds, but for runs of digits."""
    joined = "\n".join([text.replace("\n", " ") for text in texts])
    if "&" in joined:
        joined = _ENTITY.sub(" ", joined)
    if "://" in joined or "www." in joined.lower():
        joined = _URL.sub(" url ", joined)
    points = _tables()[0][np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)]
    points = points[points != 0]
    drop = np.zeros(len(points), bool)
    third = points[2:]
    drop[2:] = (third == points[1:-1]) & (third == points[:-2]) & ((third < 48) | (third > 57)) & (third != _LINE)
    return points[~drop]


def _words(points):
    """Hash and first position of every token of the segmenter, blanks and marks included."""
    tokens = _segmenter().cut(points.astype("<u4").tobytes().decode("utf-32-le"))
    length = np.fromiter(map(len, tokens), np.int64, len(tokens))
    last = np.cumsum(length)
    first = last - length
    up, down = _powers(len(points))
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(points.astype(np.uint64) * up, out=sums[1:])
    return (sums[last] - sums[first]) * down[first], first


def _powers(n):
    size = 1 << max(int(n - 1).bit_length(), 12)
    return tuple(power[:n] for power in _power_table(size))


@lru_cache(maxsize=4)
def _power_table(size):
    tables = []
    for base in (_BASE, _INVERSE):
        factors = np.full(size, base, np.uint64)
        factors[0] = 1
        tables.append(np.cumprod(factors))
    return tuple(tables)


def _opinions(hashes, is_word, owner, n):
    """Praise and blame counts, turned round by a negation up to three words before in the same clause."""
    known, sets = _known_words()
    at = np.searchsorted(known, hashes)
    at[at == len(known)] = 0
    negation, contrast, praise, blame = (sets[at] * (known[at] == hashes)[:, None]).T
    negation, contrast = negation & is_word, contrast & is_word
    size = len(hashes)
    turned, run = np.zeros(size, bool), is_word.copy()
    for back in range(1, min(_REACH, size - 1) + 1):
        run[back:] &= is_word[: size - back]
        run[:back] = False
        turned[back:] ^= run[back:] & negation[: size - back]
    contrasts = np.cumsum(contrast)
    start = np.searchsorted(owner, np.arange(n))
    before = np.where(start > 0, contrasts[np.maximum(start, 1) - 1] if size else 0, 0)
    after = contrasts > before[owner]

    def count(chosen):
        return np.bincount(owner[chosen], minlength=n)[:n]

    columns = []
    for part in (np.ones(size, bool), after):
        counts = [
            count(praise & ~turned & part),
            count(praise & turned & part),
            count(blame & ~turned & part),
            count(blame & turned & part),
        ]
        good, bad = counts[0] + counts[3], counts[1] + counts[2]
        columns += [np.log1p(c) for c in counts]
        columns += [(good - bad) / (good + bad + 1.0), (good > 0) & (bad == 0), (bad > 0) & (good == 0)]
    columns.append(np.log1p(count(is_word)) / 3)
    return np.stack(columns, axis=1).astype(np.float32)


def _mixed(hashes):
    hashes = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(_BASE)
    return hashes ^ (hashes >> np.uint64(32))


def word_hash(word):
    """The hash that `read` gives a word."""
    total, power = 0, 1
    for character in word:
        total = (total + ord(character) * power) & _MASK
        power = power * _BASE & _MASK
    return total


@lru_cache(maxsize=1)
def _known_words():
    """Sorted hashes of all words that mean something here, and whether each negates, contrasts, praises or blames."""
    sets = (NEGATIONS, CONTRASTS, PRAISE, BLAME)
    known = {word_hash(word): [word in one for one in sets] for word in frozenset().union(*sets)}
    order = sorted(known)
    return np.array(order, np.uint64), np.array([known[at] for at in order])


@lru_cache(maxsize=1)
def _segmenter():
    import rjieba

    segmenter = rjieba.Jieba()
    for word in sorted(PRAISE | BLAME | NEGATIONS):
        if len(word) > 1 and not word.isascii() and word[0] != "[":
            segmenter.add_word(word, None, None)
    return segmenter


@lru_cache(maxsize=1)
def _tables():
    """By code point: what it folds to; whether it belongs to words; whether it can carry an opinion (letter, emoji)."""
    fold = np.arange(0x110000, dtype=np.uint32)
    fold[0xFF01:0xFF5F] -= 0xFEE0
    fold[[0x3000, 0xA0, 9, 11, 12, 13, 0x85, 0x2028, 0x2029]] = _BLANK
    fold[[0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)]] = 0
    fold[0xD800:0xE000] = _BLANK
    for point in range(1, 0x600):
        lower = chr(int(fold[point])).lower()
        fold[point] = ord(lower) if len(lower) == 1 else fold[point]
    fold[0xFF21:0xFF3B] += 32
    word, voice = np.zeros(0x110000, bool), np.zeros(0x110000, bool)
    for point in range(0x33480):
        character = chr(point)
        if character.isalnum() and not 0xD800 <= point < 0xE000:
            word[point], voice[point] = True, character.isalpha()
    for low, high in ((0x2600, 0x27C0), (0x1F300, 0x1FB00)):
        voice[low:high] = True
    return fold, word, voice
