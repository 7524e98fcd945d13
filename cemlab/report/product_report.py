"""What the product notebook opens: the study, its rows of concepts and tastings, its designs, and figures as they may be shown."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import polars as pl

from cemlab.analyse import product_study
from cemlab.analyse.product_pack import pack_claim, pack_effect
from cemlab.checks import DataError, nearest
from cemlab.measure.bases import flag_bases
from cemlab.measure.schema import ALL
from cemlab.measure.stack import RESPONDENT
from cemlab.paths import data_folder, project_root
from cemlab.release import distinct_persons, protect
from cemlab.report.findings import findings
from cemlab.report.study import open_study

KEEP_IN_MEMORY = 3_000_000  # rows of respondent x concept
WITHIN = ("(not ticked)", "(just right)")  # comparisons of answers inside a group
FOLDERS = (("data", "designs"), ("data", "sample"))  # where tables named in a codebook lie, under the project's root


@dataclass(frozen=True)
class ProductReport:
    """A product study opened for one report; made by `open_product`."""

    study: object
    concepts: object  # respondent x concept, this wave; None without a concept test
    tastes: object  # respondent x product tasted; None without a tasting

    @property
    def book(self):
        """The codebook."""
        return self.study.codebook

    @property
    def lang(self):
        """The report's language."""
        return self.study.lang

    @property
    def parts(self):
        """The parts that this study has, by name."""
        return self.book.product_questions.parts

    @property
    def options(self):
        """Keyword arguments that every measure of this report shares."""
        return {"weights": self.study.weights}

    @property
    def tests(self):
        """Keyword arguments that every comparison of this report shares."""
        return {"weights": self.study.weights, "min_n": self.study.min_n}

    @cached_property
    def order(self):
        """Codes of concepts and of products, in the codebook's order."""
        return {name: codes_of(self.book, name) for name in ("concept", "product")}

    @cached_property
    def sales(self):
        """Units by period of the new pack's outcome; None without them."""
        from cemlab.report.product_pack import sales_rows

        return sales_rows(self)

    @cached_property
    def switch(self):
        """`difference_in_differences` of `sales`; None without them."""
        return pack_effect(self.sales)

    def table(self, name):
        """A table named in the codebook, as pandas; see `design_table`."""
        return design_table(name, self.book.name)

    def shown(self, results, rows=None, by=None):
        """Results as they may be shown: small bases blanked or marked, groups of few persons hidden; codebook's order."""
        if results is None or not len(results):
            return None
        if (
            "product" in results and results["method"].str.startswith("exact").all()
        ):  # a choice between products, no cut
            plain = self.shown(results.drop(columns="product").assign(reference=""), self.study.now)
            return plain.assign(product=results["product"].to_numpy(), reference=results["reference"].to_numpy())
        study = self.study
        rows = self.rows_for(results) if rows is None else rows
        whole = [c for c in ("concept", "product", *study.segments) if c in results and (results[c] == ALL).all()]
        if whole:  # a cut that no row makes
            out = self.shown(results.drop(columns=whole), rows, by)
            return out.assign(**dict.fromkeys(whole, ALL))[list(results.columns)]
        have = rows.collect_schema().names()
        cuts = [c for c in results.columns if c in (by or ("concept", "product", *study.segments)) and c in have]
        flagged = flag_bases(results, min_n=study.min_n, low_n=max(study.min_n, self.book.bases.low_n))
        person, least = RESPONDENT if RESPONDENT in have else study.person, self.book.privacy.min_persons
        persons = distinct_persons(rows, made_cuts(flagged, cuts), person=person)
        if "reference" not in flagged or not flagged["reference"].isin(WITHIN).any():
            return self.in_order(protect(flagged, persons, min_persons=least))
        rows_each = most_rows(rows, person) if person in have else 1  # both sides are parts of one group
        out = protect(flagged.assign(reference=""), persons, min_persons=least * int(rows_each or 1))
        return self.in_order(out.assign(reference=flagged["reference"]))

    def rows_for(self, results):
        """The rows that results were counted on, told from their groups."""
        if "concept" in results and self.concepts is not None:
            return self.concepts
        return self.tastes if "product" in results and self.tastes is not None else self.study.now

    def in_order(self, frame):
        """Rows by concept or product in the codebook's order, all else as it came."""
        for thing, codes in self.order.items():
            if thing in frame:
                place = {c: i for i, c in enumerate(codes)}
                rank = frame[thing].map(lambda c: place.get(c, len(place)))  # noqa: B023
                frame = frame.assign(rank__=rank).sort_values("rank__", kind="stable", ignore_index=True)
                frame = frame.drop(columns="rank__")
        return frame

    def candidates(self):
        """All candidate claims of the report, as they may be shown."""
        frames = product_study.candidate_claims(
            self.concepts, self.tastes, self.study.now, self.book, segments=self.study.segments, **self.tests
        )
        pack = self.book.product_questions.pack
        cuts = {"pack": [pack.cell] if pack else None}
        shown = {kind: self.shown(frame, by=cuts.get(kind)) for kind, frame in frames.items()}
        test = self.book.product_questions.concept_test
        for kind in ("taste", *(() if test and test.control else ("concept",))):  # each pair is a test of its own
            if shown.get(kind) is not None:
                shown[kind] = shown[kind].assign(against=shown[kind]["reference"])
        if self.switch is not None:  # units, not people: no base of people to judge
            shown["sales"] = pack_claim(self.switch, self.sales, pack)
        return shown

    def findings(self, candidates, penalties=None):
        """Which candidates are claims, with the product report's sentences; `penalties` give the share a side concerns."""
        from cemlab.report.product_verdict import product_sentence

        table = findings(candidates, self.book, lang=self.lang)
        shares = {} if penalties is None else concerned(penalties[0])
        rows = [
            row | {"share": shares.get((row["group"], row["item"]), float("nan"))} for row in table.to_dict("records")
        ]
        return table.assign(sentence=[product_sentence(row, self.book, self.lang) for row in rows])


def open_product(codebook, *, wave="latest", version=None, weights="codebook", by=(), min_n=None, lang="zh", only=()):
    """Open a product study for a report; parameters as in `open_study`.

    Raises
    ------
    ValueError
        As `open_study`; a codebook without `product_questions`.
    """
    study = open_study(codebook, wave=wave, version=version, weights=weights, by=by, min_n=min_n, lang=lang, only=only)
    book = study.codebook
    if not book.product_questions.parts:
        raise ValueError(
            f"product study {book.name!r}: its codebook names no part; add `product_questions:` with concept_test, "
            "price_sensitivity, price_response, kano, best_worst, turf, conjoint, taste or pack."
        )
    keep = [*study.segments, *([study.weights] if study.weights else [])]
    return ProductReport(study, kept(product_study.concept_rows(study.now, book, keep=keep)),
                         kept(product_study.taste_rows(study.now, book, keep=keep)))  # fmt: skip


def concerned(penalties):
    """{(product, "scale:side"): share of people on the side}; "" for all products together."""
    groups = penalties["product"].replace("(all)", "")
    return dict(
        zip(
            zip(groups, penalties["item"] + ":" + penalties["side"].astype(str), strict=True),
            penalties["share"],
            strict=True,
        )
    )


def made_cuts(frame, cuts):
    """The cuts that rows of a result make, as `distinct_persons` takes them: single columns, and crossings."""
    made = {tuple(c for c in cuts if row[c] != ALL) for row in frame[cuts].to_dict("records")} if cuts else set()
    return [list(cut) if len(cut) > 1 else cut[0] for cut in sorted(made) if cut] or None


def most_rows(rows, person):
    """Rows of the respondent who has most."""
    return rows.group_by(person).len().select(pl.col("len").max()).collect().item()


def kept(rows):
    """Rows held in memory where they fit, since a dozen measures read them."""
    if rows is None:
        return None
    small = rows.select(pl.len()).collect().item() <= KEEP_IN_MEMORY
    return rows.collect().lazy() if small else rows


def codes_of(book, thing):
    """Codes of concepts or of products, in the codebook's order."""
    part = {"concept": book.product_questions.concept_test, "product": book.product_questions.taste}[thing]
    if part is None:
        return []
    asked = getattr(part, thing) or (part.intent if thing == "concept" else part.liking)
    question = book.batteries.get(asked) or book.columns[asked]
    return list(question.rows or question.options)


def design_table(name, study):
    """A csv table that a codebook names: data/designs (or data/sample) under the project's root, else what came with cemlab.

    Raises
    ------
    DataError
        No such file; the message says where it belongs and what there is.
    """
    places = [project_root().joinpath(*parts) for parts in FOLDERS] + [data_folder("designs")]
    for folder in places:
        if (folder / name).is_file():
            return pd.read_csv(folder / name, encoding="utf-8-sig", dtype=str, comment="#")
    known = sorted({path.name for folder in places if folder.is_dir() for path in folder.glob("*.csv")})
    hint = nearest(name, known)
    near = f" Did you mean {hint!r}?" if hint else ""
    raise DataError(f"study {study!r}: no table {name!r} in data/designs.{near} Put the csv there (UTF-8).")
