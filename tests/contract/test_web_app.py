import subprocess
import sys

from faqbot.settings import Settings
from faqbot.web import create_app


def test_importing_the_web_package_loads_neither_kiwi_nor_scikit_learn():
    script = "import sys, faqbot.web; print(sorted({'sklearn', 'scipy', 'joblib', 'kiwipiepy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_two_apps_share_nothing(live):
    one, other = (create_app(live, Settings(title=title)).test_client() for title in ("하나", "둘"))
    assert "하나" in one.get("/").text
    assert "둘" in other.get("/").text


def test_making_an_app_needs_no_release(live):
    live.held = None
    create_app(live, Settings())
    assert live.taken == 0
