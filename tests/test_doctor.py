"""`cemlab doctor`: every state of every check, and the command that mends it."""

import io
import sys

import pytest

from cemlab import doctor
from cemlab.doctor import Check


def test_where_the_tests_run_nothing_essential_is_missing():
    """Names are unique, so that a user can be asked for one line."""
    checks = doctor.run()
    assert len({check.name for check in checks}) == len(checks)
    assert [check for check in checks if check.state == "missing"] == []


@pytest.mark.parametrize(
    "version, state", [((3, 10), "missing"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "missing")]
)
def test_python_edges(version, state):
    check = doctor.check_python(version)
    assert check.state == state
    assert bool(check.mend) == (state == "missing")


def test_unmet_names_what_is_absent_or_too_old():
    wrong, count = doctor.unmet(["packaging>=1", "packaging>=9999", "no-such-package>=1", "x; extra == 'dev'"])
    assert count == 3
    assert list(wrong) == ["packaging>=9999", "no-such-package>=1"]
    assert wrong["packaging>=9999"] and wrong["no-such-package>=1"] is None
    assert doctor.listed(wrong).endswith(", no-such-package>=1 (—)")


def test_requirements_for_other_systems_do_not_count():
    assert doctor.unmet(["no-such-package==1; sys_platform == 'nowhere'"]) == ({}, 0)


def test_absent_packages_stop_and_say_how_to_mend():
    check = doctor.check_packages(["no-such-package>=1"])
    assert check.state == "missing"
    assert "no-such-package" in check.zh
    assert check.mend


def test_an_installed_cemlab_names_the_packages_in_the_command(monkeypatch):
    monkeypatch.setattr(doctor.paths, "is_checkout", lambda: False)
    assert doctor.check_packages(["no-such-package<3,>=1"]).mend.endswith('-m pip install "no-such-package<3,>=1"')


def test_packages_off_the_lock_are_advice(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("# made by hand\npackaging==0.1\n", encoding="utf-8")
    check = doctor.check_lock(lock)
    assert check.state == "advice"
    assert "packaging" in check.zh and "1 of 1" in check.en


def test_a_wheel_has_no_lock_to_compare_with(tmp_path):
    assert doctor.check_lock(tmp_path / "absent.lock").state == "ok"


def test_a_folder_not_made_yet_is_judged_by_its_nearest_parent_and_not_made(tmp_path):
    check = doctor.check_folder("reports", tmp_path / "a" / "b")
    assert check.state == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_stops(tmp_path):
    """A file where the folder should be is refused for every user, the administrator included."""
    (tmp_path / "reports").write_text("", encoding="utf-8")
    check = doctor.check_folder("reports", tmp_path / "reports")
    assert check.state == "missing"
    assert str(tmp_path / "reports") in check.mend


def test_fonts_that_cannot_be_loaded_stop(monkeypatch):
    monkeypatch.setitem(sys.modules, "cemlab.report.fonts", None)
    monkeypatch.delattr("cemlab.report.fonts", raising=False)
    check = doctor.check_fonts()
    assert check.state == "missing"
    assert "pylopdf-fonts-zh-cn" in check.mend


def test_spark_without_java_is_advice(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: object())
    check = doctor.check_java("no-such-command")
    assert check.state == "advice"
    assert check.mend


def test_spark_is_optional(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert doctor.check_java("no-such-command").state == "ok"


@pytest.mark.parametrize("state, code", [("ok", 0), ("advice", 0), ("missing", 1)])
def test_only_what_is_essential_gives_an_exit_code(state, code):
    out = io.StringIO()
    assert doctor.print_report([Check("python", state, "中文", "English", "do this")], file=out) == code
    assert "中文 / English" in out.getvalue()
    assert "-> do this" in out.getvalue()


def test_a_console_without_chinese_still_prints():
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="ascii")
    doctor.print_report([Check("python", "ok", "可用", "there")], file=console)
    console.flush()
    assert b"there" in raw.getvalue()
