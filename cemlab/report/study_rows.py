"""Which answers a report stands on: waves of the codebook or calendar periods, and the groups it is kept to."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from cemlab.analyse.answer_quality import without_excluded
from cemlab.checks import nearest
from cemlab.report.only_groups import may_be_kept_to, pairs_of

KINDS = {"day": r"\d{4}-\d\d-\d\d", "week": r"\d{4}-W\d\d", "month": r"\d{4}-\d\d", "quarter": r"\d{4}-Q[1-4]"}
SHOWN = {"day": 15, "week": 13, "month": 13, "quarter": 9}  # so many periods a report looks back on
KEEPERS = ("segment", "store", "cluster")  # roles of columns a report may be kept to


@dataclass(frozen=True)
class Rows:
    """How a study's answers are read for one report: at which version, by which periods, which groups only."""

    codebook: object
    version: int
    kind: str = ""  # "" for the codebook's waves
    only: dict = field(default_factory=dict)  # column -> codes kept

    def read(self, waves, *, comments=False, all_answers=False):
        """Answers of these waves or periods as a lazy frame; `_wave` holds the period's code.

        Without those that the codebook leaves out (`quality.exclude`), unless `all_answers` is true.
        """
        from cemlab.store import scan

        if not self.kind:
            found = scan(self.codebook, wave=waves, version=self.version, comments=comments)
        else:
            wanted = [waves] if isinstance(waves, str) else waves
            found = scan(self.codebook, version=self.version, comments=comments)
            found = found.with_columns(period_of(self.kind).alias("_wave")).filter(pl.col("_wave").is_in(wanted))
        if comments and not all_answers and self.codebook.quality.exclude:  # judged among all answers, written or not
            kept = replace(self, only={}).read(waves).select("_key", "_batch")
            found = found.join(kept, on=["_key", "_batch"], how="semi", maintain_order="left")
        elif not all_answers:
            found = without_excluded(found, self.codebook)
        for column, codes in self.only.items():
            found = found.filter(pl.col(column).cast(pl.String).is_in(codes))
        return found.filter(~pl.col("_wave").is_in(self.kept_back)) if self.only and self.kept_back else found

    @cached_property
    def kept_back(self):
        """Periods in which no report may be kept to these groups: they, or those left out, are too few (`only_groups`)."""
        book = self.codebook
        if not self.only or book.of_employees:
            return []
        whole = replace(self, only={})
        least = book.privacy.min_persons
        pairs = pairs_of(whole.read(whole.present()), ["_wave", *self.only], person_of(book), least)
        parts = pairs.group_by("_wave", maintain_order=True)
        return sorted(wave for (wave,), part in parts if not may_be_kept_to(part.drop("_wave"), self.only, least))

    def present(self):
        """Codes of the waves or periods that have answers, oldest first."""
        from cemlab.store import raw, waves_present

        if not self.kind:
            have = waves_present(self.codebook, version=self.version)
            return [code for code in self.codebook.waves if code in have] + sorted(set(have) - set(self.codebook.waves))
        days = raw(self.codebook, self.version).select(period_of(self.kind).unique().alias("_wave")).collect()["_wave"]
        return sorted(days.drop_nulls().to_list())


def person_of(codebook):
    """Column of the person, or None where answers do not tell."""
    return "_person" if codebook.only("person") else None


def calendar_kind(wave, codebook):
    """The kind of calendar period that a `wave` means which is no wave of the codebook; "" otherwise."""
    if str(wave) in codebook.waves:
        return ""
    return next((kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, str(wave))), "")


def period_of(kind):
    """Expression: the code of the calendar period that an answer's local date lies in (weeks by ISO 8601)."""
    date = pl.col("_date")
    if kind == "quarter":
        return pl.format("{}-Q{}", date.dt.year(), date.dt.quarter())
    return date.dt.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[kind])


def calendar_days(kind, code):
    """First and last day (datetime.date) of a calendar period."""
    if kind == "week":
        first = date.fromisocalendar(int(code[:4]), int(code[6:]), 1)
        return first, first + timedelta(days=6)
    if kind == "day":
        return (date.fromisoformat(code),) * 2
    year, part, size = int(code[:4]), int(code[6:] if kind == "quarter" else code[5:]), 3 if kind == "quarter" else 1
    first, after = (12 * year + size * p for p in (part - 1, part))  # months since year 0
    return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def read_only(only, codebook):
    """`only` as {column: codes}: texts such as "hotel=03"; the same column twice keeps both groups.

    Raises
    ------
    ValueError
        A text without "=", a column that is no segment or store, a code the codebook does not give it.
    """
    where, kept = f"study {codebook.name}", {}
    columns = {c.name: c for c in codebook.of_role(*KEEPERS) if c.type != "multiple"}
    for text in only or ():
        name, sign, value = (part.strip() for part in str(text).partition("="))
        if not sign or not value:
            raise ValueError(f"{where}: `only` holds {text!r}; write column=code, for example 'hotel=03'.")
        if name not in columns:
            hint = nearest(name, columns)
            near = f" Did you mean {hint!r}?" if hint else ""
            raise ValueError(
                f"{where}: `only` names {name!r}, which is no segment or store.{near} There are {[*columns]}."
            )
        options = columns[name].options
        if options and value not in options:
            raise ValueError(f"{where}: `only`: {name!r} has no code {value!r}; it has {[*options][:20]}.")
        kept.setdefault(name, []).append(value)
    return kept


def kept_to(only, codebook, lang):
    """The groups a report is kept to, in words; "" where it is kept to none."""
    comma, colon = ("、", "：") if lang == "zh" else (", ", ": ")
    return comma.join(
        f"{codebook.label(column, lang)}{colon}{comma.join(codebook.option_label(column, c, lang) for c in codes)}"
        for column, codes in only.items()
    )


def kept_waves(everything, waves, chosen, book):
    """Answers of the groups kept, in memory, and the waves in which a report may be kept to them; ValueError without `chosen`."""
    found = everything.collect()
    have = set(found["_wave"].unique())
    if chosen not in have:
        raise ValueError(
            f"study {book.name}: nobody of the groups in `only` answered in wave {chosen!r}, or a report kept to them would "
            f"tell about fewer than {book.privacy.min_persons} persons: of them, or of the groups left out, by subtraction."
        )
    return found.lazy(), [wave for wave in waves if wave in have]


def newest_of(everything):
    """Local date of the newest answer of a frame."""
    return everything.select(pl.col("_date").max()).collect().item()
