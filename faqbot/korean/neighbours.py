"""How near the analyzer's language model puts two morphemes. It learned from newspapers and the web, so it knows what stands in the same places, not what means the same."""

from faqbot.korean.analyzer import shared_kiwi

Item = tuple[str, str]


def nearness(one: Item, other: Item) -> float | None:
    """Cosine of the embeddings of two (form, tag) in Kiwi's CoNg model, -1..1, about a microsecond; None where one of them is in no dictionary.

    >>> nearness(("환불", "NNG"), ("반품", "NNG")) > nearness(("환불", "NNG"), ("날씨", "NNG"))
    True
    >>> nearness(("환불", "NNG"), ("뎃글", "NNG")) is None
    True
    """
    try:
        return float(shared_kiwi().morpheme_similarity(one, other))
    except ValueError:
        return None
