"""Serving opens nothing that can hold code, and reaches no other machine; neither do training and inquiries."""

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faqbot.errors import ReleaseError
from faqbot.retrieval.release import current_id, load_release
from faqbot.store import Role
from tests.contract.desk import OURS, as_operator
from tests.security.hostile import missing
from tests.security.watched import Watch

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: Files of a release that could be made to hold code, were anybody to open them as such.
OPENED_AS_DATA = ("entries.json", "idf.npy", "posting_rows.npy", "manifest.json", "vocabularies.json")


def watched(site: Path, var: Path, how: str, *before: str) -> dict[str, Any]:
    """What a process did: see tests.security.watched."""
    var.mkdir(exist_ok=True)
    command = [*before, sys.executable, "-W", "ignore", "-m", "tests.security.watched", str(site), str(var), how]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FAQBOT_")} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, cwd=var, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_serving_opens_no_pickle_runs_nothing_of_a_release_and_reaches_nobody(bare_site: Path, tmp_path: Path):
    site = shutil.copytree(bare_site, tmp_path / "models" / "default", symlinks=True)
    for place in (site, site / current_id(site)):
        (place / "sitecustomize.py").write_text("raise SystemExit('ran')")
        (place / "pipeline.pkl").write_bytes(pickle.dumps(print))
    told = watched(site, tmp_path / "var", "serve")
    assert told == {"found": [], "modules": []}


def test_training_reaches_nobody(bare_site: Path, tmp_path: Path):
    told = watched(bare_site, tmp_path / "var", "train")
    assert [each for each in told["found"] if not each[0].startswith(("import", "open"))] == []


def test_without_any_network_everything_is_served(bare_site: Path, tmp_path: Path):
    """In a namespace without even a loopback."""
    alone = ["unshare", "-n", "--map-root-user"] if os.geteuid() else ["unshare", "-n"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        missing("네트워크가 없는 공간을 만들 수 없습니다: unshare -n 이 되는 곳에서 실행하세요")
    assert watched(bare_site, tmp_path / "var", "serve", *alone)["found"] == []


class Marked:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", OPENED_AS_DATA)
@pytest.mark.parametrize("kind", ["pickle", "object array"])
def test_a_release_file_with_code_in_it_is_refused_and_runs_nothing(bare_site: Path, tmp_path: Path, name, kind):
    """Even with a digest that fits: whoever can write the manifest still runs nothing."""
    site, mark = shutil.copytree(bare_site, tmp_path / "default", symlinks=True), tmp_path / "ran"
    folder = site / current_id(site)
    bad = pickle.dumps(Marked(mark))
    if kind == "object array":
        with (tmp_path / "bad.npy").open("wb") as file:
            np.save(file, np.array([Marked(mark)], dtype=object), allow_pickle=True)
        bad = (tmp_path / "bad.npy").read_bytes()
    _replace(folder, name, bad)
    with pytest.raises(ReleaseError):
        load_release(folder)
    assert not mark.exists()


def _replace(folder: Path, name: str, data: bytes) -> None:
    old = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / name).write_bytes(data)
    if name != "manifest.json":
        manifest = folder / "manifest.json"
        text = manifest.read_text(encoding="utf-8")
        assert old in text
        manifest.write_text(text.replace(old, hashlib.sha256(data).hexdigest()), encoding="utf-8")


def test_no_route_takes_a_release_or_another_artifact(app):
    words = ("model", "artifact", "pickle", "joblib", "pipeline", "index")
    assert [rule.rule for rule in app.url_map.iter_rules() if any(word in f"{rule.rule} {rule.endpoint}".lower() for word in words)] == []


@pytest.mark.parametrize("name", ["pipeline.joblib", "faq.csv", "faq.xlsx", "faq.json", "../../models/default/CURRENT"])
def test_an_upload_with_code_in_it_is_at_most_a_table(app, store, name, tmp_path):
    mark = tmp_path / "ran"
    sent = {"file": (BytesIO(pickle.dumps(Marked(mark))), name)}
    assert as_operator(app, store, Role.OWNER).post("/admin/publish/upload", data=sent, headers=OURS).status_code in {303, 422}
    assert not mark.exists()


@pytest.mark.parametrize(
    ("event", "arguments"), [("pickle.find_class", ("os", "system")), ("socket.connect", (None, ("192.0.2.1", 80))), ("import", ("joblib", None))]
)
def test_the_watch_notices_what_it_watches_for(event, arguments):
    watch = Watch(())
    watch.on = True
    watch.hook(event, arguments)
    assert [each[0] for each in watch.found] == [event]
