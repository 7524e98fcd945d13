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
    app.command()(formats)
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
