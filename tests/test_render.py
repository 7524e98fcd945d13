"""A run leaves a whole report or none: checked, replaced at once, ended when it hangs, and told in plain words."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import psutil
import pytest

from cemlab.report import watchdog
from cemlab.report.formats import FORMATS
from cemlab.report.manifest import check_report
from cemlab.report.render import RenderError, render

HEAD = """wave: str = "2017"  # the wave
seed: int = 7
lang: str = "zh"
out: str = "draft"
"""
WRITE = """from pathlib import Path
folder = Path(out)
(folder / "results.csv").write_text(f"metric,estimate\\nnps,{wave}\\n", encoding="utf-8")
(folder / "findings.csv").write_text("sentence\\n", encoding="utf-8")
(folder / "facts.json").write_text('{"data_version": 3, "codebook_hash": "ab"}', encoding="utf-8")
"""
PIDS = """import os
from pathlib import Path
Path("pids.txt").write_text(f"{os.getpid()}", encoding="utf-8")
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    """`study(code, ...)` writes a notebook of these cells into a folder of its own, where the run happens."""
    monkeypatch.chdir(tmp_path)

    def write(*code, head=HEAD):
        cells = [v4.new_markdown_cell("# 题目"), v4.new_code_cell(head, metadata={"tags": ["parameters"]})]
        for number, source in enumerate(code, 1):
            cells += [v4.new_markdown_cell(f"## 第{number}步"), v4.new_code_cell(source)]
        nbformat.write(v4.new_notebook(cells=cells), tmp_path / "study.ipynb")  # no kernelspec in it
        return tmp_path / "study.ipynb"

    return write


def failed(notebook, **options):
    with pytest.raises(RenderError) as caught:
        render(notebook, parameters={}, out="reports/x", **options)
    error = caught.value
    assert error.folder.name == "x.FAILED" and not (error.folder / "manifest.json").exists()
    page = (error.folder / "error.html").read_text(encoding="utf-8")
    assert not list(Path("reports").glob(".*")), "nothing hidden is left"
    return error, page


def gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.1)
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_report_is_whole_and_the_same_when_made_again(study):
    """Kernel of this Python, values with their types, hashes that fit, the same bytes twice, no temporary path in it."""
    look = "import sys\nfrom cemlab.report import kpi_cards\nprint(sys.executable, wave, seed)\nkpi_cards([{'title': 'NPS', 'value': '39.8 分'}])"
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    notebook = study(WRITE, look, draw)
    folder = render(notebook, parameters={"wave": "2016", "seed": "9"}, out="reports/x", formats=FORMATS)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(first) == [
        "facts.json",
        "findings.csv",
        "manifest.json",
        "report.docx",
        "report.html",
        "report.json",
        "report.pdf",
        "report.png",
        "report.pptx",
        "report.xlsx",
        "results.csv",
        "run.ipynb",
    ]
    page = first["report.html"].decode("utf-8")
    assert f"{sys.executable} 2016 9" in page and "39.8" in page and 'src="data:image/png' in page
    manifest = json.loads(first["manifest.json"])
    assert manifest["parameters"] == {"wave": "2016", "seed": 9, "lang": "zh", "out": "x"} and manifest["seed"] == 9
    assert manifest["data"] == {"data_version": 3, "codebook_hash": "ab"} and manifest["study"] == "study"
    assert set(manifest["files"]) == set(first) - {"manifest.json"} and manifest["packages"]["pandas"]
    assert not any(re.search(rb"\.x\.[0-9a-f]{12}", first[name]) for name in ("run.ipynb", "report.html"))
    check_report(folder)
    render(notebook, parameters={"wave": "2016", "seed": 9}, out="reports/x", formats=FORMATS)
    second = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert all(first[name] == second[name] for name in first if name != "manifest.json")
    (folder / "results.csv").write_text("changed", encoding="utf-8")
    with pytest.raises(ValueError, match=r"1 file\(s\) of x differ from its manifest, e.g. 'results.csv'"):
        check_report(folder)


def test_a_failing_cell_names_step_and_reason_and_keeps_the_earlier_report(study):
    Path("reports/x").mkdir(parents=True)
    for name in ("report.html", "manifest.json"):
        (Path("reports/x") / name).write_text("earlier", encoding="utf-8")
    code = "from cemlab.checks import DataError\nraise DataError('nps: 2 of 400 answers are 99 <b> 13812345678')"
    error, page = failed(study(WRITE, code, "1"))
    assert error.kind == "cell" and error.step == "第2步"
    assert "第2步" in page and "答案与编码簿" in page and "answers contradict the codebook" in page
    assert "2 of 400 answers are 99 &lt;b&gt;" in page and "13812345678" not in page
    assert "13812345678" not in str(error) and "第2步" in str(error) and "x.FAILED/error.html" in str(error)
    assert (Path("reports/x") / "report.html").read_text(encoding="utf-8") == "earlier"
    assert sorted(path.name for path in error.folder.iterdir()) == ["error.html", "run.ipynb"]
    run = nbformat.read(error.folder / "run.ipynb", 4)
    assert any(output.output_type == "error" for cell in run.cells for output in cell.get("outputs", []))
    assert not any("papermill-error" in cell.source for cell in run.cells)


def test_words_of_respondents_stay_out_of_the_message(study):
    error, page = failed(study("float('王小明说服务太差')"))
    assert "王小明" not in str(error) and "ValueError" in page


def test_results_that_were_not_written_are_no_success(study):
    error, page = failed(study("1 + 1"))
    assert error.kind == "results" and "results.csv, findings.csv, facts.json" in page


def test_a_notebook_that_leaves_early_is_no_success(study):
    error, _ = failed(study(WRITE + "import sys\nsys.exit(0)", "1"))
    assert error.kind in ("stopped", "cell") and error.step == "第1步"


def test_a_hanging_kernel_is_ended_with_all_it_started(study):
    hang = (
        PIDS
        + "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])\n"
    )
    hang += "Path('child.txt').write_text(str(child.pid))\nimport time\ntime.sleep(99)"
    error, page = failed(study(WRITE, hang), timeout=20)
    assert error.kind == "timeout" and error.step == "第2步" and "20 秒" in page and "20 seconds" in page
    assert gone(int(Path("pids.txt").read_text())) and gone(int(Path("child.txt").read_text()))


def test_a_kernel_that_dies_says_so(study):
    error, page = failed(study(WRITE, "import os\nos._exit(9)"))
    assert error.kind == "kernel_died" and error.step == "第2步" and "内存不足" in page


def test_a_run_that_eats_the_memory_is_ended(study):
    code = "import time\nhold = bytearray(900_000_000)\nhold[::4096] = b'x' * len(hold[::4096])\ntime.sleep(60)"
    error, page = failed(study(WRITE, code), memory_mb=700)
    assert error.kind == "memory" and "700 MB" in page


def test_only_a_kernel_that_does_not_start_is_tried_again(study, monkeypatch):
    calls = []

    def watched(command, **options):
        calls.append(command)
        return watchdog.run_watched([sys.executable, "-c", "import time; time.sleep(60)"], **options)

    monkeypatch.setattr("cemlab.report.render.run_watched", watched)
    error, page = failed(study(WRITE), start_timeout=0.5)
    assert error.kind == "start" and len(calls) == 2 and "自动重试一次" in page


def test_wrong_arguments_stop_before_anything_runs(study, monkeypatch):
    monkeypatch.setattr("cemlab.report.render.run_watched", lambda *a, **k: pytest.fail("something ran"))
    notebook = study(WRITE)
    with pytest.raises(ValueError, match=r"no parameter \['wav'\]. Did you mean 'wave'"):
        render(notebook, parameters={"wav": "2016"}, out="reports/x")
    with pytest.raises(ValueError, match=r"format \['odt'\] is not known"):
        render(notebook, parameters={}, out="reports/x", formats=("html", "odt"))
    with pytest.raises(ValueError, match="has no parameter 'out'"):
        render(study(WRITE, head="wave: str = 'a'"), parameters={}, out="reports/x")
    with pytest.raises(FileNotFoundError):
        render("none.ipynb", parameters={}, out="reports/x")
    assert not Path("reports").exists()


def test_a_folder_that_is_no_report_is_never_replaced(study):
    Path("thesis").mkdir()
    (Path("thesis") / "chapter.docx").write_text("years of work", encoding="utf-8")
    notebook = study(WRITE)
    for out in ("thesis", ".", "study.ipynb"):
        with pytest.raises(ValueError, match="is no report .* choose another folder for `out`"):
            render(notebook, parameters={}, out=out)
    assert (Path("thesis") / "chapter.docx").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("sent", [signal.SIGINT, getattr(signal, "SIGKILL", None)])
def test_an_interrupted_or_killed_render_leaves_nothing_behind(study, root, sent):
    notebook = study(PIDS + "import time\ntime.sleep(99)")
    code = f"from cemlab.report.render import render; render({str(notebook)!r}, parameters={{}}, out='reports/x')"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not (Path("pids.txt").is_file() and Path("pids.txt").read_text()) and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(sent)
    assert process.wait(timeout=30) != 0
    assert gone(int(Path("pids.txt").read_text()))
    end = time.monotonic() + 10
    while any(Path("reports").iterdir()) and time.monotonic() < end:
        time.sleep(0.1)
    assert not list(Path("reports").iterdir())


def test_a_replacement_cut_short_is_undone(study):
    """Stopped between the two renames, the earlier report lies aside; the next run puts it back before it starts."""
    Path("reports/.x.earlier").mkdir(parents=True)
    (Path("reports/.x.earlier") / "report.html").write_text("earlier", encoding="utf-8")
    with pytest.raises(RenderError):
        render(study("1 / 0"), parameters={}, out="reports/x")
    assert (Path("reports/x") / "report.html").read_text(encoding="utf-8") == "earlier"


def test_the_watchdog_passes_events_on_and_reports_the_exit_code():
    seen = []
    code = "import json; print(json.dumps({'event': 'cell', 'index': 0})); print('no json'); raise SystemExit(3)"
    outcome = watchdog.run_watched([sys.executable, "-c", code], timeout=30, start_timeout=30, on_event=seen.append)
    assert (outcome.how, outcome.code, seen) == ("ended", 3, [{"event": "cell", "index": 0}]) and outcome.events == seen
