"""A small employee study in a folder of its own: rows in, figures of its reports out, nothing rendered."""

import pandas as pd

from cemlab.collect.ingest import ingest
from cemlab.report import employee_index as index
from cemlab.report import employee_participation as who
from cemlab.report import employee_verdict as say
from cemlab.report.employee_report import open_employee
from cemlab.report.study import write_outputs

CODEBOOK = """
study: employee_engagement
name: house
title: {{zh: 小公司, en: A small house}}
privacy: {privacy}
bases: {{min_n: 5, low_n: 30}}
waves:
  1: {{title: {{zh: 一期, en: First}}, start: 2025-09-01, end: 2025-09-12}}
  2: {{title: {{zh: 二期, en: Second}}, start: 2026-09-01, end: 2026-09-12}}
employee_questions:
  organisation: [dept, team]
  dimensions:
    engagement: {{zh: 敬业度, en: Engagement, items: [proud]}}
    leader: {{zh: 直接上级, en: Direct manager, items: [fair]}}
    growth: {{zh: 成长, en: Growth, items: [learn]}}
  index: engagement
  bands: [3, 4]
  staff: {{answered: answered, left: left, until: {until}, groups: [{groups}]}}
{more}columns:
  staff: {{role: person}}
  wave: {{role: wave}}
  day: {{role: time}}
  answered: {{role: operational}}
  site: {{role: question, type: single, options: {{1: {{en: North}}, 2: {{en: South}}}}}}
  dept: {{role: segment}}
  team: {{role: segment}}
  left: {{role: operational, type: date}}
  proud: {{role: question, type: scale, scale: {{low: 1, high: 5}}}}
  fair: {{role: question, type: scale, scale: {{low: 1, high: 5}}}}
  learn: {{role: question, type: scale, scale: {{low: 1, high: 5}}}}
  words: {{role: comment}}
"""


def codebook(folder, privacy="{min_persons: 10, comments_min: 15}", until="2026-08-31", groups="", more=""):
    """The study's codebook; its path."""
    path = folder / "house.yml"
    path.write_text(CODEBOOK.format(privacy=privacy, until=until, groups=groups, more=more), encoding="utf-8")
    return path


def people(teams, wave=1, start=0, **more):
    """A row a person: `teams` names (dept, team) -> how many; everybody answers by turns 2 to 5 unless told otherwise."""
    rows = [(dept, team) for (dept, team), count in teams.items() for _ in range(count)]
    day = "2025-09-03" if wave == 1 else "2026-09-03"
    frame = pd.DataFrame(rows, columns=["dept", "team"]).assign(
        wave=wave, day=day, answered=1, site=1, left="", words=""
    )
    frame["staff"] = [f"E{start + place:05d}" for place in range(len(frame))]
    frame["proud"] = [2 + place % 4 for place in range(len(frame))]
    frame["fair"] = [5 - place % 4 for place in range(len(frame))]
    frame["learn"] = [1 + (place * 7) % 5 for place in range(len(frame))]
    return frame.assign(**more)


def take_in(folder, rows, book, name="answers"):
    """Take rows into the store."""
    path = folder / f"{name}.csv"
    rows.to_csv(path, index=False)
    taken = ingest([path], book)
    assert "拒" not in "".join(taken.lines("zh")), taken.lines("zh")


def publish(book, folder, **options):
    """What a report leaves: index and participation as `write_outputs` writes them, with the ledger written."""
    report = open_employee(book, lang="en", **options)
    results = {"index": index.index_levels(report), "participation": who.participation(report)}
    if report.study.previous is not None:
        results["before"] = index.index_levels(report, report.study.previous)
    write_outputs(folder, results=report.files(results), findings=say.decided({}, report), study=report.study, seed=1)
    return pd.read_csv(folder / "results.csv", low_memory=False)
