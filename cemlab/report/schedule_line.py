"""The line that makes a machine call `cemlab schedule run --due`: cron, systemd, Windows' task scheduler, Airflow."""

import shlex
import sys

from cemlab.checks import require_choice
from cemlab.paths import project_root

KINDS = ("cron", "systemd", "windows", "airflow")


def scheduler_line(kind=None):
    """What to enter where, so that due reports are made every quarter of an hour.

    Parameters
    ----------
    kind : {"cron", "systemd", "windows", "airflow"}, optional
        What this machine has, when left out: Windows' task scheduler there, systemd where it runs, else cron.

    Returns
    -------
    str
        Text to copy; nothing is installed. A second line checks once a day that due runs did start.
    """
    kind = kind or this_machine()
    require_choice(kind, KINDS, name="kind", where="schedule line")
    python, root = sys.executable, str(project_root())
    words = [python, "-m", "cemlab.cli", "schedule"]
    run, alive = shlex.join([*words, "run", "--due"]), shlex.join([*words, "check", "--alive"])
    home = f"CEMLAB_HOME={shlex.quote(root)}"
    if kind == "cron":
        go = f"cd {shlex.quote(root)} && {home}"
        return (
            f"# crontab -e\n*/15 * * * * {go} {run} >> reports/schedule.log 2>&1\n"
            f"0 9 * * * {go} {alive} >> reports/schedule.log 2>&1"
        )
    if kind == "systemd":
        unit = "# ~/.config/systemd/user/cemlab-{name}.{what}\n"
        service = "[Service]\nType=oneshot\nWorkingDirectory={root}\nEnvironment={home}\nExecStart={run}\n"
        return (
            unit.format(name="schedule", what="service") + service.format(root=root, home=home, run=run)
            + "\n" + unit.format(name="schedule", what="timer")
            + "[Timer]\nOnCalendar=*:0/15\nPersistent=true\n[Install]\nWantedBy=timers.target\n"
            + f"\n# systemctl --user enable --now cemlab-schedule.timer\n# once a day, from another machine or timer: {alive}"
        )  # fmt: skip
    if kind == "windows":
        inner = f'cmd /c cd /d "{root}" && set "CEMLAB_HOME={root}" && "{python}" -m cemlab.cli schedule'
        return (
            f"schtasks /Create /TN cemlab-schedule /SC MINUTE /MO 15 /TR '{inner} run --due'\n"
            f"schtasks /Create /TN cemlab-alive /SC DAILY /ST 09:00 /TR '{inner} check --alive'"
        )
    return (
        "from airflow import DAG\nfrom airflow.providers.standard.operators.bash import BashOperator\nimport pendulum\n\n"
        'with DAG("cemlab", schedule="*/15 * * * *", start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),\n'
        "         catchup=False, max_active_runs=1):\n"
        f'    BashOperator(task_id="run_due", bash_command={run!r}, cwd={root!r},\n'
        f'                 env={{"CEMLAB_HOME": {root!r}}}, append_env=True)'
    )


def this_machine():
    """What this machine has."""
    import shutil
    from pathlib import Path

    if sys.platform == "win32":
        return "windows"
    return "systemd" if Path("/run/systemd/system").is_dir() and shutil.which("systemctl") else "cron"
