"""What visitors get: the release, the ports, who can reach them."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from faqbot.bootstrap.doctor.check import Check, State
from faqbot.bootstrap.parts import build_live, is_loopback
from faqbot.domain import Outcome
from faqbot.errors import FaqbotError
from faqbot.settings import Settings, variable

#: Seconds that a server of this machine may take to answer.
_PATIENCE = 3.0


def release(settings: Settings) -> Iterator[Check]:
    """Whether the published release loads with the analyzer that is installed, and answers one of its own questions."""
    try:
        bot = build_live(settings).serving.bot
    except FaqbotError as error:
        yield Check("release", State.FAIL, str(error), "faqbot releases 로 쓸 수 있는 릴리스가 있는지 보세요.")
        return
    yield Check("analyzer", State.OK, "형태소 분석기와 사용자 사전이 학습할 때와 같습니다")
    shown = bot.visible()
    if not shown:
        yield Check("release", State.FAIL, f"릴리스 {bot.release}: 오늘 보여 줄 FAQ가 없습니다", "표의 시작일과 종료일, 사용 여부를 확인하고 다시 학습하세요.")
        return
    reply = bot.ask(shown[0].question)
    if reply.outcome is Outcome.FALLBACK:
        yield Check("release", State.FAIL, f"릴리스 {bot.release}: 표에 있는 질문에도 답하지 못합니다", "faqbot train --faq 파일.csv 로 다시 학습하세요.")
        return
    yield Check("release", State.OK, f"릴리스 {bot.release}: FAQ {len(shown):,}건에 답합니다")


def hours(settings: Settings) -> Iterator[Check]:
    """Whether the opening hours can be read: a server does not start with others. Nothing is said of those that can."""
    from faqbot.web.contact import opening_hours  # noqa: PLC0415  # the command line answers without Flask

    try:
        opening_hours(settings)
    except ValueError as error:
        yield Check("hours", State.FAIL, f"{variable('open_hours')}={settings.open_hours!r}: {error}", "고치거나 지우세요. 이대로는 서버가 시작하지 않습니다.")


def ports(settings: Settings) -> Iterator[Check]:
    """Whether the ports are free, or taken by a faqbot already."""
    yield _port("port", settings.host, settings.port, "/livez", "port")
    if settings.metrics_port:
        yield _port("metrics", settings.metrics_host, settings.metrics_port, "/metrics", "metrics_port")


def exposure(settings: Settings) -> Iterator[Check]:
    """What others can reach, and whether the settings fit that."""
    if settings.metrics_port and not is_loopback(settings.metrics_host):
        yield Check(
            "metrics_exposure", State.WARN, f"{variable('metrics_host')}={settings.metrics_host}: 다른 컴퓨터가 /metrics 를 읽을 수 있습니다. 로그인이 없습니다", "안쪽 망에서만 닿는지 방화벽을 확인하세요."
        )  # fmt: skip
    if is_loopback(settings.host):
        yield Check("exposure", State.OK, f"{settings.host}: 이 컴퓨터에서만 접속을 받습니다")
    elif not settings.trusted_proxies:
        step = f"HTTPS를 하는 nginx 같은 프록시를 앞에 두고 {variable('trusted_proxies')} 에 그 수를 적으세요."
        yield Check("exposure", State.WARN, f"{settings.host}: 프록시 없이 밖에서 접속을 받습니다. 암호화되지 않고 운영 화면에 로그인할 수 없습니다", step)
    else:
        yield Check("exposure", State.OK, f"{settings.host}: 프록시 {settings.trusted_proxies}개 뒤에서 접속을 받습니다")
    yield from _address(settings)


def fonts(_: Settings) -> Iterator[Check]:
    """Nothing: said because people look for it."""
    yield Check("fonts", State.SKIP, "글꼴은 살펴보지 않았습니다. 서버는 글자를 그리지 않고 손님의 브라우저가 그립니다")


def _address(settings: Settings) -> Iterator[Check]:
    if settings.public_url is None:
        if settings.trusted_proxies or not is_loopback(settings.host):
            step = f"{variable('public_url')} 에 https:// 로 시작하는 주소를 적으세요."
            yield Check("public_url", State.WARN, "손님이 보는 주소를 정하지 않았습니다. 알림에 진행 상황의 주소가 빠지고 검색 엔진이 찾지 못합니다", step)
    elif settings.public_url.scheme != "https" and not is_loopback(settings.public_url.host or ""):
        yield Check(
            "public_url", State.WARN, f"{settings.public_url}: 손님의 질문과 문의가 암호화되지 않습니다", "프록시에서 HTTPS를 켜고 주소를 https:// 로 바꾸세요."
        )
    else:
        yield Check("public_url", State.OK, f"손님이 보는 주소는 {settings.public_url} 입니다")


def _port(name: str, host: str, port: int, path: str, setting: str) -> Check:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        if _is_ours(host, port, path):
            return Check(name, State.OK, f"{host}:{port} 에서 faqbot이 답하고 있습니다")
        step = f"그 포트를 쓰는 프로그램을 멈추거나 {variable(setting)} 을(를) 바꾸세요."
        return Check(name, State.FAIL, f"{host}:{port} 을(를) 열 수 없습니다: {error.strerror}", step)
    return Check(name, State.OK, f"{host}:{port} 이(가) 비어 있습니다")


def _is_ours(host: str, port: int, path: str) -> bool:
    """Whether what listens there answers as we do."""
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # asked at, not bound to
    connection = HTTPConnection(there, port, timeout=_PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status == 200 and (b"faqbot_" if path == "/metrics" else b'"ok"') in response.read(100_000)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
