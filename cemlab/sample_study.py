"""The main job on the embedded defaults: sample exports, into the store, out as reports."""

from cemlab.paths import codebooks_folder, project_root, reports_folder
from cemlab.sample_files import write_service_sample


def make_sample():
    """Write the sample studies' exports under data/sample; return their paths."""
    return write_service_sample(project_root() / "data" / "sample")


def report_samples(*, lang="zh", say=print):
    """Make the sample, take it into the store and render its report.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language of the report.
    say : callable
        Takes one line of progress.

    Returns
    -------
    list of pathlib.Path
        The reports' HTML files.
    """
    from cemlab.collect.ingest import ingest
    from cemlab.report.render import render
    from cemlab.report.study import notebook_of

    exports = make_sample()
    codebook = codebooks_folder() / "service_touchpoints.yml"
    for line in ingest(exports, codebook).lines(lang):
        say(line)
    out = reports_folder() / "service_touchpoints" / "2026Q3"
    folder = render(notebook_of("service_touchpoints"), parameters={"codebook": str(codebook), "lang": lang}, out=out)
    return [folder / "report.html"]
