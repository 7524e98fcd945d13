"""The command `cemlab`: whatever make does, and each step of the way from an export to a report."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cemlab.cli_formats import FormatOption, TemplateOption, add_commands
from cemlab.cli_schedule import reproduce, schedule_app

app = typer.Typer(
    help="客户体验研究工作台 / workbench for customer experience research",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
codebook_app = typer.Typer(help="代码本 / codebooks", no_args_is_help=True)
vault_app = typer.Typer(help="加密保存的原始文件 / the encrypted raw files", no_args_is_help=True)
app.add_typer(codebook_app, name="codebook")
app.add_typer(vault_app, name="vault")
add_commands(app)
app.add_typer(schedule_app, name="schedule")
app.command("reproduce")(reproduce)

CodebookOption = Annotated[Path, typer.Option("--codebook", "-c", help="代码本 YAML / the study's codebook")]


def main():
    """Run the command; what a user can mend is said in one sentence, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except (KeyboardInterrupt, SystemExit) as ended:  # typer makes an interrupt an exit of 130 without a word
        if isinstance(ended, SystemExit) and ended.code != 130:
            raise
        typer.echo("已中断，没有留下半份数据。/ Stopped; nothing was left half done.", err=True)
        raise SystemExit(130) from None
    except Exception as error:
        if not isinstance(error, (ValueError, OSError, RuntimeError)) and not of_the_store(error):
            raise
        typer.echo(f"{getattr(error, 'orig', error)}", err=True)
        raise SystemExit(2) from None


def of_the_store(error):
    """Whether an error comes from the tables or the database: damaged, locked or gone, not a fault of this program."""
    home = type(error).__module__.split(".")[0]
    return home in ("deltalake", "_internal") or (home == "sqlalchemy" and type(error).__name__ == "OperationalError")


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(help="导出文件，可多个 / export files")],
    codebook: CodebookOption,
    wave: Annotated[str | None, typer.Option("--wave", "-w", help="期次代码 / code of the wave")] = None,
    keep: Annotated[str | None, typer.Option(help="同一答卷内容不同时保留 first 或 last")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """把导出文件读入数据仓 / take export files into the store."""
    from cemlab.collect.ingest import ingest as take_in

    summary = take_in(files, codebook, wave=wave, keep=keep)
    for line in summary.lines(lang):
        typer.echo(line)


@app.command()
def render(
    study: Annotated[str, typer.Argument(help="研究名或笔记本 / a study or a notebook")],
    codebook: Annotated[Path | None, typer.Option("--codebook", "-c", help="代码本 YAML")] = None,
    parameter: Annotated[list[str] | None, typer.Option("-p", help="名称=值，可多次 / name=value")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="报告文件夹 / folder of the report")] = None,
    timeout: Annotated[float, typer.Option(help="最长运行秒数 / seconds it may take")] = 900,
    format: FormatOption = None,
    template: TemplateOption = None,
):
    """运行研究笔记本，得到一个自带一切的网页报告 / render a study into one self-contained report."""
    from cemlab.report.render import render as make
    from cemlab.report.study import notebook_of, report_folder

    values = {}
    for text in parameter or []:
        name, sign, value = text.partition("=")
        if not sign:
            raise ValueError(f"render: -p {text!r} has no '='; write for example -p wave=2026Q3.")
        values[name.strip()] = value
    if codebook is not None:
        values["codebook"] = str(codebook.resolve())
    out = out or report_folder(study, values)
    more = {"formats": ["html", *(format or [])], "template": template}
    folder = make(notebook_of(study), parameters=values, out=out, timeout=timeout, **more)
    typer.echo(f"报告已生成 / report: {folder / 'report.html'}")
    for line in to_check(folder):
        typer.echo(line)


def to_check(folder):
    """What somebody has to read before the report is handed on: telling details in comments of employees."""
    import json

    from cemlab.store import lake_folder

    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8")).get("comments_to_check")
    if facts:
        where, many = lake_folder() / facts["file"], facts["details"]
        yield f"转发前请核对评论细节 {many} 处 / {many} details in comments to be checked before the report is handed on: {where}"


@app.command()
def sample():
    """生成示例数据 / make the sample studies' exports."""
    from cemlab.sample_study import make_sample

    for path in make_sample():
        typer.echo(f"{path}")


@app.command()
def report(
    studies: Annotated[
        list[str] | None, typer.Argument(help="示例研究，缺省为全部 / sample studies, all if left out")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """示例数据从导出到报告走一遍 / take the sample all the way from export to report."""
    from cemlab.checks import require_choice
    from cemlab.sample_study import SAMPLES, report_samples

    for study in studies or ():
        require_choice(study, tuple(SAMPLES), name="study", where="report")
    for path in report_samples(lang=lang, say=typer.echo, studies=studies or tuple(SAMPLES)):
        typer.echo(f"报告已生成 / report: {path}")


@app.command()
def doctor():
    """检查运行环境 / check what is installed and what is missing."""
    from cemlab.doctor import print_report

    raise SystemExit(print_report())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context):
    """打开 JupyterLab（中文界面）/ open JupyterLab."""
    from cemlab.lab import open_lab

    raise SystemExit(open_lab(context.args))


@codebook_app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(help="导出文件 / an export file")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="写到哪里（不覆盖）/ where to write")] = None,
    name: Annotated[str | None, typer.Option(help="研究代码 / code of the study")] = None,
):
    """由导出文件起草代码本 / draft a first codebook from an export."""
    from cemlab.collect.draft import draft_codebook

    text = draft_codebook(file, name=name)
    if out is None:
        typer.echo(text)
    elif out.exists():
        raise ValueError(f"codebook draft: {out} exists already; choose another name, nothing was written.")
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"{out}")


@codebook_app.command("check")
def check(file: Annotated[Path, typer.Argument(help="代码本 YAML / a codebook")]):
    """检查代码本 / check a codebook."""
    from cemlab.codebook import load_codebook

    book = load_codebook(file)
    typer.echo(f"{book.name}: {len(book.columns)} 列 / columns, {len(book.waves)} 期 / waves, {book.hash()[:12]}")


@app.command()
def recall(
    codebook: CodebookOption,
    wave: Annotated[str, typer.Option("--wave", "-w", help="期次代码 / code of the wave")] = "latest",
    since: Annotated[str | None, typer.Option(help="自何日起，如 2026-09-21 / first day")] = None,
    until: Annotated[str | None, typer.Option(help="至何日止 / last day")] = None,
    due_days: Annotated[int, typer.Option(help="几日内回访 / days until somebody calls")] = 2,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="csv，缺省 data/care/…（不随报告分发）")] = None,
):
    """待回访名单（假名、已脱敏、到期日），仅供回访团队 / unhappy customers to call back, for the care team only."""
    from cemlab.act.care import write_recall_list

    path, number = write_recall_list(codebook, wave=wave, since=since, until=until, due_days=due_days, out=out)
    typer.echo(f"{number} 人待回访 / to be called back: {path}")


@vault_app.command("list")
def vault_list():
    """列出保存的原始文件 / list the kept raw files."""
    from cemlab.paths import lake_folder
    from cemlab.vault import kept

    files = kept(lake_folder())
    for head in files:
        typer.echo(f"{head['file'][:12]}  {head['study']}  {head['kept']} → {head['until']}  {head['bytes']:,} B")
    if not files:
        typer.echo("没有保存的原始文件 / no raw files are kept")


@vault_app.command("purge")
def vault_purge():
    """清除过期的原始文件 / delete the raw files whose last day has passed."""
    from cemlab.paths import lake_folder
    from cemlab.vault import purge

    gone = purge(lake_folder())
    typer.echo(f"已清除 {len(gone)} 个过期文件 / {len(gone)} files past their last day deleted")


@vault_app.command("recover")
def vault_recover(
    file: Annotated[str, typer.Argument(help="文件哈希，可只写开头 / hash of the file, its beginning is enough")],
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪里（不覆盖）/ where to write")],
):
    """取回一个原始文件（含个人信息，请妥善保管）/ get a raw file back; it holds personal data."""
    from cemlab.paths import lake_folder
    from cemlab.vault import recover

    typer.echo(f"{recover(file, out, lake=lake_folder())}")


@codebook_app.command("print")
def print_codebook(
    file: Annotated[Path, typer.Argument(help="代码本 YAML / a codebook")],
    wave: Annotated[str | None, typer.Option("--wave", "-w", help="期次代码，缺省为全部 / code of the wave")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="写入文本文件 / write to a text file")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """逐题列出题目、选项、频数与缺失 / every question with options, counts, missing answers, violations."""
    from cemlab.codebook import load_codebook
    from cemlab.report.codebook_print import codebook_lines
    from cemlab.store import scan

    book = load_codebook(file)
    text = "\n".join(codebook_lines(scan(book, wave=wave), book, lang=lang))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"{out}")


@app.command()
def tables(
    codebook: Annotated[Path, typer.Argument(help="代码本 YAML / the study's codebook")],
    out: Annotated[list[Path], typer.Option("--out", "-o", help=".xlsx .csv .parquet .sav，可多次 / may repeat")],
    banner: Annotated[list[str] | None, typer.Option("--banner", "-b", help="表头题，嵌套写 a*b，可多次")] = None,
    question: Annotated[
        list[str] | None, typer.Option("--question", "-q", help="题目，缺省为全部 / all if left out")
    ] = None,
    wave: Annotated[str, typer.Option("--wave", "-w", help="期次代码 / code of the wave")] = "latest",
    weights: Annotated[str, typer.Option(help="codebook | none | 列名 / column")] = "codebook",
    period: Annotated[str | None, typer.Option(help="环比、同比、较目标：day week month quarter year")] = None,
    calendar: Annotated[Path | None, typer.Option(help="节假日文件 / dated festivals")] = None,
    counts: Annotated[bool, typer.Option("--counts", help="占比下列出人数 / counts under shares")] = False,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """每道题 × 每个表头的交叉表 / every question by every banner."""
    from cemlab.report.table_set import make_tables

    options = {"wave": wave, "weights": weights, "period": period, "calendar": calendar, "lang": lang}
    made = make_tables(codebook, banner=banner or (), questions=question or (), **options)
    for path in out:
        typer.echo(f"{made.write(path, counts=counts)}")


if __name__ == "__main__":
    main()
