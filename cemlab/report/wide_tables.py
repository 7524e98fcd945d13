"""Tables with more columns than a page is wide: set as several below each other, each with the first column again."""

from cemlab.report.standing import BESIDE, LONGEST, UNBROKEN, WHOLE, room, wide


def in_parts(piece):
    """A table as a list of tables that fit a page; cells that span columns or rows keep it whole.

    Parameters
    ----------
    piece : dict
        As in `document`: head, rows, title, note.

    Returns
    -------
    list of dict
        The title stands over the first, the note below the last. No column is left out, and each stands once.
    """
    lines = [*piece["head"], *(row["cells"] for row in piece["rows"])]
    columns = max((len(cells) for cells in lines), default=0)
    plain = all(cell["span"] == 1 and cell["down"] == 1 for cells in lines for cell in cells)
    needs = [need(lines, place) + BESIDE for place in range(columns)]
    if columns < 4 or not plain or not piece["head"] or sum(needs) <= room(columns):
        return [loosened(piece)]
    groups, own = [[]], needs[0]
    for place in range(1, columns):
        held = groups[-1]
        if held and own + sum(needs[i] for i in held) + needs[place] > room(len(held) + 2):
            groups.append([])
        groups[-1].append(place)
    groups = even(groups)
    last = len(groups) - 1
    parts = [
        {
            **piece,
            "title": piece["title"] if at == 0 else "",
            "note": piece["note"] if at == last else "",
            "head": [chosen(cells, group) for cells in piece["head"]],
            "rows": [{**row, "cells": chosen(row["cells"], group)} for row in piece["rows"]],
        }
        for at, group in enumerate(groups)
    ]
    return [loosened(part) for part in parts]


def loosened(piece):
    """The table with limits that may be broken at their blank, where there is no room for whole ones in all columns."""
    lines = [*piece["head"], *(row["cells"] for row in piece["rows"])]
    columns = max((sum(cell["span"] for cell in cells) for cells in lines), default=0)
    longest = [0] * columns
    for cells in lines:
        for place, cell in enumerate(cells):
            longest[place] = max([longest[place], *(len(word) for word in UNBROKEN.findall(cell["text"]))])
    least = [max(size, 4 if place else 8) + BESIDE for place, size in enumerate(longest)]
    if max(longest, default=0) <= LONGEST and sum(least) <= room(columns):
        return piece
    loose = [[{**cell, "text": cell["text"].replace(WHOLE, " ")} for cell in cells] for cells in lines]
    head = loose[: len(piece["head"])]
    rows = [{**row, "cells": cells} for row, cells in zip(piece["rows"], loose[len(head) :], strict=True)]
    return {**piece, "head": head, "rows": rows}


def need(lines, place):
    """Letters a column needs: Latin words and figures are not broken, Chinese within reason."""
    longest = 4
    for cells in lines:
        if place < len(cells):
            text = cells[place]["text"].replace(WHOLE, " ")  # rather a broken limit than a table in two
            whole = max((len(word) for word in UNBROKEN.findall(text)), default=0)
            chinese = max((wide(word) for word in text.split()), default=0)
            longest = max(longest, min(whole, LONGEST), min(chinese, LONGEST if place == 0 else 6))
    return longest


def even(groups):
    """The same columns in as many groups of nearly one size."""
    places, number = [place for group in groups for place in group], len(groups)
    size, more = divmod(len(places), number)
    ends = [size * at + min(at, more) for at in range(number + 1)]
    return [places[start:end] for start, end in zip(ends, ends[1:], strict=False)]


def chosen(cells, group):
    """The first cell and those of a group; missing ones at the end of a short row stay missing."""
    return [dict(cells[place]) for place in (0, *group) if place < len(cells)]
