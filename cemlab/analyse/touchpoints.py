"""The service-touchpoints study: which figures it reports, in the codebook's order, and which claims it may make."""

import pandas as pd

from cemlab.measure.compare import compare_groups, compare_waves
from cemlab.measure.profile import wave_profile
from cemlab.measure.schema import combine
from cemlab.measure.scores import nps, nps_shares, rating_scores
from cemlab.measure.time_before import FEWEST_PERIODS
from cemlab.measure.trend import control_chart


def answered_columns(data, codebook, *roles):
    """Columns with one of the roles that `data` really has, in the codebook's order."""
    have = set(data.collect_schema().names() if hasattr(data, "collect_schema") else data.columns)
    return [column for column in codebook.of_role(*roles) if column.name in have]


def alike(columns):
    """Scale columns with the same bounds and top boxes together, so that one call reduces them in one scan."""
    groups = {}
    for column in columns:
        scale = column.scale
        groups.setdefault((scale.low, scale.high, scale.top_codes), []).append(column.name)
    return groups


def headline(data, codebook, *, by=None, weights=None, cluster=None, level=0.95):
    """NPS, satisfaction (top boxes and mean) and effort, one row per group and figure.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers as `store.scan` gives them.
    codebook : Codebook
        Which columns are asked for what.
    by : str or list of str, optional
        Columns that define the groups.
    weights : str, optional
        Column of case weights.
    cluster : str, optional
        Column of stores, flights or other clusters in which answers are nested.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        Estimates; metrics nps, top_box and mean. The order is the codebook's.
    """
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    frames = [nps(data, column.name, **options) for column in answered_columns(data, codebook, "nps")]
    frames += ratings(data, answered_columns(data, codebook, "outcome", "effort"), **options)
    return in_order(combine(frames), codebook)


def touchpoint_scores(data, codebook, *, by=None, weights=None, cluster=None, level=0.95):
    """Top boxes and mean of every touchpoint, with the column ``stage``; None without touchpoints.

    Arguments as in `headline`.
    """
    columns = answered_columns(data, codebook, "touchpoint")
    if not columns:
        return None
    out = in_order(combine(ratings(data, columns, by=by, weights=weights, cluster=cluster, level=level)), codebook)
    return out.assign(stage=[codebook.columns[item].stage for item in out["item"]])


def ratings(data, columns, **options):
    """Top boxes and means of scale columns, those of the same scale in one call."""
    frames = []
    for (low, high, top), items in alike(columns).items():
        frames.append(rating_scores(data, items, scale=(low, high), top=list(top), **options))
    return frames


def nps_parts(data, codebook, *, by=None, weights=None, cluster=None, level=0.95):
    """Promoters, passives and detractors with the NPS; None where the study does not ask it."""
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    columns = answered_columns(data, codebook, "nps")
    frames = [part for c in columns for part in (nps_shares(data, c.name, **options), nps(data, c.name, **options))]
    return combine(frames) if frames else None


PERIOD_DAYS = {"day": 1, "week": 7, "month": 30.4}


def suitable_period(data, min_n=30):
    """The shortest of day, week and month whose periods hold enough answers on average, or None.

    Judged on the days that have answers, wave by wave: a study with one week of field work a year has no running time,
    and limits drawn through its gaps would mean nothing. None when fewer than eight such periods are covered or less
    than half of the time from the first to the last answer.
    """
    profile = wave_profile(data)
    if profile["first"].isna().all():
        return None
    first, last = pd.to_datetime(profile["first"]), pd.to_datetime(profile["last"])
    covered, whole = ((last - first).dt.days + 1).sum(), (last.max() - first.min()).days + 1
    if covered < whole / 2:
        return None
    for period, length in PERIOD_DAYS.items():
        if covered / length >= FEWEST_PERIODS and profile["answers"].sum() / (covered / length) >= 2 * min_n:
            return period
    return None


def earlier_periods(data, codebook, options):
    """The first and last period before the newest wave when they can carry limits (eight at least), else None.

    Limits from the time before show a change of this wave; limits from all periods would be drawn towards it.
    """
    waves = wave_profile(data)
    columns = answered_columns(data, codebook, "nps", "outcome")
    if len(waves) < 2 or not columns:
        return None
    rules = {"metric": "mean", "scale": (columns[0].scale.low, columns[0].scale.high)}
    periods = control_chart(data, columns[0].name, **rules, **options)
    begin = pd.to_datetime(waves["first"]).max()
    before = periods[(pd.to_datetime(periods["start"]) < begin) & (periods["status"] == "ok")]
    before = before[pd.to_datetime(before["start"]) + pd.Timedelta(days=PERIOD_DAYS[options["period"]] - 1) < begin]
    return (before["at"].iloc[0], before["at"].iloc[-1]) if len(before) >= FEWEST_PERIODS else None


def trend(data, codebook, *, weights=None, period=None, min_n=30):
    """Control charts of NPS and satisfaction by the period that fits; None where time or answers are too few.

    Parameters
    ----------
    data, codebook, weights
        As in `headline`; all waves to be charted.
    period : {"day", "week", "month"}, optional
        `suitable_period` when left out.
    min_n : int, default 30
        Periods with a smaller effective base are not charted.

    Returns
    -------
    pandas.DataFrame or None
        One control chart per question (`control_chart`).
    """
    period = period or suitable_period(data, min_n)
    if period is None:
        return None
    options = {"period": period, "weights": weights, "min_n": min_n}
    options["baseline"] = earlier_periods(data, codebook, options)
    frames = [control_chart(data, c.name, metric="nps", **options) for c in answered_columns(data, codebook, "nps")]
    for (low, high, top), items in alike(answered_columns(data, codebook, "outcome")).items():
        frames.append(control_chart(data, items, metric="top_box", scale=(low, high), top=list(top), **options))
    frames = [frame for frame in frames if (frame["status"] == "ok").sum() >= FEWEST_PERIODS]
    return pd.concat(frames, ignore_index=True) if frames else None


def wave_changes(data, codebook, roles, *, current, previous, weights=None, person=None, cluster=None, level=0.95):
    """Change of each headline or touchpoint figure since the previous wave (top boxes for ratings).

    Parameters
    ----------
    data, codebook, weights, level
        As in `headline`; `data` holds both waves (column ``_wave``).
    roles : list of str
        Roles of the columns compared.
    current, previous : str
        Codes of the waves.
    person : str, optional
        Column that names persons, so that people who answered twice are not counted as independent.
    cluster : str, optional
        Column of stores or other clusters.

    Returns
    -------
    pandas.DataFrame
        Comparisons, one row per column; without a previous wave no row at all.
    """
    options = {"weights": weights, "id": person, "cluster": cluster, "level": level, "current": current}
    return compared(data, codebook, roles, compare_waves, previous=previous, wave="_wave", **options)


def segment_scores(data, codebook, cuts, **options):
    """Headline figures by each segment, one after the other ("(all)" in the columns of the others); options as in `headline`."""
    frames = [headline(data, codebook, by=cut, **options) for cut in cuts]
    return combine(frames, by=list(cuts)) if frames else None


def touchpoint_segments(data, codebook, cuts, **options):
    """Touchpoint figures by each segment, one after the other; None without touchpoints or segments; options as in `headline`."""
    if not cuts or not answered_columns(data, codebook, "touchpoint"):
        return None
    frames = [touchpoint_scores(data, codebook, by=cut, **options) for cut in cuts]
    return combine([frame.drop(columns="stage") for frame in frames], by=list(cuts))


def segment_contrasts(data, codebook, cut, roles=("nps", "outcome"), *, weights=None, cluster=None, level=0.95):
    """Each group of one segment against everyone else (its complement), for the headline figures."""
    options = {"by": cut, "weights": weights, "cluster": cluster, "level": level, "against": "complement"}
    return compared(data, codebook, roles, compare_groups, **options)


def compared(data, codebook, roles, compare, **options):
    """One comparison frame over all columns of the roles, calls grouped by scale."""
    columns = answered_columns(data, codebook, *roles)
    min_n = codebook.bases.min_n
    frames = [compare(data, c.name, metric="nps", min_n=min_n, **options) for c in columns if c.role == "nps"]
    for (low, high, top), items in alike([c for c in columns if c.role != "nps"]).items():
        boxes = {"metric": "top_box", "scale": (low, high), "top": list(top), "min_n": min_n}
        frames.append(compare(data, items, **boxes, **options))
    return in_order(combine(frames), codebook) if frames else None


def in_order(results, codebook):
    """Rows in the codebook's order of columns, groups and metrics as they came."""
    place = {name: index for index, name in enumerate(codebook.columns)}
    rank = results["item"].map(lambda item: place.get(item, len(place)))
    return results.assign(rank__=rank).sort_values("rank__", kind="stable").drop(columns="rank__", errors="ignore")


def candidate_claims(data, codebook, *, wave, previous, segments, weights=None, person=None, cluster=None, level=0.95):
    """Every comparison that may become a sentence: the report's one family of tests.

    Parameters
    ----------
    data : data frame
        Answers of both waves.
    codebook : Codebook
    wave, previous : str
        Codes of this wave and the one before (None: nothing to compare with).
    segments : list of str
        Segment columns cut in this wave.
    weights, person, cluster, level
        As in `wave_changes`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``wave``: changes of headline figures and touchpoints; ``group``: groups of this wave against the rest, with
        the `by` columns of all segments. Empty kinds are left out.
    """
    out = {}
    options = {"weights": weights, "cluster": cluster, "level": level}
    if previous is not None:
        roles = ["nps", "outcome", "effort", "touchpoint"]
        changes = wave_changes(data, codebook, roles, current=wave, previous=previous, person=person, **options)
        out["wave"] = changes
    now = this_wave(data, wave)
    contrasts = [segment_contrasts(now, codebook, cut, **options) for cut in segments]
    contrasts = [frame for frame in contrasts if frame is not None and len(frame)]
    if contrasts:
        out["group"] = combine(contrasts, by=list(segments))
    return {kind: frame for kind, frame in out.items() if frame is not None and len(frame)}


def this_wave(data, wave):
    """Answers of one wave."""
    if isinstance(data, pd.DataFrame):
        return data[data["_wave"] == wave]
    import narwhals as nw

    return nw.from_native(data).filter(nw.col("_wave") == wave).to_native()
