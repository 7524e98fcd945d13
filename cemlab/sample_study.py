"""The main job on the embedded defaults: sample exports, into the store, out as reports."""

from cemlab.paths import codebooks_folder, project_root, reports_folder
from cemlab.sample_files import write_service_sample
from cemlab.sample_files_brand import write_brand_sample
from cemlab.sample_files_employee import write_employee_sample
from cemlab.sample_files_product import write_product_sample
from cemlab.simulate_reviews import write_review_sample

SAMPLES = {  # study: what writes its exports, the wave reported
    "service_touchpoints": (write_service_sample, "2026Q3"),
    "word_of_mouth": (write_review_sample, "2026Q3"),
    "brand_health": (write_brand_sample, "2026Q3"),
    "product_concept": (write_product_sample, "2026Q3"),
    "employee_engagement": (write_employee_sample, "2026"),
}


def make_sample(studies=tuple(SAMPLES)):
    """Write the sample studies' exports under data/sample; return their paths."""
    return [path for study in studies for path in SAMPLES[study][0](project_root() / "data" / "sample")]


def report_samples(*, lang="zh", say=print, studies=tuple(SAMPLES)):
    """Make the samples, take them into the store and render their reports.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language of the reports.
    say : callable
        Takes one line of progress.
    studies : sequence of str
        Names of the studies wanted, all of them without it.

    Returns
    -------
    list of pathlib.Path
        The reports' HTML files, in the order of `studies`.
    """
    from cemlab.collect.ingest import ingest
    from cemlab.report.render import render
    from cemlab.report.study import notebook_of

    out = []
    for study in studies:
        codebook = codebooks_folder() / f"{study}.yml"
        for line in ingest(make_sample([study]), codebook).lines(lang):
            say(line)
        folder = reports_folder() / study / SAMPLES[study][1]
        folder = render(notebook_of(study), parameters={"codebook": str(codebook), "lang": lang}, out=folder)
        out.append(folder / "report.html")
    return out
