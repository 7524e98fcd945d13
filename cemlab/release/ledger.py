"""What earlier reports of a study have shown: groups, never persons, in one file beside the study's tables."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cemlab.checks import DataError
from cemlab.measure.schema import ALL
from cemlab.store import lake_folder, locked

NAME = "released.jsonl"


@dataclass(frozen=True)
class Ledger:
    """The groups shown so far; made by `open_ledger`."""

    codebook: object
    lake: object
    path: Path
    entries: tuple

    def add(self, plan, *, report, version=None, filters=None, figures=(), held=(), weights=None):
        """Write down every group that `plan` shows; what stands there already is not written again.

        Parameters
        ----------
        plan : Plan
        report : str
            Name of the report.
        version : int, optional
            Version of the study's data.
        filters : dict of str to str, optional
            Codes that every person of the report had (a report on a part of the study).
        figures : iterable of (int, tuple, float, float)
            What was told: place of the group in the plan, what the figure is about, its base and its sum.
        held : iterable of (int, tuple)
            What was held back of groups that are shown: place, what the figure is about.
        weights : str, optional
            How the figures were weighted.

        Returns
        -------
        Ledger
            As it is now.
        """
        filters = {str(k): str(v) for k, v in (filters or {}).items()}
        at = datetime.now(UTC).isoformat(timespec="seconds")
        told = {}
        for place, kind, n, total in figures:
            told.setdefault(place, {})[tuple(kind)] = [list(kind), float(n), float(total)]
        back = {}
        for place, kind in held:
            back.setdefault(place, set()).add(tuple(kind))
        new = []
        for place, row in enumerate(plan.groups.to_dict("records")):
            if row["shown"]:
                group = {cut: row[cut] for cut in plan.cuts if row[cut] != ALL} | filters
                new.append(
                    (
                        {"group": group, "wave": row["_wave"], "version": version},
                        told.get(place, {}),
                        back.get(place, set()),
                    )
                )
        with locked(self.codebook, self.lake):
            there, kept = {}, {}
            for entry in read(self.path):
                there.setdefault(mark(entry), set()).update(tuple(kind) for kind, _, _ in entry.get("figures", []))
                kept.setdefault(mark(entry), set()).update(tuple(kind) for kind in entry.get("held", []))
            lines = []
            for entry, own, hidden in new:
                fresh = [figure for kind, figure in own.items() if kind not in there.get(mark(entry), ())]
                hidden = sorted(hidden - kept.get(mark(entry), set()), key=str)
                if mark(entry) not in there or fresh or hidden:
                    line = {"at": at, "report": report, "weights": weights or "none", **entry}
                    line |= {"figures": fresh} if fresh else {}
                    line |= {"held": [list(kind) for kind in hidden]} if hidden else {}
                    lines.append(json.dumps(line, ensure_ascii=False))
            if lines:
                with open(self.path, "a", encoding="utf-8", newline="\n") as file:
                    file.write("\n".join(lines) + "\n")
        return open_ledger(self.codebook, self.lake)


def open_ledger(codebook, lake=None):
    """The ledger of a study: a file of JSON lines that only grows, `released.jsonl` in the study's folder of the store.

    Parameters
    ----------
    codebook : Codebook
    lake : str or pathlib.Path, optional
        Folder of the store; see `store.lake_folder`.

    Returns
    -------
    Ledger
        ``entries``: dicts with ``group`` (codes by column), ``wave``, ``version``, ``report``, ``at``.

    Raises
    ------
    DataError
        A line that cannot be read: without knowing what has been shown, nothing more may be.
    """
    path = lake_folder(lake) / codebook.name / NAME
    return Ledger(codebook, lake, path, tuple(read(path)))


def read(path):
    """Entries of a ledger's file; none where there is no file."""
    if not path.is_file():
        return []
    out = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            out.append(
                {"group": dict(entry["group"]), "wave": str(entry["wave"]), "version": entry["version"], **entry}
            )
        except (ValueError, KeyError, TypeError):
            raise DataError(
                f"ledger {path.parent.name}: line {number} of {path.name} cannot be read, so nobody can tell what has been "
                "shown; bring the file back from a copy before anything more is released."
            ) from None
    return out


def mark(entry):
    """What makes two entries the same."""
    return json.dumps([sorted(entry["group"].items()), entry["wave"], entry["version"]], ensure_ascii=False)
