"""What a release was made from, kept beside it: the whole table with its dictionaries and labelled queries, for whoever works on with it."""

import json
from importlib.resources import files
from pathlib import Path

from faqbot.corpus.draft import DraftTable
from faqbot.errors import ReleaseError
from faqbot.korean.dictionaries import SYNONYMS, Dictionaries, parse_user_words, read_dictionaries
from faqbot.korean.synonyms import parse_synonyms
from faqbot.retrieval.release import MANIFEST, Release, current_id, load_release

#: Name of the file in a release; serving never opens it.
SOURCE = "source.json"
_CHOSEN = "chosen_thresholds"


def source_bytes(table: DraftTable, chosen: tuple[float, float] | None) -> bytes:
    """The file: the table, and the (answer, suggest) thresholds that a person chose, None for those that training found."""
    return json.dumps({**table.to_json(), _CHOSEN: chosen}, ensure_ascii=True, separators=(",", ":")).encode()


def table_of(folder: Path) -> DraftTable:
    """The table of a release. One that was made before tables were kept gives what it serves: without disabled entries and labelled queries.

    Raises:
        ReleaseError: the release cannot be read.
    """
    try:
        return DraftTable.from_json(json.loads((folder / SOURCE).read_bytes()))
    except FileNotFoundError:
        return _served(load_release(folder))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ReleaseError(f"{folder / SOURCE}: 읽을 수 없습니다. FAQ 표 파일을 다시 가져오세요.") from error


def drafted_table(site: Path) -> DraftTable | None:
    """The table of the release that is published, usable or not, where it came from a draft and from no file; None for others."""
    try:
        folder = site / current_id(site)
        is_drafted = not any(json.loads((folder / MANIFEST).read_bytes())["trained_from"]) and (folder / SOURCE).exists()
        return table_of(folder) if is_drafted else None
    except (ReleaseError, OSError, LookupError, TypeError, ValueError, RecursionError):
        return None


def chosen_thresholds(folder: Path) -> tuple[float, float] | None:
    """(answer, suggest) that a person chose for a release; None where training found them."""
    try:
        chosen = json.loads((folder / SOURCE).read_bytes())[_CHOSEN]
        return None if chosen is None else (float(chosen[0]), float(chosen[1]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def published_table(site: Path) -> DraftTable | None:
    """The table of the release that serves; None where none does.

    Raises:
        ReleaseError: it cannot be read.
    """
    try:
        release_id = current_id(site)
    except ReleaseError:
        return None
    return table_of(site / release_id)


def dictionaries_of(table: DraftTable) -> Dictionaries:
    """User words, and synonyms with the package's own behind them.

    Raises:
        DictionaryError: names the first bad line.
    """
    own = parse_synonyms(table.synonyms, source="동의어") if table.synonyms.strip() else ()
    words = parse_user_words(table.user_words, source="사용자 사전") if table.user_words.strip() else ()
    return Dictionaries(words, own + read_dictionaries(None).synonyms)


def _served(release: Release) -> DraftTable:
    general = parse_synonyms(files("faqbot.korean").joinpath(SYNONYMS).read_text(encoding="utf-8"), source=SYNONYMS)
    known = {f"{member}→{group.head}" for group in general for member in group.members}
    groups: dict[tuple[str, str], list[str]] = {}
    for rule in release.synonyms.rules:
        member, _, head = rule.label.rpartition("→")
        if rule.label not in known and member and head:
            groups.setdefault((">" if rule.added else "=", head), []).append(member)
    synonyms = "".join(f"{kind}\t\t{head}\t{'|'.join(members)}\n" for (kind, head), members in groups.items())
    return DraftTable(release.entries, "".join(f"{word}\t{tag}\n" for word, tag in release.user_words), synonyms)
