"""Machines that share releases share all that takes, or none starts; and none goes a way of its own."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from faqbot.bootstrap.parts import build_store
from faqbot.bootstrap.serving import bring_shared_releases
from faqbot.cli import main
from faqbot.errors import SettingsError
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings

#: Nobody listens there.
NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/none"
KEY = "a secret that all machines know, 32+"


def test_sqlite_cannot_be_shared(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FAQBOT_DATABASE_URL 에 PostgreSQL 주소"):
        build_store(Settings(shared_releases=True, secret_key=SecretStr(KEY), var=tmp_path))


def test_the_secret_key_is_never_one_machines_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FAQBOT_SECRET_KEY 를 모든 컴퓨터에 똑같이"):
        build_store(Settings(shared_releases=True, database_url=SecretStr(NOWHERE), var=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_down_keeps_no_machine_from_starting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bring_shared_releases(Settings(shared_releases=True, database_url=SecretStr(NOWHERE), secret_key=SecretStr(KEY), models=tmp_path, var=tmp_path))
    assert "begins with the release it has" in caplog.text


def test_while_the_database_is_down_no_machine_goes_back_alone(bare_site: Path, tmp_path: Path) -> None:
    site = shutil.copytree(bare_site, tmp_path / "models" / "default")
    before = current_id(site)
    settings = {"SHARED_RELEASES": "true", "DATABASE_URL": NOWHERE, "SECRET_KEY": KEY, "MODELS": str(site.parent), "VAR": str(tmp_path)}
    result = CliRunner().invoke(main, ["releases", "rollback"], env={f"FAQBOT_{name}": value for name, value in settings.items()})
    assert result.exit_code != 0
    assert "데이터베이스에 연결하지 못했습니다" in result.stderr
    assert current_id(site) == before
