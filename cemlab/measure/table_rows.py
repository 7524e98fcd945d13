"""What stands in the rows of a table: for each type of question the figures shown, and how an answer counts in each."""

from dataclasses import dataclass

import numpy as np

from cemlab.measure.table_counts import Item

UNITS = {"nps": "points", "mean": "mean", "sd": "mean", "quantile": "mean", "mean_rank": "mean", "answers": "mean"}
TESTED = {"nps": "nps", "mean": "mean", "mean_rank": "mean", "answers": "mean"}  # everything else is a share
UNTESTED = ("sd", "quantile")
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Row:
    """One row of a table.

    `codes` are the answers that count (100, else 0) where the row is a share; otherwise the answer itself is averaged, NPS
    in points. `least` is the smallest answer that belongs to the base (ranks: 0 is "not ranked").
    """

    question: str
    item: str  # column of the codebook the row belongs to
    counted: str  # item of `table_counts`
    code: str
    metric: str
    codes: tuple = None
    at: float = np.nan
    least: float = -np.inf

    @property
    def unit(self):
        """Unit of the estimate."""
        return UNITS.get(self.metric, "percent")

    def scores(self, values, codes):
        """What each distinct answer scores; missing ones are never asked for."""
        if self.metric == "nps":
            return 100.0 * (values >= 9) - 100.0 * (values <= 6)
        if self.codes is None:
            return values
        if codes is not None:
            return 100.0 * np.isin(codes, self.codes)
        return 100.0 * np.isin(values, [float(code) for code in self.codes])

    def in_base(self, values):
        """Whether each distinct answer belongs to the base."""
        return np.ones(len(values), dtype=bool) if np.isneginf(self.least) else values >= self.least


def table_rows(question, codebook, have):
    """Items to count and rows to show for one question.

    Parameters
    ----------
    question : Column
        As `Codebook.questions` gives it: a battery stands for its columns.
    codebook : Codebook or None
    have : set of str
        Columns of the data; what is not there is left out.

    Returns
    -------
    tuple
        List of Item, list of Row (rows of options that are not in the codebook are added once the answers are counted).
    """
    parts = [question]
    if codebook is not None and question.name in codebook.batteries:
        parts = [codebook.columns[name] for name in question.stored]
    if question.type == "ranking":
        return ranking(question, [part for part in parts if part.name in have])
    items, rows = [], []
    for part in parts:
        if question.type != "multiple" and part.name not in have:
            continue
        make = {"single": single, "scale": scale, "multiple": multiple, "number": number}.get(part.type, words)
        found_items, found_rows = make(part, question.name, have)
        items += found_items
        rows += found_rows
    return items, rows


def single(column, question, have):
    """Shares of the options, then of the nets."""
    rows = [share(column, question, code, (code,)) for code in column.options]
    rows += [share(column, question, code, net.codes, "net") for code, net in column.nets.items()]
    return [Item(column.name, (column.name,), text=True)], rows


def share(column, question, code, codes, metric="share", **more):
    """A row that counts the share of some codes."""
    return Row(question, column.name, column.name, str(code), metric, tuple(str(c) for c in codes), **more)


def scale(column, question, have):
    """Shares of the codes, nets or boxes, mean and standard deviation; for a recommend question its classes and the NPS."""
    low, high = column.scale.low, column.scale.high
    rows = [share(column, question, code, (code,), at=float(code)) for code in range(low, high + 1)]
    rows += [share(column, question, code, net.codes, "net") for code, net in column.nets.items()]
    if column.role == "nps":
        classes = {"promoters": (9, 10), "passives": (7, 8), "detractors": tuple(range(7))}
        rows += [share(column, question, name, codes, name) for name, codes in classes.items()]
        rows.append(Row(question, column.name, column.name, "nps", "nps"))
    elif high - low > 1:
        rows.append(share(column, question, "top_box", column.scale.top_codes, "top_box"))
        rows.append(share(column, question, "bottom_box", column.scale.bottom_codes, "bottom_box"))
    rows += [Row(question, column.name, column.name, metric, metric) for metric in ("mean", "sd")]
    return [Item(column.name, (column.name,))], rows


def number(column, question, have):
    """Mean, standard deviation and quartiles of an open number."""
    rows = [Row(question, column.name, column.name, metric, metric) for metric in ("mean", "sd")]
    rows += [Row(question, column.name, column.name, f"q{100 * q:g}", "quantile", at=q) for q in QUARTILES]
    return [Item(column.name, (column.name,))], rows


def words(column, question, have):
    """How many wrote anything; the words themselves are never tabled."""
    row = Row(question, column.name, column.name, "answered", "answered", ("1",))
    return [Item(column.name, (column.name,), made="answered")], [row]


def multiple(column, question, have):
    """Shares of respondents who chose each option, nets of options, and the mean number of options chosen."""
    stored = {code: f"{column.name}__{code}" for code in column.options if f"{column.name}__{code}" in have}
    items = [Item(name, (name,)) for name in stored.values()]
    rows = [Row(question, column.name, name, code, "share", ("1",)) for code, name in stored.items()]
    for code, net in column.nets.items():
        sources = tuple(stored[one] for one in net.codes if one in stored)
        if sources:
            items.append(Item(f"{column.name}__{code}", sources, made="any"))
            rows.append(Row(question, column.name, f"{column.name}__{code}", code, "net", ("1",)))
    counted = tuple(name for code, name in stored.items() if code not in column.exclusive)
    if len(counted) > 1:
        items.append(Item(f"{column.name}__answers", counted, made="sum"))
        rows.append(Row(question, column.name, f"{column.name}__answers", "answers", "answers"))
    return items, rows


def ranking(question, parts):
    """For each option: share that ranked it first, in the top three, and the mean rank among those who ranked it."""
    items, rows = [], []
    names = [part.name for part in parts]
    for part in parts:
        items.append(Item(part.name, (part.name, *(name for name in names if name != part.name)), made="rank"))
        places = tuple(str(place) for place in range(1, min(3, len(parts)) + 1))
        rows.append(Row(question.name, part.name, part.name, "first", "ranked_first", ("1",), least=0))
        if len(parts) > 3:
            rows.append(Row(question.name, part.name, part.name, "top3", "ranked_top3", places, least=0))
        rows.append(Row(question.name, part.name, part.name, "mean_rank", "mean_rank", least=1))
    return items, rows
