"""A site's dictionary files and the package's own: user words and synonym groups."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from faqbot.errors import DictionaryError
from faqbot.korean.normalize import normalize
from faqbot.korean.synonyms import SynonymGroup, parse_synonyms

#: File names looked for beside the FAQ table.
USER_WORDS, SYNONYMS = "user_words.tsv", "synonyms.tsv"
#: Tags a user word may have: proper noun, common noun, Latin.
TAGS = ("NNP", "NNG", "SL")


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Everything beyond the table that changes how text is read. Groups in the order in which they win: the site's first."""

    user_words: tuple[tuple[str, str], ...]
    synonyms: tuple[SynonymGroup, ...]


def read_dictionaries(folder: Path | None) -> Dictionaries:
    """The package's general synonyms, and what the folder adds; a file that is not there adds nothing.

    Raises:
        DictionaryError: names the file and the first bad line.
    """
    general = parse_synonyms(files("faqbot.korean").joinpath(SYNONYMS).read_text(encoding="utf-8"), source=f"faqbot/korean/{SYNONYMS}")
    if folder is None:
        return Dictionaries((), general)
    words, synonyms = folder / USER_WORDS, folder / SYNONYMS
    own = parse_synonyms(_text(synonyms), source=str(synonyms)) if synonyms.exists() else ()
    return Dictionaries(parse_user_words(_text(words), source=str(words)) if words.exists() else (), own + general)


def parse_user_words(text: str, *, source: str) -> tuple[tuple[str, str], ...]:
    r"""(word, tag) of a TSV whose second column, NNP where it is missing, is one of TAGS; `#` begins a comment line.

    Raises:
        DictionaryError: names the first bad line.

    >>> parse_user_words("네이버페이\nA/S\tNNG", source="예")
    (('네이버페이', 'NNP'), ('A/S', 'NNG'))
    """
    words = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, tag = (part.strip() for part in line.partition("\t"))
        if not normalize(word) or (tag or TAGS[0]) not in TAGS:
            raise DictionaryError(f"{source} {number}행: '낱말<TAB>품사' 꼴이어야 하고 품사는 {', '.join(TAGS)} 가운데 하나입니다. 지금: {line!r}")
        words.append((word, tag or TAGS[0]))
    return tuple(words)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{path}: UTF-8이 아닙니다({error.start + 1}번째 바이트). UTF-8로 다시 저장하세요.") from error
    except OSError as error:
        raise DictionaryError(f"{path}: 읽을 수 없습니다. 파일 권한을 확인하세요.") from error
