"""What the analyzer's dictionary and language model hold of Korean as such: what tells a misspelt word from a rare one. Site words play no part."""

from faqbot.korean.analyzer import shared_kiwi


def log_probability(text: str) -> float:
    """Natural logarithm of how likely a normalized text is; only the difference between two wordings of one text means anything. Costs what an analysis costs.

    >>> log_probability("쿠폰 발급") > log_probability("쿠폰 발끕")
    True
    """
    return float(shared_kiwi().analyze(text, top_n=1, normalize_coda=True)[0][1])


def in_dictionary(form: str, tag: str) -> bool:
    """Whether a morpheme is in the dictionary. A noun that is not was guessed; of a few microseconds.

    >>> in_dictionary("댓글", "NNG"), in_dictionary("뎃글", "NNG")
    (True, False)
    """
    morpheme = (form, tag)
    try:
        shared_kiwi().morpheme_similarity(morpheme, morpheme)
    except ValueError:
        return False
    return True
