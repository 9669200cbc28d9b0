import io
import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.retrieval.stored import array_of, elements


def saved(array: npt.ArrayLike) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asanyarray(array))
    return stream.getvalue()


@pytest.mark.parametrize(
    "array",
    [np.arange(5), np.zeros(0, np.float32), np.zeros((3, 0)), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(5), np.array([True, False])],
    ids=["numbers", "none", "no columns", "by column", "one", "truths"],
)
def test_an_array_is_read_as_it_was_saved(array: npt.NDArray[np.generic]) -> None:
    read = array_of(saved(array))
    assert (read.dtype, read.shape, read.tolist()) == (array.dtype, array.shape, array.tolist())


def test_an_array_lies_on_the_bytes_of_its_file_and_cannot_be_written() -> None:
    data = saved(np.arange(1000))
    read = array_of(data)
    assert np.shares_memory(read, np.frombuffer(data, np.uint8))
    assert read.flags.aligned
    with pytest.raises(ValueError, match="read-only"):
        read[0] = 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\x93NUMPY", saved(np.arange(5))[:-1], saved(np.arange(5))[:40], np.array([{}]).dumps(), b"\x93NUMPY\x09\x00" + saved(np.arange(5))[8:]],
    ids=["nothing", "its name", "cut short", "half a head", "a pickle", "another version"],
)
def test_what_is_no_array_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's words differ
        array_of(data)


def test_an_array_of_objects_is_refused_without_opening_one() -> None:
    with pytest.raises(ValueError, match="OBJECT"):
        array_of(saved(np.array([{}], dtype=object)))


trees = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.lists(trees), st.sampled_from([None, 0, 2]), st.booleans())
def test_elements_are_those_that_the_parser_finds(values: list[object], indent: int | None, ascii_only: bool) -> None:
    assert list(elements(json.dumps(values, indent=indent, ensure_ascii=ascii_only))) == values


@pytest.mark.parametrize("text", ["", " ", "{}", "1", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "[1] 2", '["a]'])
def test_what_is_no_array_of_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the parser's words differ
        list(elements(text))
