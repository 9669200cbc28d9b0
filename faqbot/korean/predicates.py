"""What the words of a text say and deny of what, token by token. Pure; the way in is polarity."""

from collections.abc import Sequence

from faqbot.korean.analyzer import Token
from faqbot.korean.opposites import CONTRARY, ONE_NAME, ONE_NAME_DENIED, OVER, SIDES, UNDER, Side

#: Verbs that say nothing beside a noun: the noun before them is what is said or denied.
_LIGHT = frozenset({"하", "되", "있", "들", "이루어지"})
#: Verbs that say nothing unless they are denied: 에 대해 알려 주세요, 어떻게 하나요, 환불이 어려운 경우.
_VAGUE = frozenset({"알리", "궁금하", "대하", "관하", "위하", "따르", "어떻", "이렇", "그렇", "같", "어렵", "힘들"})
#: 방법이 없나요, 문제없이, 어쩔 수 없이 deny nothing.
_NEVER_DENIED = frozenset({"방법", "도리", "차이", "말", "문제", "틀림", "어쩌", "상관", "관계", "다름", "지장"})
_DENYING_NOUNS = frozenset({"불가", "금지"})
_DENYING_PREFIXES = frozenset({"미", "비", "불"})
_UNITS = frozenset({"시간", "개월", "살"})
_COMPARING = frozenset({"이상", "이하", "초과", "미만", "이내"})
_IF = frozenset({"면", "으면"})
#: Endings of a question: "지금 바꾸면 안 되나요?" asks for it, "바꾸면 안 돼요" denies it.
_ASKING = frozenset({"나요", "나", "냐", "니", "ᆯ까", "을까", "ᆯ까요", "을까요", "ᆸ니까", "습니까", "는지", "ᆯ지", "는가요", "려나", "죠", "지", "?"})
#: What stands before 않 where it is spelt right: 되지 않다, 되지는 않다, 되질 않다.
_BEFORE_NOT = frozenset({"지", "ᆯ", "는", "를", "가", "도", "은"})
_PARTICLES = frozenset({"JKS", "JKO", "JKC", "JX", "MAG"})
_PLACE = frozenset({"에", "에서", "로", "으로", "에게", "한테"})
_PAST = frozenset({"었", "았", "였"})
#: After one of these in the past something else is said: "등록했는데 안 돼요" does not deny that it was registered.
_TURNS = frozenset({"는데", "지만", "으나"})
#: "알고 싶어요", "알 수 있나요", "알려면", "알아서", "모르겠어요" neither say nor deny that something is known.
_NOT_KNOWING = (frozenset({"겠", "려면", "려고", "어서"}), frozenset({"싶", "수"}))


def said_and_denied(tokens: Sequence[Token]) -> frozenset[str]:
    """Predicates with `+` or `-` and sides of opposites with `<` or `>`, as polarity.Claims describes them; empty for an empty text."""
    scan = _Scan(tokens)
    for i, token in enumerate(tokens):
        handler = _HANDLERS.get(token.tag)
        if handler is not None:
            handler(scan, i, token.form)
    return scan.predicates() | scan.named_sides()


class _Scan:
    """What was found so far in one pass over the tokens of a text.

    Attributes:
        said: predicate → token at which it was last said.
        denied: predicate → token at which it was last denied.
        sides: sides of opposites in order, each with the word that named it.
        nameless: denials of something that is not named.
        predicate: what a light verb or a negation would be about now; empty for nothing.
        earlier: the predicate before it.
        last: what was denied last.
        shared: a noun and the verb that says or denies it together with itself.
        waiting: behind 안 or 못.
        prefix: behind 미, 비 or 불.
        past: behind 었.
        quantity: token of the last number or of its unit.
    """

    __slots__ = ("denied", "earlier", "last", "nameless", "past", "predicate", "prefix", "quantity", "said", "shared", "sides", "tokens", "waiting")

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.said: dict[str, int] = {}
        self.denied: dict[str, int] = {}
        self.sides: list[tuple[str, Side]] = []
        self.nameless = 0
        self.predicate = self.earlier = self.last = ""
        self.shared = ("", "")
        self.waiting = self.prefix = self.past = False
        self.quantity = -9

    def predicates(self) -> frozenset[str]:
        said = {ONE_NAME.get(form, form) for form, at in self.said.items() if at >= self.denied.get(form, -1)}
        denied = {ONE_NAME_DENIED.get(form, form) for form in self.denied}
        nameless = {"-"} if self.nameless or self.waiting else set()
        return frozenset({f"+{form}" for form in said - denied} | {f"-{form}" for form in denied - said} | nameless)

    def named_sides(self) -> frozenset[str]:
        signs: dict[str, str] = {}
        for form, side in self.sides:
            if form not in self.denied:
                sign = side.sign
            elif side.kind == "=":
                sign = CONTRARY[side.sign]
            else:
                continue
            earlier = signs.get(side.name)
            if side.kind == ">":
                signs[side.name] = earlier if earlier and side.weak else sign
            else:
                signs[side.name] = sign if earlier in (None, sign) else "both"
        return frozenset(sign + name for name, sign in signs.items() if sign != "both")

    # One method for each kind of token: its place and its form.

    def noun(self, i: int, form: str) -> None:
        if form in _DENYING_NOUNS or (form == "가능" and self.prefix):
            self.prefix = False
            self.deny(i)
        elif form == "가능":
            self.say(i)
        else:
            self.own_noun(i, form)

    def own_noun(self, i: int, form: str) -> None:
        if form in _UNITS and i and (self.quantity == i - 1 or self.tokens[i - 1].tag == "MM"):
            self.quantity = i
        if self.prefix:
            self.denied[form] = i
        self.prefix = self.waiting = False
        self.earlier, self.predicate = self.predicate, form
        self.side(i, form, "N")

    def number(self, i: int, form: str) -> None:
        if form != "하나":  # 하나도 안 되네
            self.quantity = i

    def counter(self, i: int, _: str) -> None:
        if i and (self.quantity == i - 1 or self.tokens[i - 1].tag == "MM"):
            self.quantity = i

    def pronoun(self, i: int, form: str) -> None:
        if form == "여":  # so Kiwi reads "문을 여는 시간"
            self.own_verb(i, "열")

    def negating_prefix(self, _: int, form: str) -> None:
        self.prefix = form in _DENYING_PREFIXES

    def place(self, i: int, form: str) -> None:
        if form in _PLACE and i and self.tokens[i - 1].form == self.predicate:  # in 사람이 집에 없다 it is not 집 that is denied
            self.predicate = self.earlier

    def adverb(self, i: int, form: str) -> None:
        if form in ("안", "못"):
            self.waiting = True
        elif form == "없이":
            self.lacking(i, form)
        elif form == "되게" and self.waiting:  # so Kiwi reads "5만 원 안 되게"
            self.light_verb(i, "되")
        else:
            self.side(i, form, "M")

    def auxiliary(self, i: int, form: str) -> None:
        if form == "않" and i and self.tokens[i - 1].form not in _BEFORE_NOT:
            self.waiting = True  # "않 와요" for "안 와요"
        elif form in ("않", "못하", "말"):
            self.deny(i)
        elif self.waiting:  # so Kiwi reads "않와요"
            self.own_verb(i, form)

    def suffix(self, i: int, _: str) -> None:
        (self.deny if self.waiting else self.say)(i)

    def past_tense(self, _: int, form: str) -> None:
        self.past = self.past or form in _PAST

    def connection(self, i: int, form: str) -> None:
        if form == "되" and self.waiting:  # so Kiwi reads "연결이 않되요"
            self.deny(i)
        elif self.past and form in _TURNS:
            self.predicate = self.earlier = ""
        self.past = False

    def end(self, _: int, __: str) -> None:
        if self.past:
            self.predicate = self.earlier = ""
        self.past = False

    def verb(self, i: int, form: str) -> None:
        _VERBS.get(form, _Scan.own_verb)(self, i, form)

    # Verbs by what they do.

    def own_verb(self, i: int, form: str) -> None:
        self.earlier, self.predicate = self.predicate, form
        (self.deny if self.waiting else self.say)(i)
        self.side(i, form, "V")

    def light_verb(self, i: int, form: str) -> None:
        if not self.waiting:
            self.say(i)
        elif form == "되" and i > 1 and self.tokens[i - 2].form in _IF:
            self.must_not(i)
        elif form == "되" and self.quantity >= i - 3:
            self.waiting = False
            self.sides.append(("", UNDER))
        else:
            self.deny(i)

    def must_not(self, i: int) -> None:
        """…면 안 되다: behind a denial it must be, in a question it may be, else it is denied."""
        self.waiting = False
        if self.denied.get(self.last, -9) >= i - 4:
            del self.denied[self.last]
            self.said[self.last] = i
        elif self.nameless and i > 2 and self.tokens[i - 3].form in ("하", "없", "않"):
            self.nameless -= 1
        elif not any(token.form in _ASKING for token in self.tokens[i + 1 : i + 3]):
            self.said.pop(self.predicate, None)
            self.deny(i)

    def lacking(self, i: int, _: str) -> None:
        self.waiting = False
        if self.predicate in _NEVER_DENIED:
            self.said.pop(self.predicate, None)
            self.predicate = self.earlier  # 로그인이 문제 없이 되다 says 로그인
        else:
            self.deny(i)

    def not_being(self, i: int, _: str) -> None:
        if self.follows_noun(i):  # 5천 원이 아니라 만 원
            self.deny(i)

    def disliking(self, i: int, _: str) -> None:
        self.deny(i)

    def misspelt(self, _: int, __: str) -> None:
        self.waiting = True  # "않돼요" for "안 돼요"

    def excluding(self, i: int, form: str) -> None:
        if self.form_at(i + 1) == "고" and self.tokens[i - 1].tag[0] in "NJ":  # 계좌 말고 카드
            self.deny(i)
        else:
            self.own_verb(i, form)

    def exceeding(self, i: int, form: str) -> None:
        if self.quantity >= i - 4:  # 100만 원이 넘다
            self.sides.append((form, OVER))
        self.own_verb(i, form)

    def sharing(self, i: int, form: str) -> None:
        """할인을 받다 says 할인 as well as 받다."""
        if not self.follows_noun(i):
            self.own_verb(i, form)
        elif self.waiting:
            self.denied[form] = i
            self.deny(i)
        else:
            self.said[form] = i
            self.shared = self.predicate, form
            self.say(i)

    def knowing(self, i: int, form: str) -> None:
        if self.form_at(i + 1) in _NOT_KNOWING[0] or self.form_at(i + 2) in _NOT_KNOWING[1]:
            self.earlier, self.predicate, self.waiting = self.predicate, form, False
        else:
            self.own_verb(i, form)

    def vague(self, i: int, form: str) -> None:
        if self.waiting:
            self.own_verb(i, form)

    # What follows from it.

    def say(self, i: int) -> None:
        if self.predicate:
            self.said[self.predicate] = i

    def deny(self, i: int) -> None:
        self.waiting = False
        if not self.predicate:
            self.nameless += 1
            return
        self.denied[self.predicate] = i
        if self.shared[0] == self.predicate:
            self.denied[self.shared[1]] = i
        self.last, self.predicate = self.predicate, ""

    def side(self, i: int, form: str, tag: str) -> None:
        for side in SIDES.get(form, ()):
            if side.tag == tag and self.is_side(i, form):
                self.sides.append((form, side))

    def is_side(self, i: int, form: str) -> bool:
        if form in _COMPARING:  # 이상한 글
            return self.quantity >= i - 2
        if form in ("다음", "뒤"):  # 다음에 무엇을, 뒤로
            return i > 0 and self.tokens[i - 1].tag == "ETM"
        return form != "이전" or (i > 0 and self.tokens[i - 1].tag == "NNB")  # 주소를 이전하다

    def follows_noun(self, i: int) -> bool:
        before = (token.tag for token in reversed(self.tokens[max(0, i - 3) : i]) if token.tag not in _PARTICLES)
        return self.predicate != "" and next(before, "") in ("NNG", "NNP", "XR")

    def form_at(self, i: int) -> str:
        return self.tokens[i].form if i < len(self.tokens) else ""


_VERBS = {
    **dict.fromkeys(_LIGHT, _Scan.light_verb),
    **dict.fromkeys(("받", "나"), _Scan.sharing),
    **dict.fromkeys(("넘", "넘기", "지나"), _Scan.exceeding),
    **dict.fromkeys(("알", "모르"), _Scan.knowing),
    **dict.fromkeys(_VAGUE, _Scan.vague),
    "없": _Scan.lacking,
    "싫": _Scan.disliking,
    "말": _Scan.excluding,
    "않": _Scan.misspelt,
}
_HANDLERS = {
    **dict.fromkeys(("NNG", "NNP", "XR", "SL"), _Scan.noun),
    **dict.fromkeys(("SN", "NR"), _Scan.number),
    **dict.fromkeys(("VV", "VV-R", "VV-I", "VA", "VA-R", "VA-I"), _Scan.verb),
    **dict.fromkeys(("VX", "VX-R", "VX-I"), _Scan.auxiliary),
    **dict.fromkeys(("XSV", "XSA", "XSA-R", "XSA-I"), _Scan.suffix),
    "NNB": _Scan.counter,
    "NP": _Scan.pronoun,
    "XPN": _Scan.negating_prefix,
    "JKB": _Scan.place,
    "MAG": _Scan.adverb,
    "VCN": _Scan.not_being,
    "EP": _Scan.past_tense,
    "EC": _Scan.connection,
    "EF": _Scan.end,
}
