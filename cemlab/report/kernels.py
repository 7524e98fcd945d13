"""Kernels forked from a process that has the libraries imported already, and reports made in such processes.

A report takes two forks: of the nursery (a process with one thread that imported everything, see `nursery`) a worker,
and of the worker, before it starts a thread or a socket of its own, the kernel. Both are fresh processes: whatever the
notebook changes is gone with them. They talk through sockets in the report's own private folder, so that no two kernels
can collide on a port or a path. Fork with libraries that run threads is safe on Linux only; elsewhere reports are made
by plain kernels (`fanout`).
"""

import asyncio
import gc
import json
import os
import resource
import signal
import sys
import tempfile
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.provisioning.factory import KernelProvisionerFactory

NAME = "cemlab-fork"
ROOM = 90  # characters a socket's path may have (the limit of the systems lies at 104 to 108)


class Forked:
    """A forked process with the part of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        """The exit code, or None while it runs."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self):
        """Wait for its end; called after `poll` saw it."""
        return self.poll()

    def send_signal(self, number):
        """Send a signal to this process only: its group is the worker's too."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by forking the process that asks for it."""

    async def launch_kernel(self, cmd, **kwargs):
        """Fork; the child becomes the kernel of the connection file that `cmd` names."""
        file = cmd[cmd.index("-f") + 1]
        pid = os.fork()
        if pid == 0:
            become_kernel(file, kwargs.get("env") or {}, kwargs.get("cwd"))
        self.process, self.pid, self.pgid = Forked(pid), pid, None
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info


class ForkedKernel(AsyncKernelManager):
    """A kernel manager whose kernels are forks, on sockets in a folder of their own."""

    private = ""  # set by the worker

    def __init__(self, **options):
        factory = KernelProvisionerFactory.instance()
        factory.provisioners.setdefault(
            NAME, EntryPoint(NAME, "cemlab.report.kernels:ForkProvisioner", "jupyter_client.kernel_provisioners")
        )
        if len(self.private) < ROOM - 10:
            options |= {"transport": "ipc", "ip": f"{self.private}/k"}
        super().__init__(**options)

    @property
    def kernel_spec(self):
        """No program is started: the command only carries the connection file."""
        return KernelSpec(
            argv=[sys.executable, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )


def become_kernel(connection_file, environment, cwd):
    """Turn a forked process into a kernel; never returns."""
    code = 1
    try:
        end_with_parent()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        asyncio._set_running_loop(None)
        asyncio.set_event_loop(None)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(cwd or ".")
        fresh_chance()
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.clear_instance()
        app = IPKernelApp.instance()
        app.initialize(["-f", connection_file, "--HistoryManager.enabled=False", "--IPKernelApp.parent_handle=0"])
        app.start()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        flush()
        os._exit(code)


def fresh_chance():
    """Chance of its own for each process: numpy's shared generator is not made anew by a fork."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def flush():
    """Write what is left in the standard streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass


def end_with_parent():
    """Let the system end this process when its parent is gone (Linux)."""
    import ctypes

    try:
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        pass


def limit_memory(memory_mb):
    """A wall for bursts that are over before the watchdog looks: data of this process may grow by twice the limit."""
    if not memory_mb:
        return
    wall = int(2 * memory_mb * 1e6) + data_size()
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (wall if hard < 0 else min(wall, hard), hard))


def data_size():
    """Bytes of private memory this process has now."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmData"):
            return int(line.split()[1]) * 1024
    return 0


def work(job, lines):
    """What a worker does: make one report, say how it went in `lines` (a file descriptor); never returns."""
    code = 1
    try:
        os.setsid()
        end_with_parent()
        log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in (1, 2):
            os.dup2(log, number)
        os.close(log)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)

        def say(event):
            os.write(lines, (json.dumps({**event, "id": job["id"]}) + "\n").encode())  # short: one write is one line

        limit_memory(job["memory_mb"])
        fresh_chance()
        gc.enable()
        gc.set_threshold(200_000, 50, 100)
        with tempfile.TemporaryDirectory(prefix="cemlab-", ignore_cleanup_errors=True) as private:
            outcome = make(job, say, private)
        own, kernel = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome |= {"peak_mb": max(own.ru_maxrss, kernel.ru_maxrss) / 1024}
        outcome |= {"cpu": own.ru_utime + own.ru_stime + kernel.ru_utime + kernel.ru_stime}
        say({"event": "outcome", **outcome})
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        flush()
        os._exit(code)


def make(job, say, private):
    """Make one report in this process and a kernel forked from it; its outcome as a dict."""
    from cemlab.report.execute import run_notebook
    from cemlab.report.render import RenderError, plan_render

    os.environ.update(CEMLAB_RENDER="1", IPYTHONDIR=f"{private}/i", JUPYTER_RUNTIME_DIR=f"{private}/r")
    os.chdir(job["cwd"])
    ForkedKernel.private = private

    def run(folder):
        inner = {**job, "folder": str(folder), "parameters": {**plan.given, "out": str(folder)}}
        inner["notebook"] = str(plan.notebook)
        return run_notebook(inner, folder, say, ForkedKernel)

    try:
        plan = plan_render(
            job["notebook"], parameters=job["parameters"], out=job["out"], title=job["title"],
            standing=job["standing"], folder=job["folder"], formats=job["formats"],
        )  # fmt: skip
        plan.make(run)
    except RenderError as error:
        return {"kind": error.kind, "name": error.name, "text": str(error)[:1500]}
    except (ValueError, OSError) as error:
        disk = isinstance(error, OSError) and not isinstance(error, FileNotFoundError)
        return {"kind": "run" if disk else "wrong", "name": type(error).__name__, "text": str(error)[:1500]}
    except Exception as error:
        import traceback

        traceback.print_exc()
        return {
            "kind": "run",
            "name": type(error).__name__,
            "text": f"render: {type(error).__name__} while the page was made.",
        }
    return {"kind": "done", "name": "", "text": ""}
