"""Bytes of a release's files → values: JSON and .npy, and nothing that could run."""

import io
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.format import read_array_header_1_0, read_array_header_2_0, read_magic

_SPACE = re.compile(r"[ \t\n\r]*")


def array_of(data: bytes) -> npt.NDArray[Any]:
    """The array of a .npy file. It lies on these bytes, not beside them, and nothing can be written into it.

    Raises:
        ValueError: no such file, cut short, or an array of objects.
    """
    stream = io.BytesIO(data)
    major, _ = read_magic(stream)
    shape, is_by_column, dtype = (read_array_header_1_0 if major == 1 else read_array_header_2_0)(stream)
    return np.frombuffer(data, dtype, math.prod(shape), stream.tell()).reshape(shape, order="F" if is_by_column else "C")


def elements(text: str) -> Iterator[Any]:
    """Those of a JSON array, one by one: the parser lets no other thread work, and a large table at once takes it a quarter of a second.

    Raises:
        ValueError: no array.

    >>> list(elements(' [1, {"a": []} ]')), list(elements("[]"))
    ([1, {'a': []}], [])
    """
    decode, place, sign = json.JSONDecoder().raw_decode, _past_space(text, 0), "["
    while True:
        if text[place : place + 1] != sign:
            raise ValueError("no array")
        place = _past_space(text, place + 1)
        if sign == "[" and text[place : place + 1] == "]":
            break
        element, end = decode(text, place)
        yield element
        place, sign = _past_space(text, end), ","
        if text[place : place + 1] == "]":
            break
    if _past_space(text, place + 1) != len(text):
        raise ValueError("more than an array")


def _past_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
