"""A report made again after its study received new data and its codebook was edited: every figure the same, or named."""

import json

import pytest
from standing import notebook

HEAD = """codebook: str = "shops.yml"
wave: str = "latest"
version: int | None = None
only: list = []
lang: str = "zh"
seed: int = 1
out: str = "draft"
"""
CODE = """import cemlab as cem
from cemlab.report.findings import findings
from cemlab.report.study import open_study, write_outputs

study = open_study(codebook, wave=wave, version=version, lang=lang, only=only)
scores = study.shown(cem.nps(study.everything, "recommend", by="_wave"), study.everything)
write_outputs(out, results={"headline": scores}, findings=findings({}, study.codebook), study=study, seed=seed)
"""
BOOK = """
study: service_touchpoints
name: shops
title: {zh: 门店, en: Shops}
timezone: Asia/Shanghai
privacy: {min_persons: 5, comments_min: 5, retention_days: 365}
bases: {min_n: 5, low_n: 10}
columns:
  number: {role: key, aliases: [编号]}
  answered: {role: time, aliases: [时间], formats: ["%Y-%m-%d"]}
  shop: {role: segment, aliases: [门店], options: {a: {zh: 甲}, b: {zh: 乙}}}
  recommend: {role: nps, title: {zh: 推荐意愿, en: Recommend}, aliases: [推荐], scale: {low: 0, high: 10}}
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A store with two months of answers, a notebook; gives what takes a further file in."""
    from cemlab.collect.ingest import ingest

    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shops.yml").write_text(BOOK, encoding="utf-8")
    made = notebook(tmp_path, CODE, name="shops.ipynb")
    content = json.loads(made.read_text(encoding="utf-8"))
    content["cells"][1]["source"] = HEAD
    made.write_text(json.dumps(content), encoding="utf-8")

    def take(name, rows):
        lines = "\n".join(f"{n},{day},{shop},{score}" for n, day, shop, score in rows)
        (tmp_path / name).write_text(f"编号,时间,门店,推荐\n{lines}\n", encoding="utf-8")
        ingest([tmp_path / name], tmp_path / "shops.yml")

    rows = [(n, f"2026-0{9 - n % 2}-{n % 27 + 1:02d}", "ab"[n // 2 % 2], (9, 10, 7, 3)[n // 4 % 4]) for n in range(80)]
    take("first.csv", rows)
    return take, made, tmp_path


def test_months_and_groups_of_a_study(study):
    """40 answers a month, half of them in shop a; a month is no wave of the codebook."""
    import polars as pl

    from cemlab.report.study import open_study

    _, _, home = study
    opened = open_study(home / "shops.yml", wave="2026-09", only=["shop=a"])
    assert (opened.wave, opened.previous, opened.waves) == ("2026-09", "2026-08", ["2026-08", "2026-09"])
    assert opened.now.select(pl.len()).collect().item() == 20 and "甲" in opened.title
    assert open_study(home / "shops.yml", wave="2026-Q3").now.select(pl.len()).collect().item() == 80
    for only, told in (("shp=a", "Did you mean 'shop'"), ("shop=c", "has no code 'c'"), ("shop", "write column=code")):
        with pytest.raises(ValueError, match=told):
            open_study(home / "shops.yml", only=[only])
    with pytest.raises(ValueError, match="no answers of wave '2026-01'; there are"):
        open_study(home / "shops.yml", wave="2026-01")


def test_made_again_after_new_data_and_an_edited_codebook(study):
    from cemlab.report.fanout import Task, render_many
    from cemlab.report.reproduce import reproduce

    take, made, home = study
    values = {"codebook": str(home / "shops.yml"), "wave": "2026-09"}
    out = home / "reports" / "x"
    (ended,) = render_many([Task("x", str(made), values, out)], workers=1)
    assert ended.kind == "done", ended.text
    facts = json.loads((out / "facts.json").read_text(encoding="utf-8"))
    assert facts["answers"] == {"2026-08": 40, "2026-09": 40} and (out / "codebook.yml").is_file()
    take("late.csv", [(100 + n, "2026-09-20", "a", 0) for n in range(10)])
    edited = BOOK.replace("推荐意愿", "推荐").replace("min_n: 5", "min_n: 6")
    (home / "shops.yml").write_text(edited, encoding="utf-8")
    done = reproduce(out)
    assert done.differences == [] and done.cells > 20
    told = "\n".join(done.changed)
    assert "版本 0 → 1" in told and "代码本此后有改动" in told
    table = (out / "results.csv").read_text(encoding="utf-8")
    wrong = table.replace(",40,", ",41,", 1)
    assert wrong != table
    (out / "results.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match="differ from its manifest"):
        reproduce(out)
