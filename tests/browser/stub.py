"""A server that speaks the HTTP contract and misbehaves on request, and a strict page of another origin that embeds the box."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

import faqbot

#: The file that pages load.
WIDGET = Path(faqbot.__file__).parent / "web/static/widget/faq-box.min.js"

FEE = {"id": "fee", "question": "배송비는 얼마인가요?", "short_title": "배송비", "category": "배송>배송비"}
LATE = {"id": "late", "question": "배송이 늦어지고 있는데 언제 도착하나요?", "short_title": "배송 지연", "category": "배송>배송 조회"}
ADDRESS = {"id": "address", "question": "배송지를 바꾸고 싶어요", "short_title": "배송지 변경", "category": "배송>배송지"}
REFUND = {"id": "refund", "question": "환불은 며칠 걸리나요?", "short_title": "환불 기간", "category": "결제>환불"}
PASSWORD = {"id": "password", "question": "비밀번호를 잊어버렸어요", "short_title": "비밀번호", "category": "계정"}
ENTRIES = (FEE, LATE, ADDRESS, REFUND, PASSWORD)
CATEGORIES = [
    {
        "name": "배송",
        "category": "배송",
        "count": 3,
        "children": [{"name": name, "category": f"배송>{name}", "count": 1, "children": []} for name in ("배송비", "배송 조회", "배송지")],
    },
    {"name": "결제", "category": "결제", "count": 1, "children": [{"name": "환불", "category": "결제>환불", "count": 1, "children": []}]},
    {"name": "계정", "category": "계정", "count": 1, "children": []},
]
CONTACT = {
    "phone": "1588-0000",
    "call_charge": "수신자 부담",
    "email": "help@shop.example.kr",
    "chat_url": "https://chat.shop.example.kr/",
    "hours": "평일 09:00–18:00",
    "open_now": False,
    "open_text": "지금은 상담 시간이 아니에요. 내일 오전 9시부터 상담해 드려요.",
    "expected": "지금 문의하시면 11월 30일(월)까지 답해 드려요.",
    "inquiry_url": "https://help.shop.example.kr/inquiry",
    "own_inquiry": True,
}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


#: Every kind of block and span that an answer may hold.
BLOCKS = [
    {
        "type": "paragraph",
        "spans": [
            _text("카드로 결제하셨다면 "),
            {"type": "bold", "text": "영업일 3일"},
            _text(" 안에 환불돼요."),
            {"type": "line_break"},
            _text("주말은 세지 않아요."),
        ],
    },
    {"type": "heading", "level": 3, "spans": [_text("환불 순서")]},
    {
        "type": "numbered_list",
        "start": 2,
        "items": [
            [
                {
                    "type": "paragraph",
                    "spans": [_text("내 주문에서 "), {"type": "link", "label": "환불 현황", "url": "https://pay.example.kr/refund"}, _text("을 눌러요.")],
                }
            ],
            [
                {"type": "paragraph", "spans": [_text("환불 수단을 골라요.")]},
                {"type": "bullet_list", "items": [[{"type": "paragraph", "spans": [_text("카드")]}], [{"type": "paragraph", "spans": [_text("계좌")]}]]},
            ],
        ],
    },
    {"type": "heading", "level": 4, "spans": [_text("걸리는 기간")]},
    {
        "type": "table",
        "header": [[_text("결제수단")], [_text("기간")], [_text("비고")]],
        "rows": [
            [[_text("신용카드")], [_text("영업일 3일")], [_text("카드사에 따라 더 걸릴 수 있어요")]],
            [[_text("계좌이체")], [_text("당일")], [_text("오후 4시 전 신청")]],
        ],
    },
    {"type": "paragraph", "spans": [{"type": "link", "label": "위험한 링크", "url": "javascript:alert(1)"}, _text(" <img src=x onerror=alert(1)>")]},
]

#: A stylesheet that means harm.
HOSTILE = (
    "*{color:lime!important;letter-spacing:.3em!important;transform:rotate(1deg)!important;text-transform:uppercase!important;direction:rtl!important}"
    "*::before{content:'!'!important;color:red!important}html{font-size:62.5%}"
    "faq-box,div,section{opacity:.3!important;font:8px serif!important}input,button{display:none!important}"
)


@dataclass
class Bot:
    """What the stub was asked, and how it is to behave.

    Attributes:
        requests: method, path with query string, and the body of each, in order.
        delay: seconds that every reply takes longer.
    """

    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    delay: float = 0.0

    def paths(self, path: str) -> list[Any]:
        """Queries or bodies of the requests for a path."""
        return [body if method == "POST" else url for method, url, body in self.requests if url.split("?")[0] == path]


def reply_to(query: str, *, literal: bool = False) -> dict[str, Any]:
    """The reply of a query: its outcome is named by what is in it."""
    reply: dict[str, Any] = {
        "v": 1,
        "request_id": "0" * 32,
        "release": "stub",
        "outcome": "answer",
        "answer": None,
        "candidates": [],
        "shown": 0,
        "fallback": None,
        "interpretation": {"normalized": query, "corrections": []},
        "message": None,
        "feedback_token": f"token-{query}",
        "related": [],
        "categories": [],
        "notices": [],
        "contact": CONTACT,
    }
    if query == "안녕하세요":
        return {**reply, "outcome": "fallback", "reason": "nothing_asked", "fallback": {"reason": "nothing_asked"}, "categories": CATEGORIES}
    if "모름" in query or literal:
        return {**reply, "outcome": "fallback", "fallback": {"reason": "not_confident"}, "categories": CATEGORIES}
    if query == "배송":
        return {**reply, "outcome": "suggest", "candidates": [FEE, LATE, ADDRESS], "shown": 3}
    if query == "qothd":
        return {
            **reply,
            "outcome": "suggest",
            "candidates": [FEE, LATE],
            "shown": 2,
            "notices": [{"type": "layout", "typed": "qothd", "read": "배송", "message": ""}],
        }
    entry = next((entry for entry in ENTRIES if entry["question"] == query), REFUND)
    return {**reply, "answer": answer(entry), "candidates": [entry, LATE], "shown": 1, "related": [FEE, ADDRESS, LATE, entry, PASSWORD, REFUND]}


def answer(entry: dict[str, str]) -> dict[str, Any]:
    """The answer of an entry."""
    blocks = BLOCKS if entry is REFUND else [{"type": "paragraph", "spans": [_text(f"{entry['short_title']} 안내예요.")]}]
    link = {"url": "https://help.example.kr/refund", "label": "환불 보기"} if entry is REFUND else None
    return {"id": entry["id"], "question": entry["question"], "category": entry["category"], "blocks": blocks, "link": link, "updated_at": "2026-01-05"}


def _as_json(value: object, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, headers, content_type="application/json")


def _file(name: str, content_type: str) -> Response:
    return Response(WIDGET.with_name(name).read_text(encoding="utf-8"), content_type=f"{content_type}; charset=utf-8")


def _ask() -> Response:
    body = json.loads(request.get_data())
    query = body["query"]
    for word, status, code in (("고장", 500, "internal_error"), ("길이", 422, "too_long"), ("바쁨", 429, "rate_limited"), ("점검", 503, "not_ready")):
        if word in query:
            return _as_json({"code": code}, status, **{"Retry-After": "2"})
    if "느림" in query:
        time.sleep(float(query.split()[-1]))
    return _as_json(reply_to(query, literal=body.get("literal", False)))


def _suggest() -> Response:
    typed = json.loads(request.get_data())["q"]
    wanted = "배송" if typed in {"ㅂㅅ", "qothd"} else typed
    return _as_json({"items": [entry for entry in ENTRIES if wanted in entry["question"]][:5]})


def _faqs() -> Response:
    found = [entry for entry in ENTRIES if entry["category"].startswith(request.args["category"])]
    return _as_json({"items": found, "total": len(found)})


def _faq(entry_id: str) -> Response:
    return _as_json(answer(next(entry for entry in ENTRIES if entry["id"] == entry_id)))


#: Method, path and view of the bot.
_BOT: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/widget/v1.js", lambda: _file(WIDGET.name, "text/javascript")),
    ("GET", "/widget/v1.en.json", lambda: _file("faq-box.en.json", "application/json")),
    ("POST", "/v1/ask", _ask),
    ("POST", "/v1/suggest", _suggest),
    ("GET", "/v1/popular", lambda: _as_json({"items": ENTRIES})),
    ("GET", "/v1/categories", lambda: _as_json({"items": CATEGORIES})),
    ("GET", "/v1/contact", lambda: _as_json(CONTACT)),
    ("GET", "/v1/faqs", _faqs),
    ("GET", "/v1/faqs/<path:entry_id>", _faq),
    ("POST", "/v1/feedback", lambda: Response(status=204)),
    ("POST", "/v1/choices", lambda: Response(status=204)),
    ("POST", "/inquiry", lambda: Response("<!doctype html><html lang=ko><title>1:1 문의</title><h1>1:1 문의</h1>")),
)


def bot_app(bot: Bot) -> Flask:
    """The bot. A query that holds 고장, 길이, 바쁨, 점검 or 느림 (and seconds) gets the trouble that it names."""
    app = Flask("stub")

    @app.before_request
    def note() -> None:
        body = None
        if request.method == "POST":
            body = json.loads(request.get_data()) if request.mimetype == "text/plain" else request.form.to_dict(flat=False)
        bot.requests.append((request.method, request.full_path.rstrip("?"), body))
        time.sleep(bot.delay)

    @app.after_request
    def allow(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    for method, path, view in _BOT:
        app.add_url_rule(path, path, view, methods=[method])
    return app


#: Stylesheets of the host.
_STYLES = {"plain": "", "hostile": HOSTILE, "large": "html{font-size:200%}", "tiny": "html{font-size:62.5%}"}


def _page(body: str) -> str:
    style, scheme = request.args.get("style"), "light" if request.args.get("theme") == "light" else "light dark"
    sheet = f'<link rel="stylesheet" href="/styles/{escape(style)}">' if style else ""
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="{scheme}"><title>고객센터</title>{sheet}</head>'
        f"<body><main><h1>고객센터</h1>{body}</main></body></html>"
    )


def _home(script: str) -> str:
    attributes = {"target": "#faq"} | {key: value for key, value in request.args.items() if key != "style"}
    data = "".join(f' data-{key}="{escape(value)}"' for key, value in attributes.items())
    return _page(f'<div id="faq"><a href="/help">도움말에서 찾아보기</a></div><script src="{script}" async{data}></script>')


def _elements(bot_origin: str) -> str:
    script = f'<script src="{bot_origin}/widget/v1.js" async></script>'
    return _page(
        f'<faq-box endpoint="{bot_origin}" label="주문을 도와드릴까요?"><a href="/help">도움말</a></faq-box>'
        f'<faq-box endpoint="{bot_origin}" label="How can we help?" lang="en-GB" theme="dark" inquiry-url="/cs/inquiry"></faq-box>{script}{script}'
    )


def host_app(bot_origin: str) -> Flask:
    """Help pages of somebody's shop. `/` takes the script's attributes from its query string, `/elements` holds two boxes and the script twice."""
    app = Flask("host")

    @app.after_request
    def strict(response: Response) -> Response:
        styles = "style-src 'self'; " if request.args.get("style") else ""
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src {bot_origin}; connect-src {bot_origin}; {styles}base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        return response

    app.add_url_rule("/", "home", lambda: _home(f"{bot_origin}/widget/v1.js"))
    app.add_url_rule("/broken", "broken", lambda: _home(f"{bot_origin}/no-such-file.js"))
    app.add_url_rule("/elements", "elements", lambda: _elements(bot_origin))
    app.add_url_rule("/styles/<name>", "styles", lambda name: Response(_STYLES[name], content_type="text/css"))
    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Runs an app in a thread; gives its origin."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)  # it looks that often whether it is to end
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def stage() -> Iterator[tuple[str, str, Bot]]:
    """A host and a bot of two origins; their addresses, and what the bot notes."""
    bot = Bot()
    with serving(bot_app(bot)) as bot_origin, serving(host_app(bot_origin)) as host_origin:
        yield host_origin, bot_origin, bot
