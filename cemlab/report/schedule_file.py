"""reports/schedule.yml: which reports are made when, for whom; checked like the codebook, line by line."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from cemlab.checks import nearest
from cemlab.codebook_errors import CodebookError, positions
from cemlab.paths import reports_folder
from cemlab.report.schedule_times import check_cron, check_period, check_zone

NAME = "schedule.yml"
FORMATS = ("html", "docx", "pdf", "pptx", "png", "xlsx")
Zone = Annotated[str, AfterValidator(check_zone)]


class ScheduleError(ValueError):
    """A schedule that cannot be used; the message lists line, field, what is allowed."""


class Strict(BaseModel):
    """No unknown fields, nothing changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(Strict):
    """`period: {wave: latest}` or `period: {wave: 2026Q3}`."""

    wave: str


class Job(Strict):
    """One standing report, or one for each value of its matrix."""

    study: str | None = None
    notebook: str | None = None
    cron: Annotated[str, AfterValidator(check_cron)]
    zone: Zone | None = None
    start: dt.date | None = None
    period: Period | Annotated[str, AfterValidator(check_period)]
    parameters: dict[str, Any] = Field(default_factory=dict)
    matrix: dict[str, Literal["data"] | list[str | int]] = Field(default_factory=dict)
    formats: list[Literal[FORMATS]] = Field(default_factory=lambda: ["html"])
    receivers: list[str] = Field(default_factory=list)
    retention: Annotated[int, Field(ge=2)] | None = None  # periods kept; the newest is compared with the one before
    no_new_answers: Literal["skip", "say"] = "skip"
    catch_up: Literal["all", "newest"] = "all"
    retries: Annotated[int, Field(ge=0, le=20)] = 4
    stop_after: Annotated[int, Field(ge=1)] = 3  # failed reports in a row that stop the job
    timeout: Annotated[float, Field(gt=0)] = 900
    memory_mb: Annotated[float, Field(gt=0)] | None = None
    stale_days: Annotated[int, Field(ge=0)] = 7

    @model_validator(mode="after")
    def one_source(self):
        """Either a study or a notebook; what the runner sets itself is no parameter."""
        if (self.study is None) == (self.notebook is None):
            raise ValueError("give `study` (the name of one) or `notebook` (a path), and only one of them")
        own = sorted({"out", "wave", "only"} & set(self.parameters))
        if own:
            raise ValueError(f"parameters.{own[0]}: is set by the schedule; write `period` and `matrix` instead")
        return self

    @property
    def source(self):
        """Name of the study or path of the notebook."""
        return self.study or self.notebook

    @property
    def expression(self):
        """The period as one word: last_month, latest, or the code of a wave."""
        return self.period.wave if isinstance(self.period, Period) else self.period


class Schedule(Strict):
    """The whole file."""

    zone: Zone = "Asia/Shanghai"
    jobs: dict[str, Job] = Field(min_length=1)

    @model_validator(mode="after")
    def names(self):
        """Names of jobs are names of folders."""
        for name in self.jobs:
            if not all(sign.isalnum() or sign in "-_" for sign in name):
                raise ValueError(f"jobs.{name}: a job's name is a folder's; write letters, digits, - and _ only")
        return self

    def zone_of(self, job):
        """Time zone of a job."""
        return self.jobs[job].zone or self.zone

    def job(self, name):
        """A job by its name; ValueError with the nearest one."""
        if name not in self.jobs:
            hint = nearest(name, self.jobs)
            near = f" Did you mean {hint!r}?" if hint else ""
            raise ValueError(f"schedule: there is no job {name!r}.{near} There are {[*self.jobs]}.")
        return self.jobs[name]


FIELDS = {"": Schedule, "jobs": Job, "period": Period}


def schedule_file():
    """Path of the schedule of this project."""
    return reports_folder() / NAME


def load_schedule(path=None):
    """Read and check a schedule.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        reports/schedule.yml of the project when left out.

    Returns
    -------
    Schedule

    Raises
    ------
    FileNotFoundError
        No such file.
    ScheduleError
        Everything that is wrong in it, with line and field, what is allowed and the nearest name.
    """
    path = Path(path or schedule_file())
    if not path.is_file():
        raise FileNotFoundError(
            f"schedule: there is no {path.name} in {path.parent.name!r}; write one, or give --file."
        )
    return parse_schedule(path.read_text(encoding="utf-8"), path.name)


def parse_schedule(text, source=NAME):
    """The schedule that a text in YAML holds."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise ScheduleError(f"schedule {source}{line}: this is no YAML ({getattr(error, 'problem', error)}).") from None
    if not isinstance(content, dict):
        raise ScheduleError(f"schedule {source}: it is empty; write `jobs:` with at least one job.")
    try:
        lines = positions(node, source)
        return Schedule.model_validate(content)
    except CodebookError as error:
        raise ScheduleError(str(error).replace("codebook", "schedule", 1)) from None
    except ValidationError as error:
        told = list(dict.fromkeys(explain(problem, lines) for problem in error.errors()))
        more = f"\n  and {len(told) - 10} more" if len(told) > 10 else ""
        raise ScheduleError(f"schedule {source}:\n  " + "\n  ".join(told[:10]) + more) from None


def explain(problem, lines):
    """One problem in our own words: line, field, what is allowed, the nearest name."""
    path = tuple(
        str(step)
        for step in problem["loc"]
        if str(step) not in ("Period", "str", "function-after[check_period(), str]")
    )
    message = problem["msg"].removeprefix("Value error, ").removeprefix(f"jobs.{path[-1] if path else ''}: ")
    if problem["type"] == "extra_forbidden":
        model = Job if len(path) == 3 else FIELDS.get(path[-2] if len(path) > 1 else "", Schedule)
        allowed = sorted(model.model_fields)
        hint = nearest(path[-1], allowed)
        message = (
            f"unknown field {path[-1]!r}.{f' Did you mean {hint!r}?' if hint else ''} Allowed: {', '.join(allowed)}"
        )
    elif problem["type"] == "literal_error":
        given, expected = str(problem["input"]), problem["ctx"]["expected"].replace(" or ", ", ")
        hint = nearest(given, [word.strip("' ") for word in expected.split(",")])
        message = f"{given!r} is not allowed.{f' Did you mean {hint!r}?' if hint else ''} Allowed: {expected}"
    elif problem["type"] == "missing":
        message = "is missing"
    known = next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), 1)
    return f"line {known}, {'.'.join(path) or 'top'}: {message}."
