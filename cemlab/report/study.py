"""What a study notebook opens and leaves: its data at one version, its waves and cuts, and the files it writes."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import polars as pl

from cemlab.checks import nearest, require_choice
from cemlab.codebook import load_codebook
from cemlab.measure.bases import flag_bases
from cemlab.measure.compact import apart
from cemlab.measure.remembered import remember
from cemlab.measure.schema import COMPARISONS, ESTIMATES
from cemlab.paths import codebooks_folder, notebooks_folder, project_root, reports_folder
from cemlab.release import distinct_persons, protect
from cemlab.report.door import last_door, through_door, with_plan, write_down
from cemlab.report.study_rows import SHOWN, Rows, calendar_kind, kept_to, kept_waves, newest_of, read_only
from cemlab.report.table_exports import harmless
from cemlab.report.topics import with_topics

LARGE = 500_000  # answers from which a study is read into memory once instead of being scanned for every figure


@dataclass(frozen=True)
class Study:
    """A study opened for one report; made by `open_study`."""

    codebook: object
    lang: str
    wave: str
    previous: str | None
    waves: list
    everything: object  # lazy frame, all waves that have answers
    data: object  # lazy frame, this wave and the one before
    before: object  # lazy frame, the wave before
    now: object  # lazy frame, this wave
    weights: str | None
    person: str | None
    cluster: str | None
    segments: list
    min_n: int
    version: int
    newest: object
    rows: Rows  # how its answers are read
    plan: object = None  # what may be shown of employees; made by `with_plan`

    @property
    def title(self):
        """The report's title, as a Markdown heading."""
        mark = " · " if self.lang == "zh" else ", "
        kept = kept_to(self.rows.only, self.codebook, self.lang)
        parts = [self.codebook.title(self.lang), *([kept] if kept else [])]
        return f"# {mark.join([*parts, self.codebook.wave_label(self.wave, self.lang)])}"

    @property
    def design(self):
        """Keyword arguments that every comparison of this study shares."""
        return {"weights": self.weights, "cluster": self.cluster}

    def shown(self, results, data=None, before=None):
        """Results as they may be shown: small bases blanked or marked, groups of few persons hidden.

        `data` is what the results were counted on (this wave when left out), `before` the answers they are compared with
        (the wave before when left out). None stays None.
        """
        if results is None:
            return None
        bases, privacy = self.codebook.bases, self.codebook.privacy
        flagged = flag_bases(results, min_n=self.min_n, low_n=max(self.min_n, bases.low_n))
        if self.codebook.of_employees:
            return through_door(self, flagged)
        cuts = cut_columns(results, self.codebook)
        persons = distinct_persons(self.now if data is None else data, cuts, person=self.person)
        asked_before, before = self.before if before is None else before, None
        if self.previous is not None and "reference" in results and (results["reference"] == self.previous).any():
            before = distinct_persons(asked_before, cuts, person=self.person)
        return protect(flagged, persons, min_persons=privacy.min_persons, reference_persons=before)

    def with_plan(self, cuts=(), population=None, **options):
        """This study with a plan of what may be shown (see `report.door.with_plan`); without employees, as it is."""
        return with_plan(self, cuts, population, **options) if self.codebook.of_employees else self

    def candidates(self, make):
        """Candidate claims made by `make` (a study's `candidate_claims`), as they may be shown."""
        waves = {"wave": self.wave, "previous": self.previous}
        frames = make(self.data, self.codebook, **waves, segments=self.segments, person=self.person, **self.design)
        return {kind: self.shown(frame) for kind, frame in frames.items()}


def open_study(
    codebook, *, wave="latest", version=None, weights="codebook", by=(), min_n=None, lang="zh", only=(), in_memory=True
):
    """Open a study for a report.

    Parameters
    ----------
    codebook : str or pathlib.Path
        The study's codebook.
    wave : str, default "latest"
        Code of the wave reported; "latest" is the last one in the codebook that has answers. A calendar period that is no
        wave (2026-10, 2026-W43, 2026-Q3, 2026-10-05) cuts the study into months, weeks, quarters or days of the local date.
    version : int, optional
        Version of the store; the newest when left out.
    weights : str, default "codebook"
        Weight column; "codebook" takes the one with role weight, if any; "none" reports unweighted.
    by : list of str
        Segments cut; empty means all that the codebook names and the wave has answers for.
    min_n : int, optional
        Base under which no figure is shown; the codebook's when left out or 0.
    lang : {"zh", "en"}
    only : list of str
        Keep to answers of some groups: "hotel=03" (a column with role segment, store or cluster, and a code).
    in_memory : bool, default True
        Read a study of many answers into memory, for many figures; false only to look whether it can be opened.

    Returns
    -------
    Study

    Raises
    ------
    ValueError
        An unknown wave, weight column or segment, or no answers at all; the message names those there are.
    """
    from cemlab.store import current_version, freshness

    require_choice(lang, ("zh", "en"), name="lang", where="study")
    if min_n is not None and min_n < 0:
        raise ValueError(f"study: `min_n` is {min_n}; it is a number of answers, 0 or more (0: the codebook's).")

    book = with_topics(load_codebook(find_codebook(codebook)))
    at = current_version(book) if version is None else version
    rows = Rows(book, at, calendar_kind(wave, book), read_only(only, book))
    waves = rows.present()
    if not waves:
        raise ValueError(f"study {book.name}: the store holds no answers yet; run `cemlab ingest FILE --codebook ...`.")
    chosen = waves[-1] if wave == "latest" else str(wave)
    if chosen not in waves:
        shown = waves[-SHOWN["week"] :]
        raise ValueError(f"study {book.name}: no answers of wave {wave!r}; there are {shown}.")
    waves = waves[: waves.index(chosen) + 1]
    waves = waves[-SHOWN[rows.kind] :] if rows.kind else waves
    everything = remember(rows.read(waves))
    if rows.only:  # the groups a report is kept to need not have answered in every wave
        everything, waves = kept_waves(everything, waves, chosen, book)
        remember(everything)
    previous = waves[-2] if len(waves) > 1 else None
    parts = None
    if in_memory and LARGE <= everything.select(pl.len()).collect().item():
        parts = apart(everything, "_wave", waves)
        everything = of_waves(everything, waves, parts)
    data = of_waves(everything, [w for w in (previous, chosen) if w is not None], parts)
    now = of_waves(everything, [chosen], parts)
    have = now.collect_schema().names()
    segments = [column.name for column in book.of_role("segment") if column.type != "multiple" and column.name in have]
    unknown = [cut for cut in by if cut not in segments]
    if unknown:
        hint = nearest(unknown[0], segments)
        near = f" Did you mean {hint!r}?" if hint else ""
        there = f"There are {segments}." if segments else "Its codebook gives no column the role segment."
        raise ValueError(f"study {book.name}: {unknown[0]!r} is no segment.{near} {there}")
    return Study(
        codebook=book,
        lang=lang,
        wave=chosen,
        previous=previous,
        waves=waves,
        everything=everything,
        data=data,
        before=None if previous is None else of_waves(everything, [previous], parts),
        now=now,
        weights=weight_column(book, weights, have),
        person="_person" if book.only("person") else None,
        cluster=getattr(book.only("cluster"), "name", None),
        segments=list(by) or answered(now, segments),
        min_n=int(min_n or book.bases.min_n),
        version=at,
        newest=newest_of(everything) if rows.only else freshness(book, version=at),
        rows=rows,
    )


def of_waves(answers, waves, parts=None):
    """Answers of some waves; `parts` are those held apart (`measure.compact.apart`), if any."""
    if parts is not None:
        return remember(pl.concat([parts[wave] for wave in waves], rechunk=False).lazy())
    return remember(answers.filter(pl.col("_wave").is_in(waves)))


def find_codebook(path):
    """A codebook's path: as given, else from the project's root, else among those that come with cemlab."""
    path = Path(path)
    places = [path, project_root() / path, codebooks_folder() / path.name]
    return next((place for place in places if place.is_file()), path)


def weight_column(book, weights, have):
    """The weight column that a report's parameter means, or None."""
    if weights in ("none", "", None):
        return None
    named = getattr(book.only("weight"), "name", None)
    if weights == "codebook":
        return named if named in have else None
    if weights not in have:
        others = f"codebook, none or {named!r}" if named else "none: its codebook names no weight"
        raise ValueError(f"study {book.name}: no weight column {weights!r}; write {others}.")
    return weights


def answered(now, segments):
    """Segments with at least two groups in this wave."""
    if not segments:
        return []
    counted = now.select([now_column(name) for name in segments]).collect()
    return [name for name in segments if counted[name][0] >= 2]


def now_column(name):
    """Number of distinct groups of a segment."""
    return pl.col(name).drop_nulls().n_unique().alias(name)


def cut_columns(results, codebook):
    """The `by` columns of a result: questions of the codebook, or the wave; a question may be named as a figure is."""
    figures = {*ESTIMATES, *COMPARISONS}
    return [c for c in results.columns if (c in codebook.columns or c == "_wave") and c not in figures]


def write_outputs(out, *, results, findings, study, seed, **facts):
    """Leave a report's figures beside it: results.csv, findings.csv and facts.json.

    Parameters
    ----------
    out : str or pathlib.Path
        The report's folder.
    results : list of pandas.DataFrame
        Frames as shown (bases flagged, small groups hidden), estimates or comparisons.
    findings : pandas.DataFrame
        The report's findings.
    study : Study
    seed : int
    facts
        Anything more that the manifest should name.
    """
    out = Path(out) if Path(out).is_absolute() else project_root() / out
    out.mkdir(parents=True, exist_ok=True)
    results, findings = last_door(study, results, findings)
    frames = [frame.assign(part=name) for name, frame in results.items() if frame is not None and len(frame)]
    table = pd.concat(frames, ignore_index=True)
    cuts = cut_columns(table, study.codebook)
    first = ["part", *cuts]
    table = table[[*first, *(c for c in table.columns if c not in first)]]
    for name, rows in (("results.csv", table), ("findings.csv", findings)):
        texts = rows.select_dtypes(include=["object", "string"]).columns
        safe = rows.assign(**{column: rows[column].map(harmless) for column in texts})
        safe.to_csv(out / name, index=False, encoding="utf-8", lineterminator="\n")
    known = {
        "study": study.codebook.study,
        "codebook": study.codebook.name,
        "codebook_hash": study.codebook.hash(),
        "data_version": study.version,
        "wave": study.wave,
        "previous": study.previous,
        "weights": study.weights,
        "newest_answer": str(study.newest) if study.newest else None,
        "only": study.rows.only,
        "answers": answers_by_wave(study),
        "seed": seed,
    }
    text = json.dumps(known | facts, ensure_ascii=False, indent=1, sort_keys=True)
    (out / "facts.json").write_text(text + "\n", encoding="utf-8")
    write_down(study, out.name)


def answers_by_wave(study):
    """Number of answers of each wave the report looks back on."""
    counted = study.everything.group_by("_wave").len().collect()
    found = dict(counted.select("_wave", "len").iter_rows())
    return {wave: found.get(wave, 0) for wave in study.waves}


def notebook_of(study):
    """The notebook of a study: a path to a .ipynb, or the name of one that comes with cemlab.

    Raises
    ------
    FileNotFoundError
        No such notebook; the message names those there are.
    """
    path = Path(study)
    if path.suffix == ".ipynb":
        if not path.is_file():
            raise FileNotFoundError(f"render: no notebook {path.as_posix()!r}; give the path of an .ipynb file.")
        return path
    found = notebooks_folder() / f"{study}.ipynb"
    if not found.is_file():
        known = sorted(p.stem for p in notebooks_folder().glob("*.ipynb") if p.stem != "start")
        hint = nearest(study, known)
        near = f" Did you mean {hint!r}?" if hint else ""
        raise FileNotFoundError(f"render: no study {str(study)!r}.{near} There is {known}; or give an .ipynb file.")
    return found


def report_folder(study, parameters):
    """Where a report goes when nobody says: reports/<codebook's or study's name>/<wave>."""
    name = Path(parameters["codebook"]).stem if parameters.get("codebook") else Path(study).stem
    return reports_folder() / name / (parameters.get("wave") or "latest")
