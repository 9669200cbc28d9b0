"""A Korean input method on Chromium's debugging protocol: what a two-set keyboard composes, key by key, in the event orders of several systems."""

from collections.abc import Callable
from enum import Enum

from playwright.sync_api import Page

from faqbot.korean.keyboard import to_hangul


class Order(Enum):
    """What Enter does to a syllable that is being composed."""

    MAC_CHROME = "keydown 229, compositionend, keydown 13"
    JAPANESE = "keydown 229, compositionend and nothing else"
    SAFARI = "compositionend, then keydown 229 that is no longer composing"


class KoreanKeyboard:
    """Types keys of the Latin layout with the Korean one on: `qothd` is 배송.

    Attributes:
        pace: milliseconds between two keys.
        rest: lets that time pass.
    """

    def __init__(self, page: Page, pace: int = 110) -> None:
        self.page = page
        self.pace = pace
        self.rest: Callable[[int], None] = page.wait_for_timeout
        self._session = page.context.new_cdp_session(page)
        self._keys = ""

    @property
    def _composing(self) -> str:
        return to_hangul(self._keys)

    def type(self, keys: str) -> None:
        """A key at a time; a syllable is written for good when the next one begins."""
        for key in keys:
            self._down(229)
            if key == " ":
                self.commit()
                self._session.send("Input.insertText", {"text": " "})
            else:
                self._compose(key)
            self._up(key)
            self.rest(self.pace)

    def type_without_composition(self, keys: str) -> None:
        """As on iOS: no composition events; a syllable that grows is deleted and inserted anew."""
        written = ""
        for at in range(1, len(keys) + 1):
            wanted = to_hangul(keys[:at])
            keep = next((i for i in range(len(written)) if written[i] != wanted[i : i + 1]), len(written))
            for _ in written[keep:]:
                self.page.keyboard.press("Backspace")
            self._session.send("Input.insertText", {"text": wanted[keep:]})
            written = wanted
            self.rest(self.pace)

    def commit(self) -> None:
        """Writes what is being composed."""
        if self._keys:
            self._session.send("Input.insertText", {"text": self._composing})
        self._keys = ""

    def enter(self, order: Order) -> None:
        if order is Order.SAFARI:
            self.commit()
            self._down(229, "Enter")
        else:
            self._down(229, "Enter")
            self.commit()
        self._up("Enter")
        if order is Order.MAC_CHROME:
            self.page.keyboard.press("Enter")

    def arrow_down(self) -> None:
        """While composing: the input method takes the key."""
        self._down(229, "ArrowDown")
        self._up("ArrowDown")

    def _compose(self, key: str) -> None:
        composed = to_hangul(self._keys + key)
        if len(composed) > 1:
            self._session.send("Input.insertText", {"text": composed[:-1]})
            self._keys = self._last_keys(self._keys + key, composed[-1])
        else:
            self._keys += key
        text = self._composing
        self._session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

    def _last_keys(self, keys: str, syllable: str) -> str:
        return next(keys[at:] for at in range(len(keys)) if to_hangul(keys[at:]) == syllable)

    def _down(self, code: int, key: str = "Process") -> None:
        self._session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": code, "key": key})

    def _up(self, key: str) -> None:
        self._session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})
