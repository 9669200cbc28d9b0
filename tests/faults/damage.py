"""The files of a release with a byte altered or the end missing."""

from collections.abc import Iterator
from pathlib import Path

from faqbot.errors import ReleaseError
from faqbot.retrieval.release import MANIFEST, SERVED, load_release


def damages(data: bytes, every: int) -> Iterator[tuple[str, bytes]]:
    """The content with one bit flipped in every so-manieth byte, the first and the last one among them, and cut off there, with words for each."""
    for at in sorted({*range(0, len(data), every), len(data) - 1}):
        yield f"bit {at % 8} of byte {at} flipped", data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]
        yield f"cut off at {at}", data[:at]


def accepted(release: Path, every: int, names: tuple[str, ...] = (MANIFEST, *SERVED)) -> list[str]:
    """Damages of a release under which it was loaded all the same and could answer otherwise; the files are whole again at the end."""
    whole, found = load_release(release), []
    for name in names:
        content = (release / name).read_bytes()
        for words, data in damages(content, every if name != MANIFEST else max(1, every // 4)):
            (release / name).write_bytes(data)
            try:
                loaded = load_release(release)
            except ReleaseError:
                continue
            if name != MANIFEST or (loaded.id, loaded.manifest["files"], loaded.manifest["analyzer"]) != (
                whole.id, whole.manifest["files"], whole.manifest["analyzer"],
            ):  # fmt: skip
                found.append(f"{name}: {words}")
        (release / name).write_bytes(content)
    return found
