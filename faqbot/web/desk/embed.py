"""설치하기: how the answer box gets onto the operator's pages."""

from functools import cache

from flask import request
from flask.typing import ResponseReturnValue

from faqbot.web.desk.frame import render
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.pages.embed import THEMES, around, snippets
from faqbot.web.widget import Widget, read_widget

#: What the themes are, in the order of `THEMES`.
THEME_WORDS = {"auto": "손님 기기의 밝은·어두운 설정을 따라요.", "light": "늘 밝게 보여요. 적지 않으면 이것이에요.", "dark": "늘 어둡게 보여요."}
#: CSS variables of the answer box, and what they set.
VARIABLES = {
    "--faqbox-accent": "버튼과 링크의 색",
    "--faqbox-on-accent": "버튼 위 글자의 색",
    "--faqbox-bg": "상자의 바탕",
    "--faqbox-surface": "상자 안 카드의 바탕",
    "--faqbox-fg": "글자의 색",
    "--faqbox-muted": "덧붙이는 글자의 색",
    "--faqbox-border": "테두리의 색",
    "--faqbox-radius": "모서리의 둥글기",
    "--faqbox-font": "글꼴",
    "--faqbox-font-size": "글자 크기",
}


def embed(visit: DeskVisit) -> ResponseReturnValue:
    """What to copy, who may embed it, and how it can look."""
    widget = _widget()
    copied = snippets(visit.settings, request.url_root, widget)
    themes = tuple((theme, THEME_WORDS[theme]) for theme in THEMES)
    return render("desk/install.html", snippets=copied, version=widget.version, themes=themes, variables=VARIABLES, **around(visit.settings))


@cache
def _widget() -> Widget:
    """Read once; it does not change while a server runs."""
    return read_widget()


PAGES = (Page("/admin/install", "desk_install", embed, menu="설치하기"),)
