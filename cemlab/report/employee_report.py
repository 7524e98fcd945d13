"""What the employee notebook opens: the payroll, those who answered, their scores and weights, and the one door for figures."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
import polars as pl

from cemlab.analyse import employee_study as staff
from cemlab.checks import DataError
from cemlab.measure.bases import flag_bases
from cemlab.release.coarse import rounded
from cemlab.release.leavers import EXIT, with_exits
from cemlab.report.door import through_door
from cemlab.report.employee_units import find_unit, tree_of, unit_name
from cemlab.report.product_report import design_table
from cemlab.report.study import of_waves, open_study

WEIGHT = "response_weight"


@dataclass(frozen=True)
class EmployeeReport:
    """An employee study opened for one report; made by `open_employee`."""

    study: object
    payroll: object  # lazy frame: everybody of the waves up to this one, whether they answered or not
    everyone: object  # lazy frame: those who answered, all waves, with their weights
    levels: list  # unit columns from the top to the bottom
    weights: str | None
    cells: object  # how the weights were made, this wave; None without
    unit: tuple | None  # (level, code) of the manager's unit; None for the whole company
    tree: object  # units in the order of the organisation

    @property
    def book(self):
        """The codebook."""
        return self.study.codebook

    @property
    def lang(self):
        """The report's language."""
        return self.study.lang

    @property
    def asked(self):
        """What the codebook says of an employee study."""
        return self.book.employee_questions

    @property
    def title(self):
        """The report's title; a manager's version names the unit."""
        if self.unit is None:
            return self.study.title
        return self.study.title + (" · " if self.lang == "zh" else ", ") + unit_name(self.book, self.unit, self.lang)

    @cached_property
    def now(self):
        """Those who answered in this wave, with their scores."""
        return of_waves(self.scored, [self.study.wave])

    @property
    def answers(self):
        """Those who answered in this wave, as they answered."""
        return of_waves(self.everyone, [self.study.wave])

    @property
    def respondents(self):
        """The study as its comments are read: those who answered, without segments."""
        waves = [w for w in (self.study.previous, self.study.wave) if w]
        return replace(
            self.study, everything=self.everyone, data=of_waves(self.everyone, waves), before=self.before, now=self.answers,
            segments=[],
        )  # fmt: skip

    @cached_property
    def scored(self):
        """Those who answered, all waves, with their scores on every dimension."""
        return scored(self.everyone, self.book).collect().lazy()

    @cached_property
    def before(self):
        """Those who answered in the wave before, with their scores; None without one."""
        return None if self.study.previous is None else of_waves(self.scored, [self.study.previous])

    @property
    def since(self):
        """Which waves are compared, how answers are weighted, and who is the same person."""
        return {"wave": self.study.wave, "previous": self.study.previous, "weights": self.weights, "person": self.study.person}  # fmt: skip

    @property
    def segments(self):
        """Segments that are no units of the organisation."""
        return [name for name in self.study.segments if name not in self.levels]

    @property
    def dimensions(self):
        """{dimension: items} that this wave has."""
        return staff.dimensions(self.everyone, self.book)

    @property
    def scales(self):
        """Dimensions of at least two items: those that a reliability can be told of."""
        return {name: items for name, items in self.dimensions.items() if len(items) > 1}

    @property
    def options(self):
        """Bounds, favourable and unfavourable codes of every item."""
        return staff.scales(self.book, staff.every_item(self.dimensions))

    def headcount(self, level=None, wave=None):
        """People per unit of a level (a frame), or of the whole company (a number); None where nobody knows."""
        wave, asked = wave or self.study.wave, self.asked.staff
        if asked.answered:
            rows = of_waves(self.payroll, [wave])
            if level is None:
                return int(rows.select(pl.len()).collect().item())
            table = rows.drop_nulls(level).group_by(level).agg(pl.len().alias("headcount")).collect()
            return table.sort(level).to_pandas()
        if asked.headcount is None:
            return None
        table = headcount_table(self, wave)
        if level is None:
            return int(table["headcount"].sum())
        return table.groupby(level, as_index=False)["headcount"].sum() if level in table else None

    def door(self, frame, wave=None):
        """Results as they may leave: small bases marked or blanked, groups that the plan hides hidden; None stays None.

        Print them by way of `coarse`.
        `wave` is theirs where it is not this one. A column ``dimension`` only says which items belong together.
        """
        if frame is None or not len(frame):
            return None
        frame, asides = frame.reset_index(drop=True), {}
        for name in ("dimension",):
            if name in frame:
                asides[name] = frame[name]
        frame = frame.drop(columns=list(asides))
        if wave is not None and wave != self.study.wave:
            frame = frame.assign(_wave=wave)
        least, bases = self.study.min_n, self.book.bases
        flagged = flag_bases(frame, min_n=least, low_n=max(least, bases.low_n))
        return through_door(self.study, flagged, exact=True).assign(**asides)

    def coarse(self, frame):
        """A frame as it is printed: without bases and in wide steps where the codebook asks for it (`enhanced`)."""
        return frame if frame is None or not self.book.privacy.enhanced or not len(frame) else rounded(frame)

    def files(self, results):
        """Frames of the report's files: what this version speaks of, hidden groups left out of sight altogether."""
        kept = {name: self.mine(frame) for name, frame in results.items()}
        return {name: None if f is None else f.drop(columns="dimension", errors="ignore") for name, f in kept.items()}

    def mine(self, frame):
        """Rows of the whole company, the manager's unit, the units above and below it; everything for the company's report."""
        if frame is None or self.unit is None:
            return frame
        wanted = {(node.level, node.code) for node in self.tree.around(self.unit)}
        have = [level for level in self.levels if level in frame]
        keep = []
        for row in frame[have].to_dict("records"):
            units = [(level, code) for level, code in row.items() if code != "(all)"]
            keep.append(all(unit in wanted for unit in units))
        return frame[keep].reset_index(drop=True)


def open_employee(codebook, *, unit="", wave="latest", version=None, weights="codebook", by=(), min_n=None, lang="zh"):
    """Open an employee study for a report; the other parameters as in `open_study`.

    Parameters
    ----------
    unit : str, default ""
        Code or label of a unit for its manager's version; empty for the company's report.

    Returns
    -------
    EmployeeReport

    Raises
    ------
    ValueError
        As `open_study`; a codebook without dimensions; an unknown unit.
    """
    study = open_study(codebook, wave=wave, version=version, weights=weights, by=by, min_n=min_n, lang=lang)
    book, asked = study.codebook, study.codebook.employee_questions
    if not asked.dimensions:
        raise ValueError(
            f"employee study {book.name!r}: its codebook names no dimension; add `employee_questions:` with dimensions, "
            "organisation and, where there is one, staff."
        )
    levels = staff.present(study.everything, asked.organisation)
    payroll, answered = people_of(study.everything, study, levels)
    answered, named, cells = weighted(answered, payroll, study, asked, weights)
    everyone = answered.collect().lazy()
    label = (
        named if cells is None else ":".join([named, *asked.staff.groups])
    )  # what the ledger and the manifest call them
    study = planned(replace(study, weights=label), levels, everyone)
    tree = tree_of(of_waves(payroll, [study.wave]), levels, book)
    mine = find_unit(unit, tree, book) if unit else None
    return EmployeeReport(study, payroll, everyone, levels, named, cells, mine, tree)


def people_of(rows, study, levels):
    """(everybody on the payroll, those who answered with the time they left), from rows of the store."""
    book, asked = study.codebook, study.codebook.employee_questions.staff
    payroll = staff.distinct_units(rows, levels).collect().lazy()
    answered = payroll.filter(pl.col(asked.answered) == 1) if asked.answered else payroll
    have = answered.collect_schema().names()
    followed = study.waves[:-1] or study.waves
    known = with_exits(scored(answered, book), book, followed, book.privacy.min_persons)
    return payroll, known.select(*have, EXIT).collect().lazy()


def planned(study, levels, everyone):
    """The study with its plan: units, segments and leavers, beside what earlier reports have shown of earlier versions."""
    from cemlab.release import open_ledger
    from cemlab.store import scan

    versions = {entry["version"] for entry in open_ledger(study.codebook).entries} - {study.version, None}
    known = {v: people_of(scan(study.codebook, version=v), study, levels)[1] for v in versions}
    panel = study.previous is not None
    return study.with_plan([*levels, EXIT], population=everyone, panel=panel, known=known)


def scored(answers, book):
    """Answers with each person's score on every dimension."""
    from cemlab.measure.scales import person_scores

    groups = staff.dimensions(answers, book)
    return person_scores(answers, groups, **staff.scales(book, staff.every_item(groups)))


def weighted(answers, payroll, study, asked, weights):
    """Answers with weights against unequal response, the weight column, and how this wave's weights were made."""
    groups = staff.present(answers, asked.staff.groups)
    if study.weights or weights != "codebook" or not groups:
        return answers, study.weights, None
    from cemlab.measure.nonresponse_weights import nonresponse_weights

    frames, cells = [], None
    for wave in study.waves:
        made = nonresponse_weights(of_waves(answers, [wave]), of_waves(payroll, [wave]), groups, name=WEIGHT)
        frames.append(made.data)
        cells = made
    return pl.concat([frame.lazy() for frame in frames], how="diagonal"), WEIGHT, cells


def headcount_table(report, wave):
    """People per unit from the csv that the codebook names: the unit columns, ``headcount`` and, if there, ``wave``."""
    name = report.asked.staff.headcount
    table = design_table(name, report.book.name)
    lacking = [c for c in (*report.levels[-1:], "headcount") if c not in table]
    if lacking:
        raise DataError(f"employee study {report.book.name!r}: table {name!r} has no column {lacking[0]!r}.")
    if "wave" in table:
        table = table[table["wave"] == wave]
    return table.assign(headcount=pd.to_numeric(table["headcount"]).astype(int))
