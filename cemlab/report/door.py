"""The last door of a study of employees: one plan for everything that leaves, and a ledger of what has left."""

from dataclasses import replace

import polars as pl

from cemlab.checks import DataError
from cemlab.measure.schema import ALL

WORDS = {"question", "row", "letter", "above", "rest", "banner", "column"}


def with_plan(study, cuts=(), population=None, *, items=None, panel=False, extra=(), known=None):
    """A study with a plan of what may be shown.

    Parameters
    ----------
    study : Study
    cuts : list
        Every cut that the report and its versions for single managers publish; the study's segments are always among them.
    population : polars.LazyFrame, optional
        Respondents of all waves with the columns cut; those of the store when left out.
    items : list of str, optional
        Questions that the figures rest on; all scales of the codebook when left out.
    panel : bool, default False
        Whether those who answered in every wave are shown apart.
    extra : sequence of dict
        Further groups shown already, besides the ledger.
    known : dict of int to frame, optional
        The population at earlier versions of the ledger; read from the store when left out and `population` is not given.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        The total of this wave can no longer be shown, because an earlier report showed it before a few answers came in; or a wave
        was reported with other weights.
    """
    from cemlab.release import open_ledger, plan_release
    from cemlab.store import scan

    book = study.codebook
    if study.rows.only or study.rows.kind:
        raise ValueError(
            f"study {book.name}: reports of employees are of whole waves and of everybody; a manager's version is made from the "
            "same plan, not by keeping to a group or a calendar period."
        )
    everything = study.everything if population is None else population
    have = everything.lazy().collect_schema().names()
    asked = (
        [c.name for c in book.columns.values() if c.type == "scale" and c.name in have]
        if items is None
        else list(items)
    )
    cuts = list(dict.fromkeys(tuple([c] if isinstance(c, str) else c) for c in [*study.segments, *cuts]))
    ledger = [*open_ledger(book).entries, *extra]
    same_weights(study, ledger)
    if known is None and population is None:
        versions = {entry["version"] for entry in ledger} - {study.version, None}
        known = {v: who_answered(scan(book, version=v), asked) for v in versions}
    needed = [
        "_key",
        "_person",
        "_wave",
        *(c for cut in cuts for c in cut),
        *(c for e in ledger for c in e["group"]),
        *asked,
    ]
    kept = [name for name in dict.fromkeys(needed) if name in have]
    plan = plan_release(
        who_answered(everything.lazy().select(kept), asked),
        [list(cut) for cut in cuts],
        person=study.person if study.person in have else None,
        waves=study.waves,
        min_persons=book.privacy.min_persons,
        items=asked,
        panel=panel,
        ledger=ledger,
        versions=known,
    )
    if not plan.shown(_wave=study.wave) and plan.groups["persons"].iloc[plan.at({}, study.wave)] >= plan.min_persons:
        seen = sorted({str(e["version"]) for e in ledger if e["wave"] == study.wave and not e["group"]})
        raise DataError(
            f"study {book.name}: fewer than {plan.min_persons} persons answered since wave {study.wave} was reported from "
            f"version {', '.join(seen)} of the data (now {study.version}); both totals together would tell what these few "
            f"said. Report that version again (version={seen[-1] if seen else study.version}), or wait for more answers."
        )
    return replace(study, plan=plan)


def same_weights(study, ledger):
    """DataError where a wave of this report has been reported with other weights."""
    for entry in ledger:
        before, now = entry.get("weights"), study.weights or "none"
        if entry["wave"] in (study.wave, study.previous) and before not in (None, now):
            raise DataError(
                f"study {study.codebook.name}: wave {entry['wave']} was reported with weights {before!r}, this report has "
                f"{now!r}; two sums of the same answers tell more than either, and could open hidden groups. Report with the "
                "same weights (`weights`, and `staff: groups` of the codebook)."
            )


def who_answered(rows, items):
    """Rows with an answer to any of the questions; an HR list holds everybody."""
    rows = rows.lazy()
    have = [name for name in items if name in rows.collect_schema().names()]
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in have)) if have else rows


def through_door(study, results, *, exact=False):
    """Results of a study of employees as its plan allows; without a plan nothing passes.

    `exact` leaves what is shown as precise as it is also where the codebook asks for no bases and wide steps: for further figures
    made from it, which pass again before anybody sees them.
    """
    from cemlab.release import apply_release

    require_plan(study)
    if not len(results):
        return results
    bounds = {c.name: (c.scale.low, c.scale.high) for c in study.codebook.columns.values() if c.scale}
    means = "metric" in results and (results["metric"] == "mean").any()  # a coefficient has no ends of a scale
    for name, items in (study.codebook.employee_questions.items if means else {}).items():  # means of several items
        ends = [bounds[item] for item in items if item in bounds]
        if ends and name not in bounds:
            bounds[name] = tuple(sum(side) / len(ends) for side in zip(*ends, strict=True))
    return apply_release(
        results, study.plan, wave=study.wave, bounds=bounds, enhanced=study.codebook.privacy.enhanced and not exact
    )


def require_plan(study):
    """ValueError without a plan."""
    if study.plan is None:
        raise ValueError(
            f"study {study.codebook.name}: its persons are employees, and nothing is shown without a plan; call "
            "study.with_plan(cuts) with every cut of the report first."
        )


def last_door(study, results, findings):
    """What `write_outputs` may write: results pass the plan once more, findings about hidden groups lose sentence and figures."""
    if not study.codebook.of_employees:
        return results, findings
    from cemlab.release.coarse import rounded

    passed = {name: None if frame is None else through_door(study, frame) for name, frame in results.items()}
    told = told_findings(study, findings)
    exact = study.codebook.privacy.enhanced and len(told) and told["n"].notna().any()
    return passed, rounded(told) if exact else told


def told_findings(study, findings):
    """Findings without those about groups that are hidden."""
    if not {"cut", "group"} <= set(findings.columns) or not len(findings):
        return findings
    hidden = []
    for cut, group in zip(findings["cut"], findings["group"], strict=True):
        names = cut.split(" × ") if isinstance(cut, str) and cut else []
        codes = dict(zip(names, group.split(" × "), strict=True)) if names else {}
        place = study.plan.at(codes, study.wave) if set(codes) <= set(study.plan.cuts) else None
        hidden.append(place is None or not study.plan.open[place])
    return findings[[not one for one in hidden]].reset_index(drop=True)


def write_down(study, report):
    """Enter what a report of employees shows into the study's ledger."""
    from cemlab.release import open_ledger
    from cemlab.release.same_answers import ONE_CODE, at_end, end_of

    if study.codebook.of_employees:
        own = len(study.plan.groups)
        told = [  # a range is entered as its end: the ledger knows no more than the reader
            (place, kind, n, end_of(n, total) if at_end(total, n, kind[0] in ONE_CODE) else total)
            for (kind, _), cells in study.plan.seen.items()
            for place, (n, total) in cells.items()
            if place < own
        ]
        held = [(place, kind) for (kind, _), places in study.plan.held.items() for place in places if place < own]
        facts = {"report": report, "version": study.version, "weights": study.weights}
        open_ledger(study.codebook).add(study.plan, figures=told, held=held, **facts)


def table_through_door(study, table, banners):
    """Cells of `crosstab` as the plan allows.

    Parameters
    ----------
    study : Study
    table : pandas.DataFrame
    banners : list of str
        As `crosstab` was given them; with "_wave" in them the total holds several waves and is hidden.

    Returns
    -------
    pandas.DataFrame
        The same cells; letters and arrows that refer to hidden columns are gone.
    """
    from cemlab.measure.table_counts import SEPARATOR
    from cemlab.release import apply_release
    from cemlab.report.table_guard import blanked, without_letters

    require_plan(study)
    parts = {"*".join(names): names for names in ([p.strip() for p in entry.split("*")] for entry in banners)}
    pooled = any("_wave" in names for names in parts.values())
    codes = []
    for banner, column in zip(table["banner"], table["column"], strict=True):
        named = dict(zip(parts[banner], str(column).split(SEPARATOR), strict=True)) if banner != ALL else {}
        codes.append({"_wave": study.wave, **dict.fromkeys(study.plan.cuts, ALL), **named})
    framed = table.assign(**{name: [one[name] for one in codes] for name in (*study.plan.cuts, "_wave")})
    bounds = {c.name: (c.scale.low, c.scale.high) for c in study.codebook.columns.values() if c.scale}
    whole = (table["banner"] == ALL).to_numpy() & pooled
    enhanced = study.codebook.privacy.enhanced
    passed = apply_release(framed[~whole], study.plan, bounds=bounds, enhanced=enhanced, labels=tuple(WORDS))
    out = table.copy()
    for column in table.columns:
        if column in passed and not out[column].equals(passed[column]):
            out[column] = out[column].astype(object if out[column].dtype == object else passed[column].dtype)
            out.loc[~whole, column] = passed[column]
    ranges = out.loc[~whole & (out["status"] == "hidden").to_numpy(), ["ci_low", "ci_high"]].copy()
    out = blanked(out, (out["status"] == "hidden") | whole)
    out.loc[ranges.index, ["ci_low", "ci_high"]] = ranges
    return without_letters(out)


def look_for_persons(folder, codebook, outcome):
    """Turn the outcome of a run into a failed one, and take its outputs away, when a study of employees shows rows of persons."""
    from cemlab.codebook import load_codebook
    from cemlab.release import no_person_rows
    from cemlab.report.study import find_codebook

    if not codebook:
        return
    try:
        book = load_codebook(find_codebook(codebook))
    except ValueError:
        return  # the run has said so
    if not book.of_employees:
        return
    columns = [c.name for c in book.of_role("comment", "person", "key", "identifier")]
    try:
        no_person_rows(folder, columns=columns)
    except DataError as error:
        outcome.update(kind="persons", text=str(error).removeprefix("anonymity: "))
        for path in (*folder.glob("*.ipynb"), *folder.glob("*.csv"), *folder.glob("log.txt")):
            path.unlink()
