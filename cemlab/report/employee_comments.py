"""What employees wrote: read for sentiment and aspects, quoted from the whole company, and what a researcher checks before."""

from typing import NamedTuple

from cemlab.report.employee_cells import columns, say, table, text
from cemlab.report.study import of_waves

QUOTED = 12  # comments


class Unread(NamedTuple):
    """Comments of which no figures are told."""

    candidates: dict
    results: dict


def open_words(report):
    """The comments of those who answered, read for sentiment and aspects; no segments.

    Where the codebook wants no counts (`enhanced`), no figures of comments are made: shares of so few count by themselves.
    """
    from cemlab.report.comments import open_comments

    return Unread({}, {}) if report.book.privacy.enhanced else open_comments(report.respondents)


def sentiment(report, words):
    """How many wrote, and in which mood; in a manager's version whose comments these are."""
    from cemlab.report.text_sections import show_sentiment

    if isinstance(words, Unread):
        return text(f"*{say('no_comment_figures', report.lang)}*")
    return show_sentiment(words)


def aspects(report, words, said):
    """What the comments speak of."""
    from cemlab.report.text_sections import show_aspects

    return None if isinstance(words, Unread) else show_aspects(words, said)


def whose(report):
    """In a manager's version: whose comments these are."""
    return text(say("whose_comments", report.lang)) if report.unit is not None else None


def quoted(report, *, seed=1, most=QUOTED):
    """Comments of the whole company as they may be shown, each wording once; None in a manager's version and without comments.

    Too few writers leave no rows.
    """
    from cemlab.release import release_comments

    names = [column.name for column in report.book.of_role("comment")]
    if not names or report.unit is not None:
        return None
    rows = of_waves(report.study.rows.read([report.study.wave], comments="written"), [report.study.wave])
    found = release_comments(
        rows,
        names[0],
        report.study.plan,
        person=report.study.person or None,
        min_persons=report.book.privacy.comments_base,
        seed=seed,
    )
    return found.drop_duplicates("text").head(most).reset_index(drop=True)


def quotations(report, found):
    """The table of comments; a sentence where too few wrote."""
    if found is None:
        return None
    if not len(found):
        return text(f"*{say('few_comments', report.lang, least=report.book.privacy.comments_base)}*")
    return table(columns(report, text=found["text"]), report, "quotations")


def to_check(report, found):
    """Write telling details of the comments shown where the researcher reads them, in the store; how many, and the file's place.

    Nothing of the details enters the report's folder, which managers may be sent.
    """
    from cemlab.release import comment_risks, write_risks
    from cemlab.store import lake_folder

    if found is None or not len(found):
        return None
    path = write_risks(found, report.book, name=report.study.wave)
    risks = comment_risks(found["text"])
    place = path.relative_to(lake_folder()).as_posix()
    return {"details": len(risks), "comments": int(risks["number"].nunique()), "file": place}
