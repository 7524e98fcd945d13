"""`cemlab schedule ...` and `cemlab reproduce`: standing reports on the command line."""

from pathlib import Path
from typing import Annotated

import typer

schedule_app = typer.Typer(help="定期报告 / standing reports", no_args_is_help=True)

FileOption = Annotated[Path | None, typer.Option("--file", "-f", help="缺省 reports/schedule.yml / the schedule")]
JobOption = Annotated[str | None, typer.Option("--job", "-j", help="只看这一项 / one job only")]
STATES = {
    "due": "待生成 / due", "running": "生成中 / running", "retry": "待重试 / to be tried again", "done": "已生成 / done",
    "notice": "无新答卷，已说明 / said so", "skipped": "已跳过 / skipped", "failed": "失败 / failed",
}  # fmt: skip


def opened(file):
    """The schedule and the ledger."""
    from cemlab.report.ledger import Ledger
    from cemlab.report.schedule_file import load_schedule

    return load_schedule(file), Ledger()


@schedule_app.command("list")
def list_jobs(file: FileOption = None):
    """列出各项任务与下次时间 / the jobs, and when each is due next."""
    from cemlab.report.schedule_times import next_due, period_at

    schedule, ledger = opened(file)
    stopped = ledger.stopped()
    for name, job in schedule.jobs.items():
        zone = schedule.zone_of(name)
        due = next_due(job.cron, zone, ledger.now())
        period, _ = period_at(job.expression, due, zone)
        note = f"  已停止 / stopped: {stopped[name]}" if name in stopped else ""
        matrix = " × ".join(job.matrix) or "-"
        typer.echo(f"{name}  {job.source}  [{job.cron}] {zone}  → {due:%Y-%m-%d %H:%M} ({period})  {matrix}{note}")


@schedule_app.command()
def check(
    file: FileOption = None,
    alive: Annotated[
        bool, typer.Option("--alive", help="到期而没有启动的，退出码 1 / due runs that never started")
    ] = False,
    grace: Annotated[int, typer.Option(help="宽限分钟数 / minutes of grace")] = 60,
):
    """检查 schedule.yml；--alive 检查到期任务是否都启动过 / check the file, or that due runs started."""
    from cemlab.report.parameters import check_parameters, read_parameters
    from cemlab.report.schedule_file import ScheduleError, load_schedule
    from cemlab.report.schedule_plan import codebook_of
    from cemlab.report.study import notebook_of

    schedule = load_schedule(file)
    for name, job in schedule.jobs.items():
        notebook = notebook_of(job.source)
        check_parameters(notebook, job.parameters)
        book = codebook_of(job)
        if book is not None and not book.is_file():
            raise ScheduleError(
                f"schedule: jobs.{name}: there is no codebook {str(job.parameters.get('codebook', book))!r}."
            )
        if job.matrix and "only" not in read_parameters(notebook):
            raise ScheduleError(
                f"schedule: jobs.{name}.matrix: {notebook.name} has no parameter `only`, which a matrix needs."
            )
    if not alive:
        typer.echo(f"{len(schedule.jobs)} 项任务 / jobs: {', '.join(schedule.jobs)}")
        return
    from cemlab.report.ledger import Ledger
    from cemlab.report.schedule_alerts import alert
    from cemlab.report.schedule_alive import never_started

    told = never_started(schedule, Ledger(), grace * 60)
    for line in told:
        typer.echo(line, err=True)
        name = line.removeprefix("schedule: ").split()[0]
        alert(name, line, schedule.jobs[name])
    if told:
        raise SystemExit(1)
    typer.echo("到期任务都已启动 / every due run started")


@schedule_app.command()
def plan(
    file: FileOption = None,
    job: JobOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="每份报告一条可单独运行的命令 / one command a report")
    ] = False,
):
    """列出现在会生成的报告（不写任何东西）/ what would be made now; nothing is written."""
    from cemlab.report.schedule_plan import as_text, commands

    schedule, ledger = opened(file)
    rows = commands(schedule, ledger, job=job, file=file)
    if as_json:
        typer.echo(as_text(rows))
        return
    for row in rows:
        where = row["skip"] or f"→ reports/{row['folder']}"
        typer.echo(f"{row['due_at'][:16]}  {row['job']}  {row['period']}  {row['unit']}  {where}")
    typer.echo(f"{len(rows)} 份 / reports")


@schedule_app.command()
def run(
    file: FileOption = None,
    due: Annotated[bool, typer.Option("--due", help="所有到期的 / everything that is due")] = False,
    job: JobOption = None,
    period: Annotated[str | None, typer.Option(help="与 --unit 一起：只生成这一份 / only this report")] = None,
    unit: Annotated[str | None, typer.Option(help="例如 hotel=03")] = None,
    workers: Annotated[int | None, typer.Option(help="同时生成几份，缺省按处理器数 / reports at a time")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么 / only say what would be done")] = False,
):
    """生成到期的报告 / make the reports that are due; --job without --due makes its present period now."""
    from cemlab.report.ledger import Key
    from cemlab.report.schedule_run import run_due

    if not due and job is None:
        raise ValueError("schedule run: say what to make: --due, --job NAME, or both.")
    if (period is None) != (unit is None) or (period and job is None):
        raise ValueError("schedule run: --period and --unit name one report; give both, and --job.")
    schedule, ledger = opened(file)
    if job is not None:
        schedule.job(job)
    key = Key(job, period, unit) if period else None
    force = job is not None and not due and key is None
    with progress() as show:
        ended = run_due(
            schedule, ledger=ledger, job=job, key=key, force=force, workers=workers, show=show, dry_run=dry_run
        )
    if dry_run:
        for row in ended:
            typer.echo(f"{row['at']:%Y-%m-%d %H:%M}Z  {row['job']}  {row['period']}  {row['skip']}")
        typer.echo(f"{len(ended)} 期 / periods")
        return
    write_portal(ended)
    for row in ended:
        where = f"reports/{row['folder']}" if row.get("folder") else row.get("error", "")
        typer.echo(f"{STATES[row['state']]}  {row['job']}  {row['period']}  {row['unit']}  {where}")
    if any(row["state"] == "failed" for row in ended):
        raise SystemExit(1)


def progress():
    """A line that shows jobs, rate and time left on a terminal; silence elsewhere."""
    import sys
    from contextlib import contextmanager, nullcontext

    if not sys.stderr.isatty():
        return nullcontext()

    @contextmanager
    def bar():
        import time

        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        began = time.monotonic()
        columns = (MofNCompleteColumn(), BarColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        with Progress(
            *columns, TextColumn("{task.fields[last]}"), console=Console(stderr=True), transient=True
        ) as shown:
            task = shown.add_task("", total=None, rate="", last="…")

            def show(done, every, running, last):
                rate = f"{done / max(time.monotonic() - began, 1e-9) * 60:.0f}/min · {running} 在生成 / running"
                shown.update(task, completed=done, total=every, rate=rate, last=last)

            yield show

    return bar()


def write_portal(ended):
    """The portal page, where anything was made and the portal is there."""
    import importlib.util

    if ended and importlib.util.find_spec("cemlab.report.portal"):
        from cemlab.paths import reports_folder
        from cemlab.report.portal import write_portal

        write_portal(reports_folder())


@schedule_app.command()
def status(job: JobOption = None, as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False):
    """台账：每期每份的状态 / the ledger: the state of every report."""
    from cemlab.report.ledger import status_rows
    from cemlab.report.schedule_plan import as_text

    rows = [row for row in status_rows() if job is None or row["job"] == job]
    if as_json:
        typer.echo(as_text(rows))
        return
    for row in rows:
        told = row["error"] or row["headline"]
        typer.echo(
            f"{row['job']}  {row['period']}  {row['unit']}  {STATES[row['state']]}  {row['finished_at'] or ''}  {told}"
        )
    if not rows:
        typer.echo("台账为空 / the ledger is empty")


@schedule_app.command()
def resume(job: Annotated[str, typer.Argument(help="任务 / a job")], file: FileOption = None):
    """恢复被停止的任务，失败的报告重新排队 / set a stopped job going; its failed reports are made again."""
    from cemlab.report.schedule_alerts import clear_alert

    schedule, ledger = opened(file)
    schedule.job(job)
    number = ledger.resume(job)
    clear_alert(job)
    typer.echo(f"{job}: {number} 份重新排队 / reports wait again")


@schedule_app.command()
def line(
    kind: Annotated[
        str | None, typer.Option(help="cron | systemd | windows | airflow；缺省为本机 / this machine")
    ] = None,
):
    """打印让本机按时运行的那一行 / the line that makes this machine run it."""
    from cemlab.report.schedule_line import scheduler_line

    typer.echo(scheduler_line(kind))


def reproduce(
    report: Annotated[Path, typer.Argument(help="报告文件夹 / the folder of a report")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="保留重做的报告 / keep the one made again")] = None,
):
    """按原数据版本、代码本与参数重做一份报告，逐格比较 / make a report again and compare every figure."""
    from cemlab.report.reproduce import reproduce as again

    result = again(report, out=out)
    for text in result.lines():
        typer.echo(text)
    if result.differences:
        raise SystemExit(1)
