import subprocess
import sys

import pytest

from faqbot.settings import Settings
from faqbot.web import create_app


def test_importing_the_web_package_loads_neither_kiwi_nor_scikit_learn():
    script = "import sys, faqbot.web; print(sorted({'sklearn', 'scipy', 'joblib', 'kiwipiepy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_two_apps_share_nothing(build):
    one, other = (build(Settings(title=title)).test_client() for title in ("하나", "둘"))
    assert "하나" in one.get("/").text
    assert "둘" in other.get("/").text


def test_making_an_app_needs_no_release(build, live):
    live.held = None
    build(Settings())
    assert live.taken == 0


def test_making_an_app_touches_no_database(live, store, secret, database):
    """It is made before the server forks, and a connection may not be shared by two processes."""
    database.unlink()
    create_app(live, Settings(), store, secret)
    assert not database.exists()


def test_an_app_of_the_tests_reads_no_folder_of_the_project(build, tmp_path):
    """Whatever was trained there; a folder that a test names is taken."""
    for settings in (Settings(), Settings(models=tmp_path / "mine")):
        used = build(settings).extensions["faqbot"].settings
        assert {used.models.parent, used.var.parent} == {tmp_path}
    assert used.models == tmp_path / "mine"


def test_opening_hours_that_cannot_be_read_are_told_before_anybody_asks(build):
    with pytest.raises(ValueError, match="아무때나"):
        build(Settings(open_hours="아무때나"))
