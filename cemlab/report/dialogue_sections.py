"""The part of a report on conversations with customer service: by team, with intervals, without quotations or persons."""

from datetime import date

import pandas as pd

from cemlab.measure.bases import flag_bases
from cemlab.measure.schema import ALL
from cemlab.report.dialogue_words import MAIN, MEASURES, TITLES, WORDS
from cemlab.report.figures import show_figure
from cemlab.report.rows import interval_text
from cemlab.report.study_rows import calendar_days, kept_to
from cemlab.report.tables import show_table

WIDE = 6  # teams that still stand as columns; measures then stand as columns, as many a table
SHOWN = ("ok", "low_base")


def say(key, lang, **words):
    """A word or sentence of this section."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def conversations(given, turns=None, *, lang=None, min_n=None, name_of=None, sentiment="model", shown=None, days=None):
    """Show conversations by team: what was measured, a picture, a table, and the rules of quality that were broken.

    Parameters
    ----------
    given : Study or cemlab.collect.dialogues.Turns
        A study, whose wave, language and names of teams are taken, or messages alone, read by `read_dialogues`.
    turns : Turns, optional
        The study's messages, from `cemlab.collect.dialogues.open_dialogues`; None: there are none, and a sentence says so.
    lang : {"zh", "en"}, optional
        The study's, else zh.
    min_n : int, optional
        Conversations under which no figure is shown; the study's, else 30.
    name_of : callable, optional
        Code of a team -> what it is called.
    sentiment : "model", None or callable
        As in `conversation_measures`.
    shown : callable, optional
        Applied to the estimates before anything is displayed: the study's rule of what may be released.
    days : (date, date), optional
        Conversations that began on these days; the study's wave.

    Returns
    -------
    pandas.DataFrame or None
        The estimates, column ``team`` ("(all)": all); None where there is no file or no conversation.
    """
    from IPython.display import Markdown, display

    from cemlab.text.dialogue_quality import load_rules, quality_flags, quality_scores
    from cemlab.text.dialogue_scores import dialogue_scores

    study = given if hasattr(given, "codebook") else None
    lang, min_n = lang or getattr(study, "lang", "zh"), min_n or getattr(study, "min_n", 30)
    if study is not None:
        part = study.codebook.conversations
        if turns is None:
            told = say("not_named", lang) if part is None else say("absent", lang, name=part.table)
            display(Markdown(f"*{told}*"))
            return None
        if study.rows.only:
            kept = kept_to(study.rows.only, study.codebook, lang)
            display(Markdown(f"*{say('kept', lang, kept=kept)}*"))
            return None
        name_of = name_of or (lambda code: part.team_name(code, lang))
        days, given = days or wave_days(study), turns
    measures = measured(given, sentiment, days)
    if not len(measures):
        display(Markdown(f"*{say('none_now', lang)}*"))
        return None
    display(Markdown(opening(given, measures, lang)))
    rules = load_rules(given.part.cues)
    flagged = quality_flags(measures, rules)
    frames = [lambda by: dialogue_scores(flagged, by=by, min_n=min_n)]
    frames.append(lambda by: quality_scores(flagged, rules, by=by, min_n=min_n))
    teams = sorted(flagged["team"].dropna().unique())
    kinds = []
    for make in frames:
        parts = [make(None).assign(team=ALL)] + ([make("team")] if teams else [])
        out = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
        out = flag_bases(out, min_n=min_n, low_n=max(100, min_n))
        kinds.append(out if shown is None else shown(out))
    names = [(ALL, say("all", lang))] + [(team, (name_of or str)(team) or team) for team in teams]
    show_picture(kinds[0], names, lang)
    which = 0 if lang == "zh" else 1
    measures_named = {key: text[which] for key, text in MEASURES.items()}
    display(*as_tables(kinds[0], measures_named, names, "table", "measure", lang))
    broken = {("share", name): rule.get(lang) or name for name, rule in rules.items()}
    if len(kinds[1]):
        display(*as_tables(kinds[1], broken, names, "quality", "rule", lang))
    return pd.concat(kinds, ignore_index=True)


def wave_days(study):
    """First and last day of the wave or calendar period reported, or None where the codebook gives none."""
    if study.rows.kind:
        return calendar_days(study.rows.kind, study.wave)
    wave = study.codebook.waves.get(study.wave)
    return None if wave is None or not (wave.start or wave.end) else (wave.start or date.min, wave.end or date.max)


def measured(turns, sentiment, days):
    """Measures of the conversations that began on the days wanted, as pandas."""
    from cemlab.text.dialogue import conversation_measures, load_cues

    part = turns.part
    codes = {name: getattr(part, name) for name in ("customer", "agent", "other") if hasattr(part, name)}
    out = conversation_measures(
        turns.frame, cues=load_cues(part.cues), keep=["team"], sentiment=sentiment, **codes
    ).to_pandas()
    if days is None:
        return out
    began = out["started"].dt.date
    return out[(began >= days[0]) & (began <= days[1])].reset_index(drop=True)


def opening(turns, measures, lang):
    """How many conversations, when, and which version of the table."""
    return say(
        "opening",
        lang,
        n=f"{len(measures):,}",
        messages=f"{int(measures['messages'].sum()):,}",
        first=f"{measures['started'].min():%Y-%m-%d}",
        last=f"{measures['started'].max():%Y-%m-%d}",
        masked=f"{turns.masked:,}",
        version=turns.version[:8],
    )


def show_picture(estimates, names, lang):
    """The main measures as dots with intervals."""
    from IPython.display import display

    from cemlab.report.charts_dialogue import team_panels

    which = 0 if lang == "zh" else 1
    title, note = TITLES["picture"][which]
    panels = {key: MEASURES[key][which] for key in MAIN}
    drawn = estimates[[key in panels for key in zip(estimates["metric"], estimates["item"], strict=True)]]
    if drawn["status"].isin(SHOWN).any():
        display(show_figure(team_panels(drawn, panels, names=names, lang=lang), title=title, note=note))


def as_tables(estimates, rows, names, key, head, lang):
    """Measures in rows and teams in columns; turned round, a few measures a table, when there are many teams."""
    if len(names) - 1 <= WIDE:
        return [as_table(estimates, rows, names, key, head, lang)]
    keys = list(rows)
    size = -(-len(keys) // -(-len(keys) // WIDE))  # tables of nearly the same width
    parts = [keys[start : start + size] for start in range(0, len(keys), size)]
    return [
        as_table(
            estimates, {k: rows[k] for k in part}, names, key, head, lang, f" {i}/{len(parts)}" if parts[1:] else ""
        )
        for i, part in enumerate(parts, 1)
    ]


def as_table(estimates, rows, names, key, head, lang, count=""):
    """One table of these measures."""
    cells = {(r["metric"], r["item"], r["team"]): r for r in estimates.to_dict("records")}
    out = {}
    for code, name in names:
        found = [cells.get((*row, code)) for row in rows]
        out[name] = [interval_text(r, r["unit"]) if r is not None and r["status"] in SHOWN else "—" for r in found]
    frame = pd.DataFrame({say(head, lang): list(rows.values()), **out})
    answered = estimates[estimates["item"] == "answered"]
    counted = {r["team"]: f"{r['n']:,.0f}" if r["n"] > 0 else "—" for r in answered.to_dict("records")}
    if counted:
        base = [say("n", lang), *(counted.get(code, "—") for code, _ in names)]
        frame = pd.concat([pd.DataFrame([base], columns=frame.columns), frame], ignore_index=True)
    if len(names) - 1 > WIDE:
        frame = frame.set_index(say(head, lang)).T.reset_index(names=say("team", lang))
    title, note = TITLES[key][0 if lang == "zh" else 1]
    heads = {column: column for column in frame.columns}
    return show_table(frame, lang=lang, title=title + count, note=note, heads=heads)
