"""What may be wrong in a case: figures without rows, numbers typed by hand, verbs without evidence, reports that moved on."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cemlab.paths import data_folder, reports_folder
from cemlab.report.manifest import require_rendered
from cemlab.report.whitepaper_rows import finding_of, open_report, rows_for, shown
from cemlab.report.whitepaper_text import FACT, REFERENCE, Problem, read_case, typed_numbers

UP = "上升|提升|提高|增长|增加|改善|好转|回升|走高|升至|rose|risen|rise[sn]?|increas\\w+|improv\\w+|grew|went up"
DOWN = (
    "下降|下滑|降低|减少|恶化|回落|走低|跌|降至|fell|fallen|falls?|drop\\w*|declin\\w+|decreas\\w+|worsen\\w+|went down"
)
ABOVE, BELOW = "高于|领先|优于|above|ahead of|higher than", "低于|落后|逊于|不及|below|behind|lower than"
VERBS = {"up": (UP, "wave"), "down": (DOWN, "wave"), "above": (ABOVE, "group"), "below": (BELOW, "group")}
SIGN = {"up": "up", "down": "down", "above": "up", "below": "down"}
DENIED = re.compile(
    r"(?:未见|没有|未曾|并未|并无|不是|无|未|不|no evidence|not|without)[^，。；,;.]{0,8}$", flags=re.IGNORECASE
)
PLANNED = re.compile(r"(?:目标|计划|建议|如果|若|每|将|拟|争取|应|需要?|可|为了|优先|旨在|aim|plan|if|should|will|to)[^，。；,;.]{0,10}$", flags=re.IGNORECASE)  # fmt: skip
CAUSAL = re.compile(r"导致|致使|使得|带动|归因于|是因为|caused|because of|led to|due to", flags=re.IGNORECASE)
HELD = re.compile(r"模型关联|非因果|关联估计|association", flags=re.IGNORECASE)
RESULTS = re.compile(r"发现|成效|术|势|finding|effect|result", flags=re.IGNORECASE)
HEADING = re.compile(r"^#{1,6}\s+(.*)$")


@dataclass(frozen=True)
class Checked:
    """A case with what its references mean and what is wrong with it."""

    case: object
    values: dict  # reference -> (report, rows, words shown)
    problems: list

    @property
    def errors(self):
        return [one for one in self.problems if one.severity == "error"]

    @property
    def warnings(self):
        return [one for one in self.problems if one.severity == "warning"]


def check_case(path, *, reports=None):
    """Check a whitepaper case against the reports it refers to.

    Parameters
    ----------
    path : str or pathlib.Path
        The case: Markdown with a head.
    reports : str or pathlib.Path, optional
        Folder of the reports; the project's when left out.

    Returns
    -------
    Checked
        Errors (they stop rendering): a reference without a row, a number typed by hand, a fact without its source, a verb
        of change or difference whose finding is no claim or goes the other way, a report changed since it was rendered.
        Warnings: a newer report of the same study, figures that moved since the case was last rendered, small bases,
        causal words.
    """
    reports = Path(reports) if reports else reports_folder()
    case, values, problems = read_case(path), {}, []
    for reference in case.references:
        try:
            report = open_report(case.report(reference.report), reports)
            rows = rows_for(report, reference)
            if not reference.form and len(rows) > 1:
                raise ValueError(
                    f"{reference.key} means {len(rows)} rows; begin with table: or figure:, or choose one."
                )
            words = "" if reference.form else shown(report, reference, rows[0], lang=case.lang, min_n=case.min_n)
            values[reference] = (report, rows, words)
        except ValueError as error:
            problems.append(Problem(reference.line, "reference", str(error)))
    problems += [*typed_numbers(case), *_verbs(case, values)]
    problems += [*_reports(case, values, reports), *_moved(case, values), *_small(case, values)]
    return Checked(case, values, sorted(problems, key=lambda one: (one.line, one.kind)))


def _sentences(case):
    """Sentences with their line and whether they stand under a heading of results."""
    heading = ""
    for number, line in enumerate(case.body.split("\n"), start=case.first_line):
        found = HEADING.match(line)
        if found:
            heading = found[1]
            continue
        held = REFERENCE.sub(lambda m: m[0].replace(".", "\u0001"), line)  # options such as digits=1 end no sentence
        for sentence in re.split(r"(?<=[。！？；;!?])|(?<=\.)\s+", held):
            if sentence.strip():
                yield number, sentence.replace("\u0001", "."), bool(RESULTS.search(heading))


def _verbs(case, values):
    for line, sentence, results in _sentences(case):
        used = [reference for reference in values if reference.line == line and reference.text in sentence]
        bare = FACT.sub(" ", REFERENCE.sub(" ", sentence))
        if CAUSAL.search(bare) and used and not HELD.search(bare):
            word = CAUSAL.search(bare)[0]
            text = f"“{word}” says cause, the figures show association; say so, or take another word."
            yield Problem(line, "cause", text, "warning")
        for way, (pattern, kind) in VERBS.items():
            for match in re.finditer(pattern, bare, flags=re.IGNORECASE):
                before = bare[: match.start()]
                if DENIED.search(before) or PLANNED.search(before) or not (used or results):
                    continue
                if not any(_backs(values[one], one, SIGN[way], kind) for one in used):
                    reason = "no reference in its sentence is a tested change or difference of that direction"
                    yield Problem(
                        line, "verb", f"“{match[0]}” lacks evidence: {reason}; write what was found, or refer to it."
                    )


def _backs(found, reference, way, kind):
    """Whether the finding about a reference is a claim of this direction; a contrast may say above or below only."""
    report, rows, _ = found
    finding = finding_of(report, reference, rows[0]) if rows else None
    if finding is None or finding["verdict"] != "claim":
        return False
    turned = "up" if finding["difference"] > 0 else "down"
    contrast = finding["kind"] not in ("wave", "change", "aspect", "theme")
    return turned == way and contrast == (kind == "group")


def _reports(case, values, reports):
    """Reports changed by hand, and reports that a newer one of the same study has followed."""
    lines = {}
    for reference, (report, _, _) in values.items():
        lines.setdefault(report.name, (reference.line, report))
    for line, report in lines.values():
        try:
            require_rendered(report.folder)
        except ValueError as error:
            yield Problem(line, "changed", str(error))
        own = (str(report.summary.get("newest_answer") or ""), str(report.summary.get("period") or ""))
        for facts in report.folder.parent.glob("*/facts.json"):
            other = json.loads(facts.read_text(encoding="utf-8"))
            same = other.get("codebook") == report.summary.get("study") and facts.parent != report.folder
            newer = (str(other.get("newest_answer") or ""), str(other.get("wave") or "")) > own
            if same and newer and not facts.parent.name.endswith(".FAILED"):
                name = facts.parent.relative_to(reports).as_posix()
                yield Problem(line, "superseded", f"{report.name} has been followed by {name}.", "warning")


def lock_path(path):
    """Where a case's figures at its last rendering are kept: beside it, or under reports/cases for one that comes with cemlab."""
    path = Path(path)
    if path.resolve().parent == data_folder("cases").resolve():
        return reports_folder() / "cases" / f"{path.stem}.lock.json"
    return path.with_suffix(".lock.json")


def lock_of(checked):
    """The figures of a case with the version of their reports, as they are now."""
    out = {}
    for reference, (report, rows, words) in checked.values.items():
        out[f"{reference.key} | {','.join(sorted(reference.options))}"] = {
            "report": report.name,
            "results": report.digest,
            "data_version": report.summary.get("data_version"),
            "estimates": [
                round(float(row["estimate"]), 9) if row["estimate"] == row["estimate"] else None for row in rows
            ],
            "shown": words,
        }
    return out


def _moved(case, values):
    """Figures and words that differ from those of the last rendering."""
    path = lock_path(case.path)
    if not path.is_file():
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    now = lock_of(Checked(case, values, []))
    for reference in values:
        key = f"{reference.key} | {','.join(sorted(reference.options))}"
        old, new = kept.get(key), now[key]
        if old is None:
            continue
        if old["estimates"] != new["estimates"] or old["shown"] != new["shown"]:
            was, is_ = old["shown"] or old["estimates"], new["shown"] or new["estimates"]
            text = f"{reference.key} was {was} when the case was last rendered and is {is_} now; read the text again."
            yield Problem(reference.line, "moved", text, "warning")
        elif old["results"] != new["results"]:
            text = f"{reference.report} was rendered anew (data version {new['data_version']}); this figure stayed the same."
            yield Problem(reference.line, "rendered", text, "warning")


def _small(case, values):
    for reference, (_, rows, words) in values.items():
        if words and words.endswith(("样本不足，不发布", "too small to publish)")):
            n = rows[0].get("n")
            known = f"n={int(n):,}" if n == n and n is not None else "no base"
            text = f"{reference.key} is not published ({known}, publication base {case.min_n})."
            yield Problem(reference.line, "base", text, "warning")
