"""What the brand notebook opens: the study with its weights, its respondent x brand rows, and their figures as they may be shown."""

from dataclasses import dataclass, replace

import polars as pl

from cemlab.analyse import brand_study
from cemlab.analyse.brand_rows import BrandPlan, brand_plan, brand_rows
from cemlab.measure.bases import flag_bases
from cemlab.measure.stack import RESPONDENT
from cemlab.measure.weights import rake
from cemlab.release import distinct_persons, protect
from cemlab.report.findings import findings
from cemlab.report.study import open_study

RAKED = "raked_weight"
KEEP_IN_MEMORY = 3_000_000  # stacked rows


@dataclass(frozen=True)
class BrandReport:
    """A brand study opened for one report; made by `open_brand`."""

    study: object
    plan: BrandPlan
    rows: object  # stacked, all waves
    now: object  # stacked, this wave
    margins: object  # frame of margins by wave, or None
    efficiency: dict  # wave -> efficiency of the weights

    @property
    def both(self):
        """Stacked rows of this wave and the one before."""
        waves = [w for w in (self.study.previous, self.study.wave) if w is not None]
        return self.rows.filter(pl.col("_wave").is_in(waves))

    @property
    def options(self):
        """Keyword arguments that every measure of this report shares."""
        return {"weights": self.study.weights}

    @property
    def least(self):
        """Base of figures that are released without further judging: enough for precision and for privacy."""
        return max(self.study.min_n, self.study.codebook.privacy.min_persons)

    def shown(self, results, rows=None):
        """Results by brand as they may be shown: small bases blanked or marked, groups of few persons hidden."""
        if results is None or not len(results):
            return None
        study, rows = self.study, self.now if rows is None else rows
        book = study.codebook
        flagged = flag_bases(results, min_n=study.min_n, low_n=max(study.min_n, book.bases.low_n))
        cuts = [c for c in results.columns if c in ("brand", "_wave") or c in study.segments]
        persons = distinct_persons(rows, [cuts], person=RESPONDENT)
        before = None
        if study.previous is not None and "reference" in results and (results["reference"] == study.previous).any():
            before = distinct_persons(self.rows.filter(pl.col("_wave") == study.previous), [cuts], person=RESPONDENT)
        return protect(flagged, persons, min_persons=book.privacy.min_persons, reference_persons=before)

    def candidates(self, image):
        """All candidate claims of the report, as they may be shown."""
        study = self.study
        waves = {"wave": study.wave, "previous": study.previous}
        options = {**waves, "weights": study.weights, "person": study.person, "min_n": study.min_n}
        profile = None if image is None else image.profile
        frames = brand_study.candidate_claims(self.both, self.plan, profile, **options)
        return {kind: self.shown(frame) for kind, frame in frames.items()}

    def findings(self, candidates):
        """Which candidates are claims, with the brand report's sentences."""
        from cemlab.report.brand_verdict import brand_sentence

        book, lang = self.study.codebook, self.study.lang
        table = findings(candidates, book, lang=lang)
        own = table["kind"].isin(("change", "rival", "image"))  # the others, about comments, have their sentence
        told = [brand_sentence(row, book, lang) for row in table[own].to_dict("records")]
        table.loc[own, "sentence"] = told
        return table


def open_brand(codebook, *, wave="latest", version=None, weights="codebook", by=(), min_n=None, lang="zh", only=()):
    """Open a brand study for a report; parameters as in `open_study`.

    Where the codebook names margins and no weight column, every wave is raked to them; weights="none" leaves that out.

    Raises
    ------
    ValueError
        As `open_study`; a codebook without brands.
    DataError
        Margins that the sample cannot meet.
    """
    study = open_study(codebook, wave=wave, version=version, weights=weights, by=by, min_n=min_n, lang=lang, only=only)
    margins, efficiency = None, {}
    if study.weights is None and weights == "codebook" and study.codebook.margins:
        study, margins, efficiency = raked(study)
    plan = brand_plan(study.everything, study.codebook)
    keep = [*study.segments, *([study.weights] if study.weights else [])]
    rows = brand_rows(study.everything, study.codebook, plan, keep=keep)
    size = study.everything.select(pl.len()).collect().item() * len(plan.brands)
    if size <= KEEP_IN_MEMORY:
        rows = rows.collect().lazy()  # a dozen measures read them
    return BrandReport(study, plan, rows, rows.filter(pl.col("_wave") == study.wave), margins, efficiency)


def raked(study):
    """The study with a column of weights that meet the codebook's margins in every wave."""
    import pandas as pd

    parts, margins, efficiency = [], [], {}
    for wave in study.waves:
        one = study.everything.filter(pl.col("_wave") == wave).collect()
        done = rake(one, study.codebook.margins, name=RAKED, missing="own")
        parts.append(done.data)
        margins.append(done.margins.assign(_wave=wave))
        efficiency[wave] = float(done.report["efficiency"].iloc[0])
    everything = pl.concat(parts).lazy()
    waves = {"everything": everything, "now": everything.filter(pl.col("_wave") == study.wave)}
    waves["data"] = everything.filter(pl.col("_wave").is_in([w for w in (study.previous, study.wave) if w]))
    if study.previous is not None:
        waves["before"] = everything.filter(pl.col("_wave") == study.previous)
    return replace(study, weights=RAKED, **waves), pd.concat(margins, ignore_index=True), efficiency
