"""Labelling a sample of comments by hand: one after another, every label on disk before the next is shown.

The labels are kept without the comments: a file of labels can be copied, mailed and backed up like any table of numbers.
"""

import os
from pathlib import Path

import pandas as pd

from cemlab.checks import DataError, require_choice
from cemlab.text.gold_labels import comment_key
from cemlab.text.sentiment_audit import OPINIONS, draw_gold

SKIPPED = "skipped"  # read, and left without a label; counts as not labelled
LEAST = 100
COLUMNS = ("key", "probability", "label", "stratum", "stratum_size", "gold")


class Labelling:
    """A sample of comments to be labelled, and how far it is.

    Parameters
    ----------
    texts : list or series of str
        All comments of the study.
    path : str or pathlib.Path
        File that corrects the report (data/audits/<name of the codebook>.csv). Labels on the way there stand beside it, in
        <name>.started.csv, and are taken up again.
    n, seed, groups
        As in `cemlab.text.sentiment_audit.draw_gold`; without effect where labels have been given already.

    Raises
    ------
    DataError
        A started file that is no such file, or whose comments are all gone from `texts`.
    ValueError
        As `draw_gold`.
    """

    def __init__(self, texts, path, *, n=200, seed=0, groups=None):
        import polars as pl

        from cemlab.masking import mask_series
        from cemlab.text.given import as_text

        self.path = Path(path)
        self.started = self.path.with_suffix(".started.csv")
        given = [as_text(text) or "" for text in texts]
        if self.started.is_file():
            self.gold = _read(self.started)
            wanted = set(self.gold["key"])
            masked = mask_series(pl.Series(list(dict.fromkeys(given)), dtype=pl.String)).to_list()
            found = {at: text for text in masked if (at := comment_key(text)) in wanted}
            if not found:
                raise DataError(
                    f"{self.started.name}: none of its {len(self.gold)} comments is among the {len(given)} given; these labels belong "
                    "to other comments. Move the file away to begin anew."
                )
        else:
            drawn = draw_gold(given, n=n, seed=seed, groups=groups)
            drawn["key"] = drawn["text"].map(comment_key)
            found = dict(zip(drawn["key"], drawn["text"], strict=True))
            self.gold = drawn.drop(columns=["row", "text"]).astype({"gold": "object"})
        self.texts = [
            found.get(at) for at in self.gold["key"]
        ]  # None: gone from the data; a label given before still counts
        self.order = []  # places in the order in which they were labelled now, for `back`

    @property
    def current(self):
        """Place of the comment to label next; None when all are done."""
        return next((at for at in self._open() if self.texts[at] is not None), None)

    @property
    def left(self):
        """Comments still to be read."""
        return len(self._open()) - self.gone

    @property
    def gone(self):
        """Comments that were drawn, and can be labelled no more: they are gone from the data."""
        return sum(self.texts[at] is None for at in self._open())

    def _open(self):
        return self.gold.index[self.gold["gold"].isna()]

    @property
    def text(self):
        """The comment to label next, masked; the engine's opinion of it is not told."""
        return None if self.current is None else self.texts[self.current]

    @property
    def labelled(self):
        """Comments labelled so far."""
        return int(self.gold["gold"].isin(OPINIONS).sum())

    @property
    def least(self):
        """Labels from which the report may be corrected: 100, or half the sample where that is less."""
        return min(LEAST, -(-len(self.gold) // 2))

    def label(self, opinion):
        """Give the current comment its label, or SKIPPED, and keep it on disk."""
        require_choice(opinion, [*OPINIONS, SKIPPED], name="opinion", where="Labelling.label")
        at = self.current
        if at is None:
            raise ValueError("Labelling.label: every comment has been read; nothing is left to label.")
        self.gold.loc[at, "gold"] = opinion
        self.order.append(at)
        _write(self.gold, self.started)

    def back(self):
        """Take the last label of this sitting back."""
        if self.order:
            self.gold.loc[self.order.pop(), "gold"] = None
            _write(self.gold, self.started)

    def result(self):
        """The sample as `sentiment_audit` and `sentiment_shares` take it; what was skipped has no label."""
        return self.gold.assign(gold=self.gold["gold"].where(self.gold["gold"].isin(OPINIONS), None))

    def finish(self):
        """Write the file that corrects the report, and return its path.

        Raises
        ------
        DataError
            Fewer than `least` comments are labelled.
        """
        if self.labelled < self.least:
            raise DataError(
                f"Labelling: {self.labelled} comments are labelled; a correction needs {self.least}, or its interval says "
                "nothing. Go on labelling."
            )
        _write(self.result(), self.path)
        return self.path


def _read(path):
    try:
        gold = pd.read_csv(path, encoding="utf-8", dtype={"key": str, "label": str, "gold": "object"})
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: cannot be read as a table of labels ({type(error).__name__}); restore it from a backup, or move it away.") from error  # fmt: skip
    missing = [name for name in COLUMNS if name not in gold.columns]
    wrong = set() if missing else set(gold["gold"].dropna()) - {*OPINIONS, SKIPPED}
    if missing or wrong:
        what = f"the columns {missing} are missing" if missing else f"gold holds {sorted(wrong)[:3]}"
        raise DataError(f"{path.name}: {what}; it is no file of started labels. Move it away to begin anew.")
    return gold


def _write(gold, path):
    """Write the labels so that a half-written file is never seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    gold.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
    os.replace(part, path)
