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


def formats(
    folder: Annotated[Path, typer.Argument(help="报告文件夹 / folder of a finished report")],
    format: FormatOption = None,
    template: TemplateOption = None,
):
    """由已生成的报告得到 Word、PDF、PowerPoint、长图、Excel / a finished report in other formats."""
    from cemlab.report.formats import FORMATS, write_formats

    for path in write_formats(folder, format or FORMATS[1:], template=template):
        typer.echo(f"{path}")
