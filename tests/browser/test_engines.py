"""Other engines than Chromium's: the box is built under the strict policy, suggests, answers and hands over."""

import json
from pathlib import Path

import pytest

from tests.browser import engines
from tests.browser.stub import FEE, stage

_READY = """
(async () => {
  window.refused = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    // the icon of the host, which an engine may ask for by itself
    if (!event.blockedURI.endsWith('/favicon.ico')) refused.push(event.violatedDirective + ' ' + event.blockedURI);
  });
  window.root = () => document.querySelector('faq-box').shadowRoot;
  window.until = async (found) => {
    for (let i = 0; i < 100 && !found(); i++) await new Promise((done) => setTimeout(done, 50));
    if (!found()) throw Error('not within five seconds: ' + found);
  };
  await until(() => document.querySelector('faq-box')?.shadowRoot);
  root().getElementById('input').focus();
  await until(() => root().querySelectorAll('[role=option]').length === 5);
  return String(root().querySelectorAll('[role=option]').length);
})()
"""
_SUGGESTED = """
(async () => {
  await until(() => root().querySelector('[role=listbox]').getAttribute('aria-label') === '추천 질문');
  return JSON.stringify([...root().querySelectorAll('[role=option] span')].map((node) => node.textContent));
})()
"""
_REACHED = "root().getElementById('input').getAttribute('aria-activedescendant')"
_ANSWERED = """
(async () => {
  await until(() => root().querySelector('section h2'));
  const box = root().querySelector('.box');
  const value = {
    title: root().querySelector('section h2').textContent, focus: root().activeElement.tagName, input: root().getElementById('input').value,
    wide: document.documentElement.scrollWidth <= innerWidth, colour: getComputedStyle(box).color, refused,
    handOver: root().querySelector('.foot form').action, stored: localStorage.length + sessionStorage.length + document.cookie.length,
  };
  return JSON.stringify(value);
})()
"""


@pytest.mark.parametrize("engine", [engines.firefox, engines.webkit])
def test_the_box_works_in_this_engine_too(engine, tmp_path: Path):
    with stage() as (host, bot_origin, bot), engine(tmp_path) as drive:
        options, suggested, reached, answered = drive(
            [
                {"url": host},
                {"script": _READY},
                {"keys": [*"배송비"]},
                {"script": _SUGGESTED},
                {"keys": [engines.ARROW_DOWN]},
                {"script": _REACHED},
                {"keys": [engines.ENTER]},
                {"script": _ANSWERED},
            ]
        )
    assert options == "5"
    assert json.loads(suggested) == [FEE["question"]]
    assert reached == "option0"
    assert json.loads(answered) == {
        "title": FEE["question"],
        "focus": "H2",
        "input": FEE["question"],
        "wide": True,
        "colour": "rgb(27, 32, 38)",
        "refused": [],
        "handOver": bot_origin + "/inquiry",
        "stored": 0,
    }
    assert bot.paths("/v1/ask") == [{"query": FEE["question"], "limit": 4, "via": "suggestion", "lang": "ko"}]
