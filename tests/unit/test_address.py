"""Every way to write where a candidate engine is, and what is refused."""

import pytest

from faqbot.retrieval.address import Address, parse_address

WRITTEN = {
    "milvus://db.example": Address("http://db.example:19530", "", "", "", "", "milvus://db.example:19530"),
    "milvus://db.example:19531/faq": Address("http://db.example:19531", "", "", "", "faq", "milvus://db.example:19531/faq"),
    "milvus+tls://db.example/faq/": Address("https://db.example:19530", "", "", "", "faq", "milvus+tls://db.example:19530/faq/"),
    "milvus://me%40work:a%2Fb@db.example": Address("http://db.example:19530", "", "me@work", "a/b", "", "milvus://db.example:19530"),
    "milvus://[::1]:19531": Address("http://[::1]:19531", "", "", "", "", "milvus://[::1]:19531"),
    "milvus:///var/lib/a%20b.db": Address("", "/var/lib/a b.db", "", "", "", "milvus:///var/lib/a b.db"),
    "milvus:///x": Address("", "/x", "", "", "", "milvus:///x"),
    "milvus+unix:///run/milvus.sock": Address("unix:/run/milvus.sock", "", "", "", "", "milvus+unix:///run/milvus.sock"),
    "milvus+unix:///run/": Address("unix:/run/", "", "", "", "", "milvus+unix:///run/"),
}


@pytest.mark.parametrize(("text", "address"), WRITTEN.items(), ids=range(len(WRITTEN)))
def test_an_address_is_read_as_it_is_written(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "db.example", "http://db.example:19530", "milvus://", "milvus:///", "milvus:///folder/", "milvus+unix:///", "milvus+unix://host/run",
        "milvus+tls:///x.db", "milvus://host:port", "milvus://host:99999", "milvus://host?x=1", "milvus://host#x", "MILVUS+UNIX://", "milvus://[::1",
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^후보 엔진의 주소를 읽을 수 없습니다\. milvus://사용자:비밀번호@호스트:19530/데이터베이스, .* 가운데 하나로 적으세요$"
    ):
        parse_address(text)


@pytest.mark.parametrize("text", ["milvus://me:s3cret@host:port", "milvus://me:s3cret@host?x=1", "ftp://me:s3cret@host"], ids=range(3))
def test_a_refusal_does_not_show_the_password(text: str) -> None:
    with pytest.raises(ValueError, match="후보 엔진") as refused:
        parse_address(text)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "remote"), [("milvus://host", True), ("milvus+tls://host", True), ("milvus:///x.db", False), ("milvus+unix:///x", False)], ids=range(4)
)
def test_a_network_lies_before_a_host_and_before_no_file(text: str, *, remote: bool) -> None:
    assert parse_address(text).is_remote is remote
