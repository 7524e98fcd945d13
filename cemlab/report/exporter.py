"""The same page from JupyterLab's export menu or ``jupyter nbconvert``: an exporter that nbconvert can find by name."""

from nbconvert.exporters import Exporter

from cemlab.report.html import notebook_to_html


class ReportExporter(Exporter):
    """A notebook as a self-contained report, without running it again."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "cemlab report"

    def from_notebook_node(self, nb, resources=None, **kw):
        """HTML and resources, as nbconvert asks for them; the notebook's `lang` parameter is not known here."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        chinese = any("\u4e00" <= sign <= "\u9fff" for cell in nb.cells for sign in cell.source)
        return notebook_to_html(nb, lang="zh" if chinese else "en"), resources
