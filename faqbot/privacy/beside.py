"""Words beside a number that say what it is. Searched in what leads to it, matched at what follows it."""

import re

#: Letters of what may stand between 주문번호 and the number: particles, 번호는, 조회, 확인, 취소, no.
_PARTICLES = r"[\s:=#.,()\[\]'\"\-은는이가을를도로으의에요입니다인데고예번호넘버코드조회추적확취소건no]*"
_ORDERS = (
    r"(?<!비회원)(?<!비회원\s)주문|운송장|송장|택배|등기|대한통운|배송|(?:예약|접수|상품|제품|모델|일련|승인|거래|결제|문의|관리|사건|영수증|쿠폰|인증|상품권)\s?(?:번호|코드)"
    r"|바코드|시리얼|품번|모델명|isbn|s/n|order|tracking|invoice"
)
_OTHERS = rf"{_ORDERS}|카드|전화|연락처|휴대|핸드폰|고객센터|사업자|법인|면허|여권|주민|통관"
_BANKS = "계좌|예금주|은행|뱅크|농협|새마을금고|신협|수협|증권|통장"
#: Names that mean a bank wherever they stand at a number, and names that are words as well.
_BANKS_IN_SHORT = "국민|신한|카뱅|케뱅|씨티|(?:kb|nh|ibk)(?![a-z])"
_BANKS_OR_WORDS = "우리|하나|기업|토스|제일|카카오|케이|새마을|sc(?![a-z])"


def _said(words: str, unless: str, within: int = 14) -> re.Pattern[str]:
    """One of the words, and up to the number at most so many characters, which are no digit, no wall and no word of another number."""
    return re.compile(rf"(?:{words})(?:(?!{unless})[^\d\x01]){{0,{within}}}$", re.IGNORECASE)


def _right_before(words: str) -> re.Pattern[str]:
    """One of the words, with nothing but particles up to the number."""
    return re.compile(rf"(?:{words}){_PARTICLES}$", re.IGNORECASE)


ORDER = _right_before(_ORDERS)
ORDER_BEHIND = re.compile(r"번?\s?(?:주문\s?(?:건|번호|취소|조회|배송|내역|확인|상품)|운송장|송장)")
OTHER = _right_before(_OTHERS)
RESIDENT = _said(r"주민|외국인\s?등록|거소|민번|신분증", _ORDERS)
CORPORATION = _said("법인", rf"{_ORDERS}|주민")
CARD = _right_before("카드")
CARD_NUMBER = _right_before(r"카드\s?(?:번호|넘버)")
BANK = re.compile(rf"{_said(_BANKS, _OTHERS).pattern}|{_said(_BANKS_IN_SHORT, _OTHERS, within=6).pattern}", re.IGNORECASE)
BANK_OR_WORD = _said(_BANKS_OR_WORDS, _OTHERS, within=2)
POST_OFFICE = _said("우체국", _OTHERS, within=2)
BANK_BEHIND = re.compile(rf"(?:(?!{_OTHERS})[^\d\x01]){{0,10}}?(?:{_BANKS}|{_BANKS_IN_SHORT})", re.IGNORECASE)
ANY_BANK = re.compile(rf"{_BANKS}|{_BANKS_IN_SHORT}|{_BANKS_OR_WORDS}|우체국", re.IGNORECASE)
BUSINESS = _said("사업자|사업장", rf"{_ORDERS}|전화|연락처")
ANY_BUSINESS = re.compile("사업자|사업장|법인")
LICENCE = _said("면허", _ORDERS)
PASSPORT = _said("여권|passport", _ORDERS)
LATIN = re.compile(r"[A-Za-z]$")
LATIN_BEHIND = re.compile(r"[A-Za-z]")
MORE_DIGITS = re.compile(r"[0-9][-./]$")
MORE_DIGITS_BEHIND = re.compile(r"[-./][0-9]")
MONEY_BEHIND = re.compile(r"원|\s원(?:[이을은에의짜]|(?![가-힣]))|\s?[만천]\s?원")
UNIT_BEHIND = re.compile(r"\s?(?:[원만천개일월년시분건회명%]|포인트)|[,:]\d")
