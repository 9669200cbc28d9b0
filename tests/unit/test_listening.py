"""Where the server says that it can be opened."""

import pytest

from faqbot.settings import Settings
from faqbot.web.listening import opened


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000 에서 열었습니다. 멈추려면"),
        ("::1", "http://[::1]:8000 에서 열었습니다. 멈추려면"),
        ("help.example.kr", "http://help.example.kr:8000 에서 열었습니다. 멈추려면"),
        ("0.0.0.0", "http://127.0.0.1:8000 에서 열었습니다. 다른 컴퓨터에서는 127.0.0.1 대신 이 컴퓨터의 주소로 엽니다."),  # noqa: S104  # nothing is bound
        ("::", "http://[::1]:8000 에서 열었습니다. 다른 컴퓨터에서는 ::1 대신 이 컴퓨터의 주소로 엽니다."),
    ],
)
def test_what_is_said_can_be_opened_in_a_browser(host: str, said: str) -> None:
    assert opened(Settings(host=host, port=8000)).startswith(said)
