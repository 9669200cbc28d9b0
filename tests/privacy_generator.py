"""Texts as customers type them, each with the personal number that was planted in it, or with a number that only looks like one.

Numbers are built from the rules of those who issue them; how they are written and the sentences around them know nothing of the masker. What is said of
a number follows what people do: phones, resident numbers, cards, passports and addresses often stand alone; who types bare digits of an account,
a licence or a business says what they are.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

#: Of each kind; a share of 0.1 % of resident numbers must show.
RESIDENTS = 3000
EACH = 800

HANGUL = dict(zip("0123456789", "공일이삼사오육칠팔구", strict=True))
HIDDEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")
DASHES = ("-", "–", "—", "‐", "−", "ㅡ", "－")
JOINTS = (*DASHES, ".", "·", " ", "-", "-", " - ", ". ", "ㆍ", "\u00a0", "－")


@dataclass(frozen=True)
class Sample:
    """`before`, `number` and `behind` make the text. `kind` is the value of the kind that was planted, None where nothing may be masked."""

    family: str
    kind: str | None
    before: str
    number: str
    behind: str

    @property
    def text(self) -> str:
        return self.before + self.number + self.behind


def samples(seed: int = 20261127) -> Iterator[Sample]:
    """All of them, personal ones first; the same for the same seed."""
    for family, (kind, build, count) in PERSONAL.items():
        draw = Random(f"{seed} {family}")  # noqa: S311  # no secret depends on it
        for _ in range(count):
            yield Sample(family, kind, *build(draw))
    for family, harmless in HARMLESS.items():
        draw = Random(f"{seed} {family}")  # noqa: S311
        for _ in range(EACH):
            yield Sample(family, None, *harmless(draw))


# --- digits ---


def digits(draw: Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def day(draw: Random, first: date, last: date) -> date:
    return first + timedelta(draw.randrange((last - first).days + 1))


def split(number: str, sizes: Sequence[int]) -> list[str]:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    assert at == len(number)
    return parts


def resident(draw: Random) -> str:
    """Birth date, sex and century, and until October 2020 place, order and check digit; since then six random digits."""
    born = day(draw, date(1925, 1, 1), date(2026, 11, 26))
    foreign = draw.random() < 0.2
    sex = (1 if born.year < 2000 else 3) + draw.randrange(2) + (4 if foreign else 0)
    head = f"{born:%y%m%d}{sex}"
    if born >= date(2020, 10, 5) or draw.random() < 0.4:
        return head + digits(draw, 6)
    head += digits(draw, 5)
    total = sum(int(digit) * (at % 8 + 2) for at, digit in enumerate(head))
    return head + str((11 - total % 11 + (2 if foreign else 0)) % 10)


def with_luhn(head: str) -> str:
    """The head and the digit that makes the sum of the digits, every second one doubled, end with 0."""
    for check in "0123456789":
        total = 0
        for at, digit in enumerate(reversed(head + check)):
            value = int(digit) * (2 if at % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return head + check
    raise AssertionError(head)


def card(draw: Random) -> list[str]:
    issuer = draw.choice(("visa", "visa", "master", "master two", "domestic", "amex", "jcb", "unionpay", "diners"))
    begin = {
        "visa": "4",
        "master": f"5{draw.randint(1, 5)}",
        "master two": str(draw.randint(2221, 2720)),
        "domestic": f"9{draw.choice('4567')}",
        "amex": draw.choice(("34", "37")),
        "jcb": str(draw.randint(3528, 3589)),
        "unionpay": "62",
        "diners": "36",
    }[issuer]
    length = {"amex": 15, "diners": 14}.get(issuer, 16)
    number = with_luhn(begin + digits(draw, length - 1 - len(begin)))
    return split(number, {15: (4, 6, 5), 14: (4, 6, 4)}.get(length, (4, 4, 4, 4)))


def business(draw: Random) -> str:
    """An office's three digits, two of the legal form, four of a series, and the check digit of the tax office."""
    head = f"{draw.randint(101, 899)}{draw.randint(1, 99):02}{draw.randint(1, 9999):04}"
    total = sum(int(digit) * weight for digit, weight in zip(head, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    total += int(head[8]) * 5 // 10
    return head + str(-total % 10)


# --- how numbers are written ---


def spelled(draw: Random, part: str) -> str:
    zero = draw.choice("공공공영")
    return "".join(zero if digit == "0" else HANGUL[digit] for digit in part)


def full_width(part: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in part)


def hide(draw: Random, text: str) -> str:
    """One or two invisible characters somewhere inside."""
    for _ in range(draw.randint(1, 2)):
        at = draw.randrange(1, len(text))
        text = text[:at] + draw.choice(HIDDEN) + text[at:]
    return text


def written(draw: Random, parts: Sequence[str], usual: str = "-") -> str:
    """Groups of digits as people write them; those who part them at all mostly do it as printed."""
    style = draw.random()
    if style < 0.22:
        return usual.join(parts)
    if style < 0.40:
        return "".join(parts)
    return apart(draw, parts)


def apart(draw: Random, parts: Sequence[str]) -> str:
    """Groups of digits with something between them, or spelled."""
    (way,) = draw.choices(tuple(WAYS), tuple(WAYS.values()))
    return way(draw, parts)


def joined(draw: Random, parts: Sequence[str]) -> str:
    return draw.choice(JOINTS).join(parts)


def mixed(draw: Random, parts: Sequence[str]) -> str:
    return "".join(part + draw.choice(JOINTS) for part in parts[:-1]) + parts[-1]


def wide(draw: Random, parts: Sequence[str]) -> str:
    return full_width(draw.choice("- .").join(parts))


def hiding(draw: Random, parts: Sequence[str]) -> str:
    return hide(draw, draw.choice("- .").join(parts))


def all_spelled(draw: Random, parts: Sequence[str]) -> str:
    text = draw.choice((" ", "-", " ", "")).join(spelled(draw, part) for part in parts)
    return unicodedata.normalize("NFD", text) if draw.random() < 0.2 else text


def one_spelled(draw: Random, parts: Sequence[str]) -> str:
    chosen = draw.randrange(len(parts))
    return draw.choice(" -").join(spelled(draw, part) if at == chosen and len(part) > 2 else part for at, part in enumerate(parts))


def singly(draw: Random, parts: Sequence[str]) -> str:
    return draw.choice((" ", " ", "-")).join("".join(parts))


WAYS = {joined: 30, mixed: 15, wide: 15, hiding: 15, all_spelled: 10, one_spelled: 8, singly: 7}


# --- what is said around them ---

GLUED = (
    "",
    "로",
    "이에요",
    "입니다",
    "인데요",
    "예요",
    "은",
    "이",
    "가",
    "으로 연락 주세요",
    "이고요",
    "라고 나와요",
    ".",
    ",",
    "!",
    ")",
    "이요",
    "번",
    "이 맞나요?",
)
LOOSE = (
    "",
    "",
    " 이에요",
    " 입니다",
    " 이 번호로 해 주세요",
    " 확인 부탁드려요",
    " 로 바꿔 주세요",
    " 맞나요?",
    "\n감사합니다",
    " ㅠㅠ",
    " 이 번호요",
    " 오류 나요",
    " (본인)",
    " 이걸로요",
)
GREETINGS = (
    "",
    "",
    "",
    "안녕하세요 ",
    "저기요 ",
    "문의드립니다. ",
    "환불 신청했는데요 ",
    "2026-11-27에 주문했어요. ",
    "3일째 답이 없어요. ",
    "1,200원 결제했고 ",
    "11월 27일 오후 3시쯤 ",
)


def said(draw: Random, leads: Sequence[str], number: str, behinds: Sequence[str] = ()) -> tuple[str, str, str]:
    behind = draw.choice(behinds) if behinds else draw.choice(draw.choice((GLUED, LOOSE)))
    return draw.choice(GREETINGS) + draw.choice(leads), number, behind


def a_resident(draw: Random) -> tuple[str, str, str]:
    parts = split(resident(draw), (6, 7))
    leads = (
        "주민번호 ", "제 주민번호 ", "주민등록번호는 ", "주민번호:", "주민번호가 ", "외국인등록번호 ", "본인확인 ", "", "", "실명인증이 안 돼요 ", "홍길동 ", "홍길동/", "제 정보는 ", "민번 ",
        "(", "주민번호 뒷자리까지 적으면 ", "회원가입할 때 ", "생년월일이랑 뒷자리 ", "주민번호는요 ", "엄마 주민번호로 가입했는데 ",
    )  # fmt: skip
    return said(draw, leads, written(draw, parts))


def a_mobile(draw: Random) -> tuple[str, str, str]:
    prefix = "010" if draw.random() < 0.93 else draw.choice(("011", "016", "017", "018", "019"))
    middle = str(draw.randint(2000, 9999)) if prefix == "010" or draw.random() < 0.4 else str(draw.randint(200, 999))
    parts = [prefix, middle, digits(draw, 4)]
    leads = (
        "제 번호는 ", "연락처 ", "전화번호: ", "", "", "휴대폰 ", "핸드폰번호가 ", "폰번호는", "HP ", "tel:", "홍길동 ", "받는 사람 번호 ", "인증번호가 안 와요 ", "주문자 연락처는 ", "문자 주세요 ",
        "국민은행 앱에서 ", "카톡 아이디 말고 ", "T.", "(", "비회원 주문 ", "운송장에 제 번호 ", "1. ", "예전 번호가 ",
    )  # fmt: skip
    if draw.random() < 0.15:
        parts[0] = parts[0][1:]
        number = draw.choice(("+82 ", "+82-", "+82", "+82 (0)", "82-", "0082 ", "(+82) ", "+82.")) + draw.choice(("-", " ", "", ".")).join(parts)
        return said(draw, leads, number)
    return said(draw, leads, written(draw, parts))


def a_landline(draw: Random) -> tuple[str, str, str]:
    area = draw.choice(
        ("02", "02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055", "061", "062", "063", "064", "070", "0502", "0507")
    )
    local = str(draw.randint(2000, 9999)) if area in {"070", "0502", "0507"} or draw.random() < 0.5 else str(draw.randint(200, 999))
    parts = [area, local, digits(draw, 4)]
    leads = ("집 전화 ", "회사 번호는 ", "", "연락처: ", "전화 ", "사무실 ", "매장 번호 ", "안심번호 ", "유선으로 주세요 ", "제 전화는 ")
    style = draw.random()
    if style < 0.12:
        return said(draw, leads, f"{area}){'-'.join(parts[1:])}")
    if style < 0.2:
        return said(draw, leads, f"({area}){draw.choice(('', ' '))}{'-'.join(parts[1:])}")
    if style < 0.28:
        return said(draw, leads, f"+82{draw.choice(' -')}{'-'.join([area[1:], *parts[1:]])}")
    return said(draw, leads, written(draw, parts))


def a_card(draw: Random) -> tuple[str, str, str]:
    leads = (
        "카드번호 ",
        "카드번호는 ",
        "제 카드 ",
        "",
        "",
        "결제한 카드: ",
        "신용카드 ",
        "체크카드 번호가 ",
        "카드사에 물어보니 ",
        "국민카드 ",
        "이 카드로 환불해 주세요 ",
        "등록이 안 되는 카드 ",
        "비자 ",
    )
    return said(draw, leads, written(draw, card(draw)))


BANKS = {
    "국민은행": (6, 2, 6), "KB국민": (6, 2, 6), "신한은행": (3, 3, 6), "신한": (3, 3, 6), "우리은행": (4, 3, 6), "하나은행": (3, 6, 5), "농협": (3, 4, 4, 2), "NH농협": (3, 4, 4, 2),
    "기업은행": (3, 6, 2, 3), "카카오뱅크": (4, 2, 7), "카뱅": (4, 2, 7), "토스뱅크": (4, 4, 4), "케이뱅크": (3, 3, 6), "새마을금고": (4, 4, 4, 1), "SC제일은행": (3, 2, 6),
    "부산은행": (3, 4, 4, 2), "iM뱅크": (3, 2, 6, 1), "수협": (3, 2, 6, 1), "신협": (3, 3, 6), "씨티은행": (3, 6, 2),
}  # fmt: skip


def an_account(draw: Random) -> tuple[str, str, str]:
    bank = draw.choice(sorted(BANKS))
    number = written(draw, split(digits(draw, sum(BANKS[bank])), BANKS[bank]))
    leads = (
        f"{bank} ", f"{bank}", f"{bank} 홍길동 ", f"환불계좌 {bank} ", f"환불 계좌는 {bank} ", "계좌번호 ", "제 계좌는 ", "계좌번호: ", f"({bank}) ", f"{bank} 계좌로 입금해 주세요 ", "가상계좌 ", "입금계좌 ",
        f"예금주 홍길동 {bank} ", f"{bank}:", "예금주 홍길동 ",
    )  # fmt: skip
    if draw.random() < 0.25:
        ends = (f" {bank} 홍길동", f" {bank}", f" ({bank})", f" {bank}입니다", f" 홍길동 {bank}", f"({bank} 홍길동)", " 예금주 홍길동", f"\n{bank} 홍길동")
        return said(draw, ("", "여기로 환불해 주세요 ", "환불은 "), number, ends)
    return said(draw, leads, number, (*GLUED, *LOOSE, " 홍길동", " 홍길동입니다", " (홍길동)", " 예금주 홍길동"))


def an_email(draw: Random) -> tuple[str, str, str]:
    name = draw.choice(("hong", "kimcs", "minji.lee", "j_park", "lovely-", "apple", "hello.world", "x", "korea+shop"))
    mailbox = (name + digits(draw, draw.randint(0, 6))).rstrip("-") + draw.choice(("", "", "a", "_kr"))
    domain = draw.choice(
        (
            "naver.com",
            "gmail.com",
            "daum.net",
            "hanmail.net",
            "nate.com",
            "kakao.com",
            "korea.ac.kr",
            "company.co.kr",
            "my-shop.kr",
            "outlook.com",
            "mail.example.org",
        )
    )
    style = draw.random()
    number = f"{mailbox}@{domain}"
    if style < 0.1:
        number = full_width(number)
    elif style < 0.2:
        number = hide(draw, number)
    elif style < 0.26:
        number = f"{mailbox} @ {domain}"
    elif style < 0.32:
        number = f"{mailbox}{draw.choice(('골뱅이', ' 골뱅이 ', '(at)', ' [at] '))}{domain}"
    elif style < 0.38:
        number = number.upper()
    leads = ("이메일은 ", "메일 주소: ", "", "제 메일 ", "아이디가 ", "e-mail:", "회신은 ", "(", "네이버 메일 ", "세금계산서는 ")
    return said(
        draw, leads, number, (*LOOSE, "로 보내 주세요", "입니다", "이에요", "으로 회신 바랍니다", ".", ")", "인데 인증 메일이 안 와요", "은 탈퇴했어요")
    )


def a_passport(draw: Random) -> tuple[str, str, str]:
    letter = draw.choice("MMMMSRGD")
    if draw.random() < 0.5:
        parts = [letter + digits(draw, 3), draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + digits(draw, 4)]
    else:
        parts = [letter + draw.choice("0123456789") + digits(draw, 3), digits(draw, 4)]
    style = draw.random()
    number = "".join(parts)
    if style < 0.12:
        number = full_width(number)
    elif style < 0.24:
        number = hide(draw, number)
    elif style < 0.34:
        number = number.lower()
    elif style < 0.46:
        number = draw.choice(" -.").join(parts)
    elif style < 0.52:
        number = f"{number[0]}{draw.choice((' ', '-'))}{number[1:]}"
    elif style < 0.58:
        number = number[0] + "".join(HANGUL.get(char, char) for char in number[1:])
    leads = ("여권번호 ", "여권 번호는 ", "여권번호: ", "여권 ", "", "제 여권은 ", "여권정보 ", "passport ", "여권번호가 ", "(")
    return said(draw, leads, number)


def a_licence(draw: Random) -> tuple[str, str, str]:
    region = draw.choice((*range(11, 27), 28))
    parts = [str(region), f"{draw.randint(70, 126) % 100:02}", digits(draw, 6), digits(draw, 2)]
    leads = ("면허번호 ", "운전면허번호는 ", "운전면허증 ", "면허증 번호: ", "제 면허 ", "렌트하려고 면허번호 ", "운전면허 번호가 ")
    if draw.random() < 0.25:
        return said(draw, ("", "", "본인 인증 ", "홍길동 "), draw.choice(("-", " ", ".", "–", " - ", "ㅡ")).join(parts))
    if draw.random() < 0.1:
        name = draw.choice(("서울", "부산", "경기", "강원", "대구", "제주"))
        return said(draw, leads, f"{name}{draw.choice((' ', '-', ''))}" + draw.choice("- .").join(parts[1:]))
    return said(draw, leads, written(draw, parts))


def a_business(draw: Random) -> tuple[str, str, str]:
    parts = split(business(draw), (3, 2, 5))
    if draw.random() < 0.3:
        return said(draw, ("", "", "세금계산서 ", "(주)가나다 ", "거래처 "), draw.choice(("-", " ", ".", "–", " - ", "ㅡ", "·")).join(parts))
    leads = ("사업자번호 ", "사업자등록번호는 ", "사업자등록번호: ", "사업자 번호가 ", "세금계산서 사업자번호 ", "저희 사업자 ", "개인사업자 ")
    return said(draw, leads, written(draw, parts))


def a_customs_code(draw: Random) -> tuple[str, str, str]:
    number = "P" + digits(draw, 12)
    style = draw.random()
    if style < 0.15:
        number = full_width(number)
    elif style < 0.3:
        number = hide(draw, number)
    elif style < 0.45:
        number = number.lower()
    elif style < 0.55:
        number = f"{number[:5]}-{number[5:9]}-{number[9:]}"
    return said(draw, ("통관번호 ", "개인통관고유부호 ", "통관부호는 ", "", "통관고유부호: ", "해외직구 "), number)


# --- what only looks like it ---


def an_order(draw: Random) -> tuple[str, str, str]:
    """Numbers of orders in the manner of Korean shops: those that begin with the day may stand alone, the others are called what they are."""
    bought = day(draw, date(2018, 1, 1), date(2026, 11, 27))
    dated = (
        f"{bought:%Y%m%d}{digits(draw, 8)}", f"{bought:%Y%m%d}-{digits(draw, 7)}", f"{bought:%Y%m%d}{digits(draw, 6)}", f"{bought:%Y%m%d}{digits(draw, 9)}", f"{bought:%Y%m%d}{digits(draw, 4)}",
        f"{bought:%Y%m%d}-{digits(draw, 4)}-{digits(draw, 4)}", f"ORD-{bought:%Y%m%d}-{digits(draw, 5)}", f"{bought:%Y%m%d}{draw.choice('ABCDEFGH')}{digits(draw, 5)}",
    )  # fmt: skip
    called = (
        f"{draw.randint(1, 9)}{digits(draw, 13)}", f"{draw.randint(1, 9)}{digits(draw, 9)}", with_luhn(f"{draw.randint(1, 9)}{digits(draw, 14)}"), f"{bought:%y%m%d}{digits(draw, 7)}",
        f"{bought:%y%m%d}-{digits(draw, 7)}", f"{draw.randint(1, 9)}{digits(draw, 15)}", f"{draw.randint(1, 9)}{digits(draw, 11)}", f"M{digits(draw, 8)}", f"{digits(draw, 3)}-{digits(draw, 7)}-{digits(draw, 7)}",
    )  # fmt: skip
    leads = (
        "주문번호 ",
        "주문번호는 ",
        "주문번호: ",
        "주문번호가 ",
        "주문 번호 ",
        "제 주문번호 ",
        "주문번호(",
        "주문번호 확인 ",
        "주문번호=",
        "주문번호는요 ",
        "예약번호 ",
        "접수번호 ",
        "주문번호 조회 ",
    )
    if draw.random() < 0.5:
        return said(draw, (*leads, "", "", "주문 ", "이거 "), draw.choice(dated), (*GLUED, *LOOSE, " 주문 취소해 주세요", " 언제 와요?", " 주문건이요"))
    return said(draw, leads, draw.choice(called))


def a_parcel(draw: Random) -> tuple[str, str, str]:
    """Carriers number with 10 to 14 digits, in one piece or in fours."""
    number = draw.choice("123456789") + digits(draw, draw.choice((9, 10, 11, 11, 11, 12, 12, 13)))
    if draw.random() < 0.25:
        number = draw.choice("- ").join(number[at : at + 4] for at in range(0, len(number), 4))
    leads = (
        "운송장번호 ",
        "송장번호 ",
        "운송장 ",
        "송장 ",
        "송장번호는 ",
        "운송장번호: ",
        "운송장 번호가 ",
        "송장번호:",
        "송장 조회 ",
        "한진택배 ",
        "CJ대한통운 ",
        "우체국택배 ",
        "택배 송장번호 ",
        "등기번호 ",
        "로젠택배 송장 ",
    )
    return said(draw, leads, number, (*GLUED, *LOOSE, " 조회가 안 돼요", " 어디쯤 왔나요", " 배송 조회"))


def a_price(draw: Random) -> tuple[str, str, str]:
    amount = int(10 ** draw.uniform(2, 10))
    number = draw.choice((f"{amount:,}", f"{amount:,}", str(amount), f"{amount // 10000 + 1}만", f"₩{amount:,}"))
    leads = (
        "",
        "가격이 ",
        "총 ",
        "할인가 ",
        "결제금액 ",
        "입금액은 ",
        "계좌로 ",
        "국민은행에 ",
        "카드로 ",
        "2026-11-27 ",
        "26.11.27 ",
        "환불금 ",
        "이거 3개에 ",
    )
    return said(draw, leads, number, ("원", "원이요", "원 결제했어요", "원인가요?", " 원 입금했어요", "원을 환불해 주세요", "원 맞죠?", "원짜리 쿠폰"))


def a_moment(draw: Random) -> tuple[str, str, str]:
    """Days, times, spans of days."""
    when = day(draw, date(2000, 1, 1), date(2030, 12, 31))
    clock = f"{draw.randrange(24):02}:{draw.randrange(60):02}"
    later = when + timedelta(draw.randint(1, 60))
    number = draw.choice((
        f"{when:%Y-%m-%d}", f"{when:%Y.%m.%d}", f"{when:%Y%m%d}", f"{when:%Y/%m/%d}", f"{when:%y.%m.%d}", f"{when:%y%m%d}", f"{when:%Y-%m-%d} {clock}", f"{when:%Y.%m.%d}. {clock}", f"{when:%Y-%m-%d}T{clock}:00",
        f"{when:%Y.%m.%d}~{later:%Y.%m.%d}", f"{when:%Y-%m-%d} ~ {later:%Y-%m-%d}", f"{when:%Y%m%d}-{later:%Y%m%d}", f"{when.year}년 {when.month}월 {when.day}일", f"{when.month}/{when.day} {clock}",
        f"{when:%Y%m%d}{clock.replace(':', '')}", f"{when:%Y. %m. %d}", f"{clock}-{clock}", f"{when:%Y-%m-%d} - {later:%Y-%m-%d}",
    ))  # fmt: skip
    leads = ("", "주문일 ", "배송일이 ", "생년월일 ", "유효기간 ", "국민은행 입금일 ", "결제한 날은 ", "예약 ", "카드 결제일 ")
    return said(
        draw, leads, number, ("", "에 주문했어요", "까지인가요?", "부터요", " 결제", "이에요", "에 국민은행으로 입금했어요", " 기준", "일자로 취소해 주세요")
    )


def another_number(draw: Random) -> tuple[str, str, str]:
    """Quantities, versions, addresses of pages and machines, numbers of companies, models, bar codes, sizes."""
    page = f"https://{draw.choice(('smartstore.naver.com/main', 'www.shop.co.kr', 'm.11st.co.kr'))}/products/{digits(draw, draw.choice((8, 10, 11, 13, 16)))}"
    number = draw.choice((
        f"{draw.randint(1, 999)}개", f"v{draw.randint(0, 30)}.{draw.randint(0, 99)}.{draw.randint(0, 9999)}", f"{draw.randint(10, 200)}.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(0, 255)}", page,
        f"{page}?orderNo={digits(draw, 13)}", f"www.shop.kr/item/{digits(draw, 13)}", f"{draw.choice(('1588', '1577', '1644', '1899', '1600'))}-{digits(draw, 4)}", f"080-{digits(draw, 3)}-{digits(draw, 4)}",
        f"SM-{draw.choice('SAF')}{digits(draw, 3)}N", f"바코드 880{digits(draw, 10)}", f"{draw.randint(1, 300)}x{draw.randint(1, 300)}x{draw.randint(1, 300)}", f"{draw.randint(1, 99)}.{draw.randint(0, 9)}%",
        f"{draw.randint(10000, 63999)}", f"오류코드 {digits(draw, 6)}", f"인증번호 {digits(draw, 6)}", f"모델명 {digits(draw, 3)}-{digits(draw, 4)}", f"{draw.randint(1, 12)}개월 {draw.randint(1, 9)}만원", "일이 이상해요", "사이 이사 오일",
        "이 일이 사오일 걸려요", "공구 이사 사이즈",
    ))  # fmt: skip
    return said(draw, ("", "", "이거 ", "혹시 ", "문의: "), number, ("", " 문의드려요", " 어떻게 하나요?", " 안 돼요", "\n확인해 주세요"))


Build = Callable[[Random], tuple[str, str, str]]

PERSONAL: dict[str, tuple[str, Build, int]] = {
    "resident": ("resident_number", a_resident, RESIDENTS),
    "mobile": ("phone", a_mobile, EACH),
    "landline": ("phone", a_landline, EACH),
    "card": ("card", a_card, EACH),
    "account": ("account", an_account, EACH),
    "email": ("email", an_email, EACH),
    "passport": ("passport", a_passport, EACH),
    "licence": ("driver_licence", a_licence, EACH),
    "business": ("business_number", a_business, EACH),
    "customs": ("customs_code", a_customs_code, EACH),
}
HARMLESS: dict[str, Build] = {"order": an_order, "parcel": a_parcel, "price": a_price, "moment": a_moment, "other": another_number}
