"""Files are known by their bytes and called by names that do no harm."""

import unicodedata

import pytest

from faqbot.web.pages.uploads import MAX_NAME, display_name, media_type_of


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"%PDF-1.4", "application/pdf"),
        ("오류\t4017\r\n".encode(), "text/plain"),
        ("\ufeff오류".encode(), "text/plain"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b"", None),
        (b"\x89PNG", None),
        (b"\xff\xd8", None),
        (b"GIF89a\x00", None),
        (b"PK\x03\x04", None),
        (b"\x7fELF", None),
        (b"RIFF\x00\x00\x00\x00WEBP", None),
        ("오류".encode("utf-16"), None),
        ("오류".encode("cp949"), None),
        (b"\xed\xa0\x80", None),
        (b"text\x00text", None),
        (b" %PDF-1.4\x00", None),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, media_type: str | None) -> None:
    assert media_type_of(data) == media_type


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("화면.png", "화면.png"),
        (unicodedata.normalize("NFD", "화면.png"), "화면.png"),
        ("화면.PNG", "화면.PNG"),
        ("C:\\Users\\민지\\화면.png", "화면.png"),
        ("/etc/../화면.png", "화면.png"),
        ("..", "파일.png"),
        ("", "파일.png"),
        (".png", "png.png"),
        ("a\x00b\r\nc\x1b.png", "ab c.png"),
        ("gnp.\u202eexe", "gnp.exe.png"),
        ('con:|<>?*".png', "con_______.png"),
        ("a" * 300 + ".png", "a" * 96 + ".png"),
        ("가" * 300, "가" * 96 + ".png"),
        ("\ud800.png", "png.png"),
        ("  많은   빈칸 .png ", "많은 빈칸 .png"),
    ],
)
def test_names_lose_folders_and_what_cannot_be_seen_and_get_an_ending_that_fits(name: str, shown: str) -> None:
    assert display_name(name, "image/png") == shown
    assert len(shown) <= MAX_NAME
