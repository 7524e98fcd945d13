"""待回访: the list of unhappy customers to call back, the first form of the care loop; it never enters a report."""

from datetime import date
from pathlib import Path

from cemlab.analyse.recall_list import recall_list
from cemlab.codebook import load_codebook
from cemlab.paths import project_root
from cemlab.store import scan, waves_present

UNHAPPY = 6  # detractors: 0 to 6


def write_recall_list(codebook, *, wave="latest", since=None, until=None, due_days=2, today=None, out=None):
    """Write the detractors of a wave who can be called, unhappiest first, as csv for the care team.

    Parameters
    ----------
    codebook : str or pathlib.Path
        The study's codebook, with a column of role nps and one of role person.
    wave : str, default "latest"
    since, until : str, optional
        First and last day of the answers taken, such as the Monday and Sunday of a week.
    due_days : int, default 2
        Days after the answer by which somebody calls.
    today : datetime.date, optional
        For what is overdue; the current day when left out.
    out : str or pathlib.Path, optional
        The file; ``data/care/<study>-<wave>.csv`` when left out. UTF-8 with BOM, so that Chinese Excel reads it.

    Returns
    -------
    (pathlib.Path, int)
        The file, and how many persons it lists.

    Raises
    ------
    ValueError
        No NPS question, no person column, or no answers of that wave.

    Notes
    -----
    Pseudonyms, masked reasons and due dates only. The file names persons to those who hold the key: it belongs to the
    care team and into no report's folder. Cells that begin with = + - @ are written with a leading apostrophe.
    """
    book = load_codebook(codebook)
    score = book.only("nps")
    if score is None or book.only("person") is None:
        lacking = "nps" if score is None else "person"
        raise ValueError(
            f"recall: codebook {book.name!r} has no column with role {lacking}; without it nobody can be called."
        )
    present = waves_present(book)
    known = [code for code in book.waves if code in present] or sorted(present)
    chosen = known[-1] if wave == "latest" and known else wave
    if chosen not in present:
        raise ValueError(f"recall: no answers of wave {wave!r}; there are {known}.")
    data = scan(book, wave=chosen, comments=True)
    have = set(data.collect_schema().names())
    touchpoints = [c for c in book.of_role("touchpoint") if c.name in have]
    comment = next((c.name for c in book.of_role("comment") if c.name in have), None)
    rows = recall_list(
        data,
        score.name,
        at_most=UNHAPPY,
        touchpoints=[c.name for c in touchpoints],
        low=max(touchpoints[0].scale.bottom_codes) if touchpoints else 2,
        comment=comment,
        since=since,
        until=until,
        due_days=due_days,
        today=today or date.today(),
    )
    path = Path(out) if out else project_root() / "data" / "care" / f"{book.name}-{chosen}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = rows.select_dtypes(include=["object", "str"]).columns
    safe = rows.assign(**{c: rows[c].map(lambda cell: f"'{cell}" if str(cell)[:1] in "=+-@" else cell) for c in text})
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path, len(rows)
