"""A portal of all reports: static pages that work from a file share; a receiver's own folder holds only what it may see."""

import fnmatch
import json
import os
import re
import shutil
from pathlib import Path

import yaml

from cemlab.report.formats import FORMATS
from cemlab.report.manifest import NAME as MANIFEST
from cemlab.report.portal_page import page
from cemlab.report.summary import read_summary

ACCESS, KEPT, INDEX = "access.yml", ".portal.json", "index.html"


def write_portal(reports, *, receiver=None, out=None, lang="zh", status=None):
    """Write index.html over a folder of reports.

    Parameters
    ----------
    reports : str or pathlib.Path
        The folder of reports.
    receiver : str, optional
        Write the portal of one receiver: a folder with copies of only those reports that ``access.yml`` lets it see, in
        the formats people read (no notebook, no table of all figures).
    out : str or pathlib.Path, optional
        Folder of the receiver's portal; needed with `receiver`, and never inside `reports` itself.
    lang : {"zh", "en"}
    status : list of dict, optional
        Rows of the schedule (job, period, unit, state, folder, due_at, finished_at, error); read from the schedule's ledger
        when left out and there is one.

    Returns
    -------
    pathlib.Path
        The index.html.

    Raises
    ------
    ValueError
        An unknown receiver, or a folder that holds other things than an earlier portal.

    Notes
    -----
    The page asks the network for nothing, its words are escaped, and its list can be read without scripts. What a receiver
    may no longer see is taken out of its folder.
    """
    reports = Path(reports)
    found, rows = list_reports(reports), _status(reports) if status is None else status
    if receiver is None:
        cases = [path.relative_to(reports).as_posix() for path in sorted(reports.glob("cases/*/case.html"))]
        return _save(reports, page(found, rows, cases=cases, lang=lang))
    if out is None:
        raise ValueError("write_portal: a receiver's portal needs `out`, the folder only that receiver can open.")
    seen, out = may_see(reports, receiver), Path(out)
    if out.resolve() == reports.resolve() or out.resolve().is_relative_to(reports.resolve()):
        raise ValueError(
            "write_portal: `out` lies inside the folder of all reports; name a folder of the receiver's own."
        )
    allowed = [one for one in found if _matches(one["folder"], seen)]
    rows = [row for row in rows if row.get("folder") and _matches(str(row["folder"]), seen)]
    _copy(reports, out, allowed)
    return _save(out, page(allowed, rows, cases=[], lang=lang, receiver=receiver))


def list_reports(reports):
    """Every finished report below a folder, newest first: where it lies, its first screen, its formats."""
    out = []
    for path in sorted(Path(reports).rglob(MANIFEST)):
        folder = path.parent
        name = folder.relative_to(reports).as_posix()
        hidden = any(part.startswith(".") or part.endswith(".FAILED") for part in folder.relative_to(reports).parts)
        if hidden or not (folder / "report.html").is_file():
            continue
        try:
            summary, manifest = read_summary(folder), json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, KeyError):
            continue  # half written by somebody else; the next portal has it
        plan, parts = manifest.get("schedule") or {}, name.split("/")
        unit = plan.get("unit") or (parts[-1] if len(parts) > 1 and "=" in parts[-1] else "")
        out.append({
            "folder": name,
            "title": summary["title"],
            "study": str(summary.get("study") or manifest.get("study") or ""),
            "name": re.split(r"\s+·\s+|, ", summary["title"])[0],
            "job": plan.get("job") or parts[0],
            "unit": "" if unit == "all" else unit,
            "period": str(plan.get("period") or summary.get("period") or parts[-1]),
            "headline": summary["headline"],
            "cards": summary["cards"],
            "newest": str(summary.get("newest_answer") or ""),
            "finished": str(manifest.get("finished") or ""),
            "change": change_of(folder),
            "formats": [name for name in FORMATS if (folder / f"report.{name}").is_file()],
        })  # fmt: skip
    return sorted(out, key=lambda one: (one["newest"], one["finished"], one["folder"]), reverse=True)


def may_see(reports, receiver):
    """The patterns of folders a receiver may see, from access.yml in the folder of reports.

    Raises
    ------
    ValueError
        No access.yml, or it does not name the receiver; nobody sees anything by default.
    """
    path = Path(reports) / ACCESS
    if not path.is_file():
        raise ValueError(f"write_portal: no {ACCESS} in {Path(reports).name}/; it says who may see which reports.")
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    known = content.get("receivers") if isinstance(content, dict) else None
    if not isinstance(known, dict) or receiver not in known:
        raise ValueError(f"write_portal: {ACCESS} names no receiver {receiver!r}; it names {sorted(known or {})}.")
    patterns = known[receiver]
    if not isinstance(patterns, list) or not all(isinstance(one, str) and one.strip() for one in patterns):
        raise ValueError(
            f"write_portal: {ACCESS}: receiver {receiver!r} needs a list of folders, such as [stores/*/hotel=12]."
        )
    return patterns


def _matches(folder, patterns):
    """Whether a folder is one of these, part by part: * stands for one whole or partial part, never for several."""
    parts = folder.strip("/").split("/")
    for pattern in patterns:
        wanted = pattern.strip("/").split("/")
        if len(wanted) == len(parts) and all(fnmatch.fnmatchcase(p, w) for p, w in zip(parts, wanted, strict=True)):
            return True
    return False


def _copy(reports, out, allowed):
    """Copies of the reports allowed; copies of earlier ones that are no longer are removed."""
    kept = out / KEPT
    if out.exists() and any(out.iterdir()) and not kept.is_file():
        raise ValueError(f"write_portal: {out.name!r} holds other things than a portal; name a new or empty folder.")
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
    wanted = [f"{one['folder']}/report.{name}" for one in allowed for name in one["formats"]]
    out.mkdir(parents=True, exist_ok=True)
    for name in sorted(set(before) - set(wanted)):
        target = out / name
        if target.resolve().is_relative_to(out.resolve()):
            target.unlink(missing_ok=True)
            for parent in target.parents:
                if parent == out or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
    kept.write_text(json.dumps(sorted(set(before) | set(wanted)), ensure_ascii=False, indent=0), encoding="utf-8")
    for name in wanted:
        source, target = reports / name, out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, part)
        os.replace(part, target)
    kept.write_text(json.dumps(sorted(wanted), ensure_ascii=False, indent=0), encoding="utf-8")


def _status(reports):
    """Rows of the schedule's ledger; none where nothing is scheduled."""
    from cemlab.paths import reports_folder

    try:
        from cemlab.report.ledger import status_rows
    except ImportError:
        return []
    return status_rows() if Path(reports).resolve() == reports_folder().resolve() else []


def change_of(folder):
    """The first sentence of what changed since the report before."""
    path = folder / "changes.json"
    if not path.is_file():
        return ""
    said = json.loads(path.read_text(encoding="utf-8")).get("sentences") or []
    return str(said[0]) if said else ""


def _save(folder, text):
    part = folder / f".{INDEX}.part"
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, folder / INDEX)
    return folder / INDEX
