"""A first codebook from an export: facts taken over, guesses marked as guesses."""

import json
import re
from pathlib import Path

from cemlab.collect.exports import read_export
from cemlab.collect.guess import MAIN_TIME, guess_column
from cemlab.collect.ratings import DEMOGRAPHIC, Guess, find_batteries
from cemlab.collect.reviews import NAMED, review_guesses

MOST_SEGMENTS = 12
NUMBERED = re.compile(r"^\s*\d+\s*[、.．]\s*")
RESULT_COLUMNS = {  # of `measure.schema`: a question named so could not be a cut
    *(
        "metric",
        "item",
        "at",
        "unit",
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "n",
        "n_eff",
        "n_missing",
        "level",
        "method",
    ),
    *("status", "reference", "n_reference", "n_eff_reference", "reference_estimate", "difference", "difference_se"),
    *("difference_low", "difference_high", "p_value", "p_adjusted", "adjust"),
}
MADE = ("label", "probability", "opinion")  # what the report on comments calls its own columns
ONCE = ("person", "weight", "time", "consent", "nps", "key")
HEAD = """\
# 由导出文件起草的代码本，须人工核对 / A codebook drafted from an export: to be checked by a person.
# 标有 "guess" 的行为推测 / Lines marked "guess" are guesses.
"""


def draft_codebook(path, *, name=None):
    """Draft a codebook from an export file.

    Parameters
    ----------
    path : str or pathlib.Path
        A file that `read_export` reads.
    name : str, optional
        Name of the table in the store (small letters, digits, _). Without it, made from the file's name.

    Returns
    -------
    str
        YAML that `cemlab.codebook.load_codebook` accepts. Labels, wording, declared missing codes and multi-answer sets
        of the file are taken over; roles and scales are guessed, marked ``# guess`` and listed at the top. Options of
        unlabelled questions are listed only when there are at most 30, each given at least 3 times; open answers never
        appear.

    Raises
    ------
    DataError, FileNotFoundError
        As `read_export`.
    ValueError
        A `name` the store would not take.
    """
    export = read_export(path)
    name = name or _table_name(Path(path).name)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ValueError(
            f"draft_codebook: `name` is {name!r}; use small letters, digits and _, starting with a letter."
        )
    sets, grouped = _sets(export)
    guesses = {c: _guess(export, c) for c in export.frame.columns if c not in grouped}
    reviews = review_guesses(export, guesses)
    if reviews is None:
        find_batteries(guesses)
    _settle(guesses, export.wording)
    aliases = {alias for known in sets.values() for alias in known["aliases"]} | set(export.frame.columns)
    taken, lines, checks, left, done = set(RESULT_COLUMNS), [], [], [], set()
    for column in export.frame.columns if reviews is None else guesses:
        if column in grouped:
            question = grouped[column]
            if question and question not in done:
                done.add(question)
                canonical = _canonical(
                    export.wording.get(question) or question, taken, aliases - set(sets[question]["aliases"])
                )
                lines.append(
                    _line(canonical, sets[question], "several answers" if export.layout == "google_forms" else "")
                )
            elif not question:
                left.append(f"{_bare(column)}: holds joined answers, or stands in another set already")
            continue
        guess = guesses[column]
        if guess.role is None:
            left.append(f"{_bare(column)}: {guess.why}")
            continue
        words = export.wording.get(column, "")
        named = column if column.isascii() or not words else words
        named = f"{named}_given" if reviews is not None and named.lower() in MADE else named
        canonical = _canonical(named, taken, aliases - {column})
        lines.append(_line(canonical, _fields(column, words, guess), guess.why if guess.weak else ""))
        if guess.weak:
            checks.append(f"{canonical}: {guess.role}" + (f", {guess.why}" if guess.why else ""))
    roles = {guess.role for guess in guesses.values()}
    if reviews is None and not roles & {"nps", "outcome", "effort"}:
        checks.insert(0, "no question rates the whole: the report needs one with the role nps, outcome or effort")
    return _document(name, Path(path).name, export, lines, checks, left, "touchpoint" in roles, reviews)


def _document(name, source, export, lines, checks, left, touchpoints, reviews=None):
    """The whole YAML text."""
    notes = [f"#   {d['zh']} / {d['en']}" for d in export.decisions]
    parts = [HEAD + f"# 来源 / source: {_bare(source)} ({export.frame.height:,} x {export.frame.width})", *notes]
    if checks:
        parts += ["# 请核对 / check these guesses:", *(f"#   {one}" for one in checks)]
    if left:
        parts += ["# 未收入 / left out (add a role to keep them):", *(f"#   {one}" for one in left)]
    kind, others = "service_touchpoints", "brand_health, product_concept, employee_engagement, word_of_mouth"
    if reviews is not None:
        kind, others = "word_of_mouth", "service_touchpoints, if this is a survey"
    parts += ["", f"study: {kind}  # guess: or {others}", f"name: {name}"]
    if reviews:
        parts.append(f"lexicon: {reviews}  # guess: aspects looked for; a name of data/lexicons or a file of your own")
    title = (f"客户体验调查（{name}）", f"Customer survey ({name})") if reviews is None else NAMED[reviews]
    parts += [
        f"title: {{zh: {_text(title[0])}, en: {_text(title[1])}}}  # guess: name the study",
        "timezone: Asia/Shanghai  # guess",
    ]
    if touchpoints:
        parts += [
            "stages:",
            "  stage_1: {zh: 阶段一, en: Stage 1}  # guess: name the stages of the journey and sort the touchpoints into them",
        ]
    return "\n".join([*parts, "columns:", *(lines or ["  {}"])]) + "\n"


def _guess(export, column):
    """The guess for one column of the export."""
    known = {"总分": "the tool's own score", "所用时间": "seconds"}
    if export.layout.startswith("wenjuanxing") and column in known and export.frame[column].dtype.is_numeric():
        return Guess("operational", why=known[column])
    return guess_column(
        export.frame[column],
        export.wording.get(column, ""),
        export.options.get(column, {}),
        export.missing.get(column, {}),
    )


def _settle(guesses, wording):
    """Roles that may stand once go to the best column; of many closed questions only the demographic ones are segments."""
    for role in ONCE:
        found = [c for c, g in guesses.items() if g.role == role]
        if role == "time":
            found.sort(key=lambda c: not MAIN_TIME.search(c))
        for column in found[1:]:
            if role == "nps":
                guesses[column].role = "outcome"
            else:
                guesses[column] = Guess(None, why=f"looks like a {role}, as {_bare(found[0])} does")
    closed = [c for c, g in guesses.items() if g.role == "segment"]
    if len(closed) > MOST_SEGMENTS:
        for column in closed:
            if not DEMOGRAPHIC.search(f"{column} {wording.get(column, '')}"):
                guesses[column].role = "question"


def _sets(export):
    """Multi-answer questions as codebook fields, and which columns they take up ({column: question or ""})."""
    sets, grouped = {}, {}
    for question, columns in export.multiple.items():
        if any(column in grouped for column in columns.values()):
            grouped.update({c: "" for c in columns.values() if c not in grouped})
            continue
        words = export.wording.get(question, "")
        aliases = [question]
        if export.layout == "wenjuanxing_text" and (match := re.match(r"第(\d+)题$", question)):
            aliases.append(f"{match[1]}、{words}")
        options = {str(i): label for i, label in enumerate(columns, start=1)}
        sets[question] = {
            "role": "segment",
            "type": "multiple",
            "title": words or NUMBERED.sub("", question),
            "aliases": aliases,
            "options": options,
        }
        if export.layout.startswith("wenjuanxing"):
            sets[question]["missing"] = {"-3": "not_asked", "-2": "no_answer"}
        grouped.update(dict.fromkeys(columns.values(), question))
        if question in export.frame.columns:
            grouped[question] = ""
    return sets, grouped


def _fields(column, words, guess):
    """The codebook fields of one column, in the order of the codebook."""
    fields = {"role": guess.role, "title": words or NUMBERED.sub("", column), "aliases": [column]}
    if guess.role == "touchpoint":
        fields["stage"] = "stage_1"
    return {**fields, **guess.fields}


def _line(canonical, fields, why):
    """One column in YAML flow form, with its check beside it."""
    parts = []
    for key, value in fields.items():
        if key == "title":
            value = _label(value)
        elif key == "options":
            value = "{" + ", ".join(f"{_text(code)}: {_label(label)}" for code, label in value.items()) + "}"
        elif isinstance(value, dict):
            value = "{" + ", ".join(f"{_text(k) if key == 'missing' else k}: {v}" for k, v in value.items()) + "}"
        elif isinstance(value, (list, tuple)):
            value = "[" + ", ".join(map(_text, value)) + "]"
        parts.append(f"{key}: {value}")
    return f"  {canonical}: {{{', '.join(parts)}}}" + (f"  # guess: {why}" if why else "")


def _label(text, most=80):
    """A label in the language its letters show, or in those it is given in."""
    if isinstance(text, dict):
        return "{" + ", ".join(f"{language}: {_text(words)}" for language, words in text.items()) + "}"
    text = " ".join(str(text).split())
    text = text if len(text) <= most else text[: most - 1] + "…"
    language = "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
    return f"{{{language}: {_text(text)}}}"


def _text(value):
    """A scalar that YAML reads as this very text."""
    return json.dumps(str(value), ensure_ascii=False)


def _bare(text):
    """A name on one line, for comments."""
    return " ".join(str(text).split())


def _canonical(text, taken, others):
    """A column name for the codebook: letters, digits, single _; not taken, and no other column's alias."""
    base = NUMBERED.sub("", str(text)).strip()
    base = re.sub(r"_+", "_", re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]+", "_", base)).strip("_").lower()[:40].strip("_")
    base = base if re.match(r"[a-z\u4e00-\u9fff]", base) else f"q_{base}".rstrip("_")
    name, times = base, 1
    while name in taken or name in others:
        times += 1
        name = f"{base}_{times}"
    taken.add(name)
    return name


def _table_name(file):
    """A table name out of a file's name."""
    base = re.sub(r"[^a-z0-9]+", "_", file.split(".")[0].lower()).strip("_")
    return base[:40].strip("_") if re.match(r"[a-z]", base) else f"study_{base}".strip("_")[:40]
