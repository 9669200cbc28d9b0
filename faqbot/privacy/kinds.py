"""What is personal, and what stands in a text instead."""

from enum import StrEnum


class Kind(StrEnum):
    """What was masked."""

    RESIDENT_NUMBER = "resident_number"
    CARD = "card"
    ACCOUNT = "account"
    PHONE = "phone"
    EMAIL = "email"
    PASSPORT = "passport"
    DRIVER_LICENCE = "driver_licence"
    BUSINESS_NUMBER = "business_number"
    CUSTOMS_CODE = "customs_code"
    NUMBER = "number"
    """Any number of a text that is made to show new ones whenever one is masked; nobody writes such a text by chance."""


#: A label is a wall: no number and no word beside a number reaches over it.
LABELS = {
    Kind.RESIDENT_NUMBER: "[주민등록번호]",
    Kind.CARD: "[카드번호]",
    Kind.ACCOUNT: "[계좌번호]",
    Kind.PHONE: "[전화번호]",
    Kind.EMAIL: "[이메일]",
    Kind.PASSPORT: "[여권번호]",
    Kind.DRIVER_LICENCE: "[운전면허번호]",
    Kind.BUSINESS_NUMBER: "[사업자번호]",
    Kind.CUSTOMS_CODE: "[통관고유부호]",
    Kind.NUMBER: "[번호]",
}
