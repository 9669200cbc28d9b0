"""A page as a visitor without JavaScript has it: text, links, and forms that can be filled in and sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Attributes = dict[str, str | None]


@dataclass
class Button:
    words: str = ""
    name: str | None = None
    value: str = ""
    action: str | None = None


@dataclass
class Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def value(self, name: str) -> str:
        return next(value for other, value in self.fields if other == name)

    def values(self, name: str) -> list[str]:
        return [value for other, value in self.fields if other == name]

    def send(self, client: FlaskClient, words: str, changes: dict[str, str] | None = None, **options) -> TestResponse:
        """What comes when the button with those words is pressed, after some fields were filled in."""
        button = next(button for button in self.buttons if words in button.words)
        changed = changes or {}
        data = [(name, value) for name, value in self.fields if name not in changed] + list(changed.items())
        if button.name:
            data.append((button.name, button.value))
        body: dict[str, list[str]] = {}
        for name, value in data:
            body.setdefault(name, []).append(value.replace("\n", "\r\n"))
        return client.post((button.action or self.action).partition("#")[0], data=body, **options)


class Page(HTMLParser):
    """Tags with their attributes, the text between them, and the forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.forms: list[Form] = []
        self.text = ""
        self.title = ""
        self.scripts = ""
        self._within: list[str] = []
        self._written: tuple[str, list[str]] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self._within.append(tag)
        if tag == "form":
            self.forms.append(Form(attributes["action"] or ""))
        elif self.forms:
            self._field(tag, attributes)

    def _field(self, tag: str, attributes: Attributes) -> None:
        form, name, value = self.forms[-1], attributes.get("name"), attributes.get("value") or ""
        if tag == "button":
            form.buttons.append(Button("", name, value, attributes.get("formaction")))
        elif tag == "textarea":
            self._written = (name or "", [])
        elif tag == "select":
            self._select = name or ""
        elif tag == "option" and "selected" in attributes:
            form.fields.append((self._select, value))
        elif tag == "input" and name and (attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes):
            form.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass
        if tag == "textarea" and self._written:
            name, pieces = self._written
            self.forms[-1].fields.append((name, "".join(pieces).removeprefix("\n")))
            self._written = None

    def handle_data(self, data: str) -> None:
        if self._within[-1:] == ["script"]:
            self.scripts += data
            return
        self.text += data
        if "title" in self._within:
            self.title += data
        if self._written:
            self._written[1].append(data)
        if "button" in self._within and self.forms and self.forms[-1].buttons:
            self.forms[-1].buttons[-1].words += data

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.tags if name == tag]

    def with_id(self, name: str) -> Attributes:
        return next(attributes for _, attributes in self.tags if attributes.get("id") == name)

    def hrefs(self) -> list[str | None]:
        return [link["href"] for link in self.all("a")]

    def form(self, action: str, words: str = "") -> Form:
        """The first form to an address that has a button with those words."""
        return next(form for form in self.forms if form.action.partition("#")[0] == action and any(words in button.words for button in form.buttons))

    @property
    def is_noindex(self) -> bool:
        return {"name": "robots", "content": "noindex"} in self.all("meta")


def page(response: TestResponse, status: int = 200) -> Page:
    assert response.status_code == status, response.text
    return Page(response.text)


def asked(client: FlaskClient, query: str, status: int = 200) -> Page:
    return page(client.post("/", data={"query": query}), status)
