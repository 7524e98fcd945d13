"""Commands around finished reports: other formats, the portal, delivery, whitepaper cases."""

from pathlib import Path
from typing import Annotated

import typer

FormatOption = Annotated[
    list[str] | None, typer.Option("--format", "-f", help="docx pdf pptx png xlsx，可多次 / may repeat")
]
TemplateOption = Annotated[
    list[Path] | None, typer.Option("--template", help="公司模板 .docx .pptx，可多次 / a company's template")
]


def add_commands(app):
    """Enter the commands of this file into the command `cemlab`."""
    for command in (formats, portal, deliver):
        app.command()(command)
    cases = typer.Typer(help="白皮书案例：每个数字都引用报告结果 / whitepaper cases", no_args_is_help=True)
    cases.command("new")(whitepaper_new)
    cases.command("check")(whitepaper_check)
    cases.command("render")(whitepaper_render)
    app.add_typer(cases, name="whitepaper")


def formats(
    folder: Annotated[Path, typer.Argument(help="报告文件夹 / folder of a finished report")],
    format: FormatOption = None,
    template: TemplateOption = None,
):
    """由已生成的报告得到 Word、PDF、PowerPoint、长图、Excel / a finished report in other formats."""
    from cemlab.report.formats import FORMATS, write_formats

    for path in write_formats(folder, format or FORMATS[1:], template=template):
        typer.echo(f"{path}")


CaseArgument = Annotated[Path, typer.Argument(help="案例 Markdown / a case")]
ReportsOption = Annotated[Path | None, typer.Option("--reports", help="报告所在文件夹 / folder of the reports")]


def whitepaper_new(
    file: CaseArgument,
    report: Annotated[
        str, typer.Option("--report", "-r", help="引用的报告 / report it refers to: service_touchpoints/2026Q3")
    ],
    frame: Annotated[str, typer.Option(help="five 背景-方法-发现-行动-成效 | six 道-法-术-器-用-势")] = "five",
    title: Annotated[str | None, typer.Option(help="标题 / title")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """由模板开始一个案例 / begin a case from a template."""
    from cemlab.report.whitepaper import new_case

    typer.echo(f"{new_case(file, report=report, frame=frame, lang=lang, title=title)}")


def whitepaper_check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="案例，缺省为随附的全部 / cases; those shipped if left out")
    ] = None,
    reports: ReportsOption = None,
):
    """逐行检查案例：无来源的数字、无证据的动词、已变动的报告 / check cases line by line."""
    from cemlab.paths import data_folder
    from cemlab.report.whitepaper_check import check_case

    wrong = 0
    for file in files or sorted(data_folder("cases").glob("*.md")):
        checked = check_case(file, reports=reports)
        for problem in checked.problems:
            mark = "错误 / error" if problem.severity == "error" else "提醒 / warning"
            typer.echo(f"{file.name}:{problem.line}: {mark}: {problem.message}")
        moved = [one for one in checked.warnings if one.kind == "moved"]
        wrong += len(checked.errors) + len(moved)
        typer.echo(f"{file.name}: {len(checked.values)} 个引用 / references, {len(checked.errors)} 错误 / errors, "
                   f"{len(checked.warnings)} 提醒 / warnings")  # fmt: skip
    raise SystemExit(1 if wrong else 0)


def whitepaper_render(
    file: CaseArgument,
    format: Annotated[
        list[str] | None, typer.Option("--format", "-f", help="html docx pdf，可多次 / may repeat")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="写到哪个文件夹 / folder to write to")] = None,
    reports: ReportsOption = None,
    template: Annotated[Path | None, typer.Option(help="公司模板 .docx / a company's .docx")] = None,
):
    """填入数字，写出 HTML、Word、PDF / fill in the figures and write the case."""
    from cemlab.report.whitepaper import FORMATS, render_case

    for path in render_case(file, out=out, formats=format or FORMATS, reports=reports, template=template):
        typer.echo(f"{path}")


def portal(
    reports: ReportsOption = None,
    receiver: Annotated[str | None, typer.Option(help="接收人，见 access.yml / a receiver of access.yml")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="接收人自己的文件夹 / the receiver's own folder")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
):
    """全部报告的门户 index.html；按接收人另建文件夹 / the portal of all reports, or of one receiver."""
    from cemlab.paths import reports_folder
    from cemlab.report.portal import write_portal

    typer.echo(f"{write_portal(reports or reports_folder(), receiver=receiver, out=out, lang=lang)}")


def deliver(
    folder: Annotated[Path, typer.Argument(help="报告文件夹 / folder of a finished report")],
    to: Annotated[list[str], typer.Option("--to", help="接收人，地址取自环境变量 CEMLAB_NOTIFY_… / receivers")],
    link: Annotated[str | None, typer.Option(help="报告地址 / address of the report")] = None,
):
    """通知接收人：结论、变化与链接 / tell receivers: headline, change and a link."""
    from cemlab.act.notify import deliver as send
    from cemlab.report.portal import change_of
    from cemlab.report.summary import read_summary

    summary = read_summary(folder)
    about = {
        "job": str(summary.get("study") or folder.parent.name),
        "period": str(summary.get("period") or folder.name),
    }
    more = {"headline": summary["headline"], "change": change_of(folder), "lang": summary["lang"], "link": link}
    for entry in send(to, folder=folder, **about, **more):
        typer.echo(
            f"{entry['receiver']}: {'已发送 / sent' if entry['state'] == 'sent' else '先前已发送 / sent before'}"
        )
