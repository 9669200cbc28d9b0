"""Masking of Korean personal data before a text is stored or logged. Pure, standard library only; nothing is ever raised.

Found, with dashes, dots, spaces, full-width or spelled digits (공일공), invisible characters inside and particles behind: registration numbers of
residents and foreigners, mobile and area phone numbers, payment cards, bank accounts beside a bank or 계좌, e-mail addresses, passports, driver
licences, business numbers, customs codes. Left as they are: order and tracking numbers, prices, dates, times, URLs, and the numbers under which
everybody calls a company (1588-1234, 080): a visitor who types one says nothing about a person.

Not found, so that no text is free of personal data because it went through here: names, addresses, birth dates, the first half of a resident
number, vehicle plates, expiry dates and security codes of cards, handles of messengers, an account without a word that says so, a number with a digit too many or too few, digits
written as letters (O1O) or numerals (십이), digits parted by other words or by many signs, and whatever stands in the path of a URL.
"""

from faqbot.privacy.kinds import LABELS as LABELS
from faqbot.privacy.kinds import Kind as Kind
from faqbot.privacy.masking import Masked as Masked
from faqbot.privacy.masking import mask as mask
