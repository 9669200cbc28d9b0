import pytest

from faqbot.web.intake import MAX_BODY, parse_json
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

REFUSED = {
    "nothing": b"",
    "no json": "환불".encode(),
    "trailing comma": b'{"query": "a",}',
    "two values": b"{} {}",
    "NaN": b'{"limit": NaN}',
    "Infinity": b'{"limit": -Infinity}',
    "a number above every float": b'{"limit": 1e999}',
    "an integer of 5,000 digits": b'{"limit": ' + b"9" * 5000 + b"}",
    "a repeated name": b'{"query": "a", "query": "b"}',
    "a repeated name further in": b'{"query": {"a": 1, "\\u0061": 2}}',
    "a name that is a lone surrogate": b'{"\\udc00": 1}',
    "a lone surrogate": b'{"query": "\\ud800"}',
    "surrogates in the wrong order": b'{"query": "\\udc00\\ud800"}',
    "surrogates as UTF-8": b'{"query": "\xed\xa0\x80"}',
    "an overlong encoding": b'{"query": "\xc0\xaf"}',
    "CP949": '{"query": "환불"}'.encode("cp949"),
    "UTF-16": '{"query": "환불"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"query": "a"}'.encode("utf-16-le"),
    "a byte order mark": '{"query": "환불"}'.encode("utf-8-sig"),
    "a control character": b'{"query": "a\x00b"}',
    "brackets as deep as a body may be": b"[" * MAX_BODY,
    "balanced brackets as deep as a body may be": b"[" * (MAX_BODY // 2) + b"]" * (MAX_BODY // 2),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_parsers_disagree_about_is_refused(body: bytes):
    with pytest.raises(RequestError) as caught:
        parse_json(body)
    assert caught.value.code is ProblemCode.INVALID_JSON


def test_escaped_pairs_of_surrogates_are_one_character():
    assert parse_json(b'{"query": "\\ud83d\\ude00"}') == {"query": "😀"}


def test_escaped_control_characters_are_text():
    assert parse_json(b'{"query": "\\u0000"}') == {"query": "\0"}
