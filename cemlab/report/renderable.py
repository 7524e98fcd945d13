"""Whether a study can be rendered at all, asked before a kernel starts."""

from cemlab.codebook import load_codebook
from cemlab.report.study import find_codebook, open_study

HEADLINES = {"service_touchpoints": ("nps", "outcome", "effort")}  # the first screen needs one of these


def require_renderable(study, parameters):
    """Open the study as its notebook will, so that a wrong codebook, wave or segment is told before a kernel starts.

    Parameters
    ----------
    study : str
        Name of the notebook, which is that of the study.
    parameters : dict
        All parameters of the run.

    Raises
    ------
    ValueError
        What `open_study` finds wrong, or a study without any question its first screen could stand on.
    """
    book = load_codebook(find_codebook(parameters["codebook"]))
    if book.study != study:
        return  # a notebook of one's own reads what it likes
    names = ("codebook", "wave", "version", "weights", "by", "min_n", "lang", "only")
    open_study(**{name: parameters[name] for name in names if name in parameters}, in_memory=False)
    roles = HEADLINES.get(study, ())
    if roles and not book.of_role(*roles):
        raise ValueError(
            f"study {book.name}: no column has the role {', '.join(roles[:-1])} or {roles[-1]}, so the report has no key figure; "
            "give one to the question that rates the whole, in the codebook."
        )


def codebook_of(parameters):
    """The codebook a run used, with its topics; None for a notebook without one."""
    from cemlab.report.topics import with_topics

    path = find_codebook(parameters["codebook"]) if parameters.get("codebook") else None
    return with_topics(load_codebook(path)) if path and path.is_file() else None
