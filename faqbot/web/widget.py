"""Serves the answer box to pages of any origin: always the newest, or one version for ever."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, Response, request

from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

FOLDER = Path(__file__).with_name("static") / "widget"
#: Seconds: a correction reaches every page within five minutes, and no visitor waits for it.
_EVERGREEN = "public, max-age=300, stale-while-revalidate=86400"
_FOR_EVER = "public, max-age=31536000, immutable"
_VERSION = re.compile(r"/\*! faq-box (\d+(?:\.\d+)*)")
_SCRIPT, _SENTENCES = "text/javascript; charset=utf-8", "application/json"


@dataclass(frozen=True)
class File:
    """A file that is served as it is or compressed, read once."""

    content: bytes
    content_type: str

    @cached_property
    def compressed(self) -> bytes:
        """With gzip, the same for the same content."""
        return gzip.compress(self.content, 9, mtime=0)

    @cached_property
    def digest(self) -> bytes:
        """SHA-384."""
        return hashlib.sha384(self.content).digest()

    @property
    def integrity(self) -> str:
        """What a script element demands of the file."""
        return "sha384-" + base64.b64encode(self.digest).decode()


@dataclass(frozen=True)
class Widget:
    """The answer box.

    Attributes:
        script: the file itself.
        version: of it.
        sentences: in other languages, by their code.
    """

    script: File
    version: str
    sentences: dict[str, File]


def read_widget(folder: Path = FOLDER) -> Widget:
    """The answer box in a folder."""
    content = (folder / "faq-box.min.js").read_bytes()
    found = _VERSION.match(content.decode("utf-8"))
    sentences = {file.suffixes[0][1:]: File(file.read_bytes(), _SENTENCES) for file in sorted(folder.glob("faq-box.*.json"))}
    return Widget(File(content, _SCRIPT), found[1] if found else "0", sentences)


def install(app: Flask, widget: Widget) -> None:
    """Serve the answer box with the app."""

    def fixed(version: str) -> Response:
        if version != widget.version:
            raise RequestError(ProblemCode.NOT_FOUND)
        return _serve(widget.script, _FOR_EVER)

    def sentences(lang: str) -> Response:
        if lang not in widget.sentences:
            raise RequestError(ProblemCode.NOT_FOUND)
        return _serve(widget.sentences[lang], _EVERGREEN)

    app.add_url_rule("/widget/v1.js", "widget", lambda: _serve(widget.script, _EVERGREEN))
    app.add_url_rule("/widget/<version>/faq-box.js", "fixed_widget", fixed)
    app.add_url_rule("/widget/v1.<lang>.json", "widget_sentences", sentences)


def _serve(file: File, caching: str) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    response = Response(file.compressed if packed else file.content, content_type=file.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Encoding")
    response.set_etag(file.digest.hex()[:32] + ("-gzip" if packed else ""))
    response.make_conditional(request)
    return response
