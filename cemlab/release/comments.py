"""Comments of employees: of groups large enough only, masked, in an order that tells nothing, and what to read before."""

import re

import numpy as np
import pandas as pd
import polars as pl

from cemlab.checks import require_columns
from cemlab.masking_staff import mask_staff
from cemlab.measure.schema import ALL, MISSING
from cemlab.store import lake_folder

OTHERS = "(others)"
RISKS = {
    "the only one": r"唯一|只有我|就我一个|我是(?:部门|组里|团队|公司|班里)|独自|\bonly (?:one|woman|man|person)\b|\bthe only\b",
    "a time": r"上周|上个?月|昨天|前天|今天|周[一二三四五六日天]|星期[一二三四五六日天]|[0-9一二三四五六七八九十两]+(?:年|个月|周)(?:前|以来|了|多)|\b(?:last|since|on) (?:week|month|monday|tuesday|wednesday|thursday|friday|[0-9]{4})\b",
    "time of service": r"入职|转正|试用期|调来|调到|调岗|实习|应届|工龄|退休|\bjoined\b|\bprobation\b|\btransferred\b",
    "health or family": r"怀孕|产假|哺乳|孕期|离婚|结婚|二胎|孩子|手术|住院|生病|残疾|抑郁|\bpregnan|\bmaternity\b|\bsurgery\b|\bdivorc|\bdisab",
    "origin or belief": r"少数民族|回族|藏族|维吾尔|蒙古族|信仰|教徒|外籍|老乡|籍贯|\bmuslim\b|\bchristian\b|\bforeign",
    "a post": r"组长|班长|主管|经理|总监|秘书|出纳|会计|前台|司机|夜班|值班|工会|人事|\bteam lead|\bsupervisor\b|\bmanager\b",
    "an amount": r"[0-9]+(?:\.[0-9]+)?(?:元|块|万|千|k|K|%|％)|\b[0-9]{3,}\b",
    "a case": r"投诉|举报|仲裁|处分|记过|骚扰|打架|辞退|开除|事故|\bharass|\bgrievance\b|\bfired\b|\baccident\b",
    "a name": r"[“\"「《][^”\"」》]{2,12}[”\"」》]|\b[A-Z][a-z]+ [A-Z][a-z]+\b|[A-Z]{2,}[0-9]*",
}
AROUND = 8  # characters shown on each side of a detail


def release_comments(data, text, plan, *, by=None, person="_person", wave=None, min_persons=15, names=(), seed=0):
    """Comments as they may be shown.

    Parameters
    ----------
    data : pandas or polars data frame (eager or lazy)
        One row per answer of one wave.
    text : str
        Column of the comments.
    plan : Plan
    by : str, optional
        The one cut they are sorted by; without it they stand together.
    person : str or None, default "_person"
    wave : str, optional
        Their wave in the plan; the newest when left out.
    min_persons : int, default 15
        Fewest persons who wrote, in every group shown; not under the plan's own minimum.
    names : sequence of str
        Names of employees (from HR data), masked wherever they stand.
    seed : int, default 0

    Returns
    -------
    pandas.DataFrame
        ``group`` and ``text``. Groups that are hidden or in which too few wrote stand together as "(others)" where these are
        enough, and nowhere else. The order depends on the texts and the seed only.

    Raises
    ------
    ValueError
        A cross of cuts, an unknown column, a group that the plan does not know, `min_persons` under the plan's.

    Notes
    -----
    Show one list a report: a comment that stands in a list of all and in none of the groups' lists belongs to a hidden group.
    """
    where = "release_comments"
    if by is not None and not isinstance(by, str):
        raise ValueError(
            f"{where}: `by` is {by!r}; comments never stand beside a cross of segments. Name one cut or none."
        )
    if min_persons < plan.min_persons:
        raise ValueError(f"{where}: `min_persons` is {min_persons}, under the plan's {plan.min_persons}; take more.")
    frame = data.lazy().collect().to_pandas() if isinstance(data, (pl.DataFrame, pl.LazyFrame)) else data
    require_columns(frame.columns, [text, *([by] if by else []), *([person] if person else [])], where)
    frame = frame[frame[text].notna() & frame[text].astype(str).str.strip().ne("")].reset_index(drop=True)
    group = (
        frame[by].astype(object).where(frame[by].notna(), MISSING).astype(str)
        if by
        else pd.Series(ALL, index=frame.index)
    )
    own = pd.Series(frame.index.astype(str), index=frame.index)
    writer = frame[person].astype(object).where(frame[person].notna(), own) if person else own
    writers = writer.groupby(group).nunique()
    open_ = {}
    for name in writers.index:
        place = plan.at({by: name} if by else {}, wave or plan.wave)
        if place is None:
            raise ValueError(f"{where}: the plan knows no group {name!r} of {by!r}; make it with this cut.")
        open_[name] = bool(plan.open[place]) and writers[name] >= min_persons
    group = group.where(group.map(open_).astype(bool), OTHERS)
    if writer[group == OTHERS].nunique() < min_persons:
        frame, group = frame[group != OTHERS], group[group != OTHERS]
    out = pd.DataFrame(
        {"group": group.to_numpy(object), "text": [mask_staff(t, names) for t in frame[text].astype(str)]}
    )
    out = out.sort_values(["group", "text"], kind="stable", ignore_index=True)
    shuffled = np.random.default_rng(seed).permutation(len(out))
    return out.iloc[shuffled].sort_values("group", kind="stable", ignore_index=True)


def comment_risks(texts):
    """Details in comments that colleagues may recognise somebody by, to be read before comments are shown.

    Parameters
    ----------
    texts : iterable of str
        Comments as they would be shown (masked).

    Returns
    -------
    pandas.DataFrame
        ``number`` (of the comment, from 1), ``kind``, ``detail`` with a few characters around it.

    Notes
    -----
    Masking takes out what names a person; what was done, when, by whom or to whom may name them as well, and only a reader who
    knows the house sees that. The list is no proof that other comments are harmless.
    """
    rows = []
    for number, text in enumerate(texts, start=1):
        for kind, pattern in RISKS.items():
            for match in re.finditer(pattern, text):
                start, end = max(0, match.start() - AROUND), match.end() + AROUND
                rows.append({"number": number, "kind": kind, "detail": text[start:end].replace("\n", " ")})
    return pd.DataFrame(rows, columns=["number", "kind", "detail"])


def write_risks(comments, codebook, *, name, lake=None):
    """Write the comments' details to be checked into the study's folder of the store, never into a report; its path."""
    folder = lake_folder(lake) / codebook.name / "check"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub(r'[^0-9A-Za-z_.-]', '_', name)}_comments.csv"
    risks = comment_risks(comments["text"])
    full = risks.assign(group=[comments["group"].iloc[n - 1] for n in risks["number"]])
    full = full.assign(comment=[comments["text"].iloc[n - 1] for n in risks["number"]])
    safe = full.assign(**{c: full[c].map(harmless) for c in ("group", "detail", "comment")})
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    path.chmod(0o600)
    return path


def harmless(text):
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
