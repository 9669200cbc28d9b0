"""What a scraped or pasted table has too much of: proposals, each shown before anyone accepts it. Nothing changes by itself."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from faqbot.corpus.categories import as_category, category_name
from faqbot.corpus.markdown import has_markup, to_markdown, without_tags
from faqbot.corpus.table import Row
from faqbot.corpus.tails import tails


class Rule(StrEnum):
    """Kinds of cleaning, in the order in which they are applied: each works on what those before it leave."""

    HTML = "html"
    INVISIBLE = "invisible"
    BOILERPLATE = "boilerplate"
    PREFIX = "prefix"
    CATEGORY = "category"

    @property
    def label(self) -> str:
        """What the rule does, in Korean."""
        return _LABELS[self]


_LABELS = {
    Rule.HTML: "HTML 태그를 마크다운으로 바꾸기",
    Rule.INVISIBLE: "보이지 않는 글자를 지우고 풀어진 자모를 모으기",
    Rule.BOILERPLATE: "여러 답변 끝에 똑같이 붙은 글 지우기",
    Rule.PREFIX: "'Q1:', '질문.', '답변:' 같은 머리말 지우기",
    Rule.CATEGORY: "질문 앞의 [분류]를 분류 열로 옮기기",
}

#: Rows that must have a label before their question before it is taken for a category.
_LEAST_LABELS = 3
#: Labels of one question, from general to special.
_MAX_LABELS = 3

#: Share of the rows that must be written as HTML. Whoever exports a help centre's HTML has it in most; of a real base that quotes HTML, .1 % have.
_HTML_SHARE = 0.01

_TEXTS = ("question", "alternate_questions", "answer", "short_title", "link_label", "keywords", "category")

#: Spaces of a fixed width or that do not break, and marks that are not seen. A joiner between pictographs makes one of them.
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
_UNSEEN = re.compile("[\xad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\x01-\x08\x0e-\x1f\x7f]")
_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]|[\u200c\u200d](?![\u2600-\u27bf\U0001f000-\U0001faff])")
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
#: Conjoining jamo: what a Mac writes for a syllable.
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+|[가-힣][\u1100-\u11ff]+")

_QUESTION_PREFIX = re.compile(r"(?:\[(?:Q|질문)\s?[0-9]{0,4}\]|(?:Q|질문)\s?(?P<number>[0-9]{0,4})\s?[.:)](?!\w*[a-zA-Z]))\s*(?=\S)", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(r"(?:\[(?:A|답변)\s?[0-9]{0,4}\]|(?:A|답변)\s?(?P<number>[0-9]{0,4})\s?[.:)](?!\w*[a-zA-Z]))\s*(?=\S)", re.IGNORECASE)
#: The second of a list whose first item looks like a prefix.
_SECOND_ITEM = re.compile(r"(?:^|\s|[.!?])B\s?[.:)]", re.IGNORECASE | re.MULTILINE)

_LABEL = re.compile(r"\[\s*([^\[\]\n]{1,20}?)\s*\]\s*(?=\S)")
#: What stands behind a label that names a part of the page: a particle, or the part.
_NAMES_A_PART = re.compile(r"(?:을|를|이|가|은|는|의|에|에서|으로|로|와|과|도)(?=\s)|(?:버튼|메뉴|탭|화면|아이콘|링크|페이지|항목|기능|표시|문구)")
_NO_CATEGORY = frozenset({"필독", "중요", "필수", "긴급", "new", "hot", "추천", "best", "top", "q", "a", "질문", "답변", "q&a", "faq"})


@dataclass(frozen=True, slots=True)
class Cleaning:
    """One change of one cell.

    Attributes:
        row: line of the row.
        column: canonical name of the cell.
        before: the cell as the rules before this one, if accepted, leave it.
        after: the cell as it would be.
        rule: why.
        key: what a person accepts: the rule's value, for boilerplate with a sign for each text behind a colon.
        detail: the text in question; "" where the rule says it all.
    """

    row: int
    column: str
    before: str
    after: str
    rule: Rule
    key: str
    detail: str = ""


def propose(rows: Sequence[Row], accepted: Collection[str] = ()) -> tuple[Cleaning, ...]:
    """Every change that a rule would make, rule by rule and in order of the rows.

    Args:
        rows: of a table.
        accepted: keys, or values of rules, that are already accepted; later rules see their effect, and they stay in the list.
    """
    return review(rows, accepted)[1]


def apply(rows: Sequence[Row], accepted: Collection[str]) -> tuple[Row, ...]:
    """The rows with the accepted changes; `fields` stay as they are in the file.

    Args:
        rows: of a table.
        accepted: keys of cleanings, or values of rules, which accept all keys of theirs.
    """
    return review(rows, accepted)[0]


def review(rows: Sequence[Row], accepted: Collection[str]) -> tuple[tuple[Row, ...], tuple[Cleaning, ...]]:
    """What `apply` and what `propose` give, at once."""
    consent = set(accepted)
    found: list[Cleaning] = []
    rows = tuple(rows)
    for rule in Rule:
        proposals = list(_FINDERS[rule](rows))
        found += proposals
        if taken := [each for each in proposals if consent & {each.key, rule.value}]:
            rows = _changed(rows, taken)
    return rows, tuple(found)


def _changed(rows: Sequence[Row], cleanings: Sequence[Cleaning]) -> tuple[Row, ...]:
    cells: dict[int, dict[str, str]] = {}
    for each in cleanings:
        cells.setdefault(each.row, {})[each.column] = each.after
    return tuple(replace(row, cells={**row.cells, **cells[row.line]}) if row.line in cells else row for row in rows)


def _each_cell(rule: Rule, columns: Sequence[str], clean: Callable[[str, str], str]) -> Callable[[Sequence[Row]], Iterator[Cleaning]]:
    """A finder that looks at one cell at a time; `clean` gets the name of the column and the cell."""

    def find(rows: Sequence[Row]) -> Iterator[Cleaning]:
        for row in rows:
            for column in columns:
                before = row.cells.get(column, "")
                if before and (after := clean(column, before)) != before:
                    yield Cleaning(row.line, column, before, after, rule, rule.value)

    return find


def _html(rows: Sequence[Row]) -> Iterator[Cleaning]:
    """Cells written as HTML, in a table where enough are: in one of a help centre about web pages a few answers quote it."""
    written = [row for row in rows if any(has_markup(row.cells.get(column, "")) for column in _TEXTS)]
    if len(written) >= _HTML_SHARE * len(rows):
        yield from _each_cell(Rule.HTML, _TEXTS, _without_html)(written)


def _without_html(column: str, cell: str) -> str:
    if not has_markup(cell):
        return cell
    return to_markdown(cell) if column == "answer" else without_tags(cell)


def _visible(_column: str, cell: str) -> str:
    text = _UNSEEN.sub("", _JOINER.sub("", _BREAKS.sub("\n", _SPACES.sub(" ", cell))))
    return _JAMO.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _boilerplate(rows: Sequence[Row]) -> Iterator[Cleaning]:
    answers = [row.cells.get("answer", "") for row in rows]
    for row, answer, tail in zip(rows, answers, tails(answers), strict=True):
        if tail:
            key = f"{Rule.BOILERPLATE.value}:{hashlib.sha256(tail.text.encode(errors='replace')).hexdigest()[:8]}"
            yield Cleaning(row.line, "answer", answer, answer[: tail.start].rstrip(), Rule.BOILERPLATE, key, tail.text)


def _prefixes(rows: Sequence[Row]) -> Iterator[Cleaning]:
    for row in rows:
        question, answer = row.cells.get("question", ""), row.cells.get("answer", "")
        asked = _QUESTION_PREFIX.match(question)
        if asked:
            yield Cleaning(row.line, "question", question, question[asked.end() :], Rule.PREFIX, Rule.PREFIX.value, asked[0].strip())
        told = _ANSWER_PREFIX.match(answer)
        if told and _is_prefix(told, asked, answer):
            yield Cleaning(row.line, "answer", answer, answer[told.end() :], Rule.PREFIX, Rule.PREFIX.value, told[0].strip())


def _is_prefix(told: re.Match[str], asked: re.Match[str] | None, answer: str) -> bool:
    """Whether an answer begins with a prefix and not with the first item of a list, or with a name such as A4."""
    is_letter = told[0].lstrip("[").upper().startswith("A")
    if is_letter and told["number"] and not (asked and asked["number"] == told["number"]):
        return False
    return not (is_letter and _SECOND_ITEM.search(answer))


def _categories(rows: Sequence[Row]) -> Iterator[Cleaning]:
    labels = {row.line: _labels(row.cells.get("question", "")) for row in rows}
    counts = Counter(label for found in labels.values() for label in dict.fromkeys(found))
    known = {part for row in rows for part in as_category(row.cells.get("category", ""))}
    for row in rows:
        taken = _taken(labels[row.line], counts, known)
        if taken:
            question, category = row.cells["question"], row.cells.get("category", "")
            parts = as_category(category)
            after = category_name((*parts, *(label for label in taken if label not in parts)))
            rest = question
            for _ in taken:
                rest = _LABEL.sub("", rest.lstrip(), count=1)
            yield Cleaning(row.line, "question", question, rest, Rule.CATEGORY, Rule.CATEGORY.value, " ".join(taken))
            if after != category:
                yield Cleaning(row.line, "category", category, after, Rule.CATEGORY, Rule.CATEGORY.value, " ".join(taken))


def _taken(labels: Sequence[str], counts: Mapping[str, int], known: Collection[str]) -> list[str]:
    """Labels up to the first that is no category: one that few rows have, unless the table already knows it."""
    taken: list[str] = []
    for label in labels:
        if label not in known and counts[label] < _LEAST_LABELS:
            break
        taken.append(label)
    return taken


def _labels(question: str) -> tuple[str, ...]:
    """What stands in brackets before a question and may be a category."""
    found: list[str] = []
    rest = question.lstrip()
    while len(found) < _MAX_LABELS and (label := _LABEL.match(rest)):
        behind = rest[label.end() :]
        if label[1].casefold() in _NO_CATEGORY or ">" in label[1] or _NAMES_A_PART.match(behind):
            break
        found.append(label[1])
        rest = behind
    return tuple(found)


_FINDERS: Mapping[Rule, Callable[[Sequence[Row]], Iterator[Cleaning]]] = {
    Rule.HTML: _html,
    Rule.INVISIBLE: _each_cell(Rule.INVISIBLE, _TEXTS, _visible),
    Rule.BOILERPLATE: _boilerplate,
    Rule.PREFIX: _prefixes,
    Rule.CATEGORY: _categories,
}
