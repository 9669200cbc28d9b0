"""The other sites of the server: their files and their releases."""

from collections.abc import Iterator
from pathlib import Path

from faqbot.bootstrap.doctor.check import Check, State
from faqbot.bootstrap.parts import build_live, site_folder
from faqbot.errors import FaqbotError, SettingsError
from faqbot.retrieval.release import CURRENT
from faqbot.settings import Settings, settings_of_site, variable
from faqbot.site_files import site_file, site_names


def sites(settings: Settings) -> Iterator[Check]:
    """Whether each site that a file describes could be opened and answers; a line for each that could not, and one for all that could. Nothing for a server of one."""
    if settings.sites is None:
        return
    try:
        names = [name for name in site_names(settings.sites) if name != settings.site]
    except SettingsError as error:
        yield Check("sites", State.FAIL, str(error))
        return
    wrong = [check for name in names if (check := _site(settings, settings.sites, name)) is not None]
    yield from wrong
    yield Check("sites", State.OK, f"다른 사이트 {len(names)}곳 가운데 {len(names) - len(wrong)}곳이 답합니다")


def _site(settings: Settings, folder: Path, name: str) -> Check | None:
    """What is wrong with one; None for nothing."""
    try:
        described = settings_of_site(settings, name)
    except SettingsError as error:
        return Check(f"site {name}", State.FAIL, str(error))
    if not (site_folder(described) / CURRENT).exists():
        if settings.shared_releases:
            return Check(f"site {name}", State.SKIP, f"{site_folder(described)}: 이 컴퓨터에는 아직 릴리스가 없습니다. 처음 열 때 받습니다")
        step = f"{variable('site')}={name} faqbot train --faq 파일.csv 로 학습하거나 {site_file(folder, name)} 을(를) 지우세요."
        return Check(f"site {name}", State.WARN, f"{site_folder(described)}: 공개된 릴리스가 없어 답하지 못합니다", step)
    try:
        build_live(described).serving  # noqa: B018  # loads it, and asks it its own questions
    except FaqbotError as error:
        return Check(f"site {name}", State.FAIL, str(error), f"{variable('site')}={name} faqbot releases 로 쓸 수 있는 릴리스가 있는지 보세요.")
    return None
