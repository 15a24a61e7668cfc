"""Cards that pay, by brand and by country. Source: Stripe docs, "Test card numbers"."""

from .card import Card

BRANDS = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "visa_cartesBancaires": Card("4000002500001001", country="FR"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", funding="debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", funding="prepaid"),
    "mastercard_cartesBancaires": Card("5555552500001001", "mastercard", country="FR"),
    "amex": Card("378282246310005", "amex"),
    "amex_threeDSecureNotSupported": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "discover_debit": Card("6011981111111113", "discover", funding="debit"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb", country="JP"),
    "unionpay": Card("6200000000000005", "unionpay", country="CN"),
    "unionpay_debit": Card("6200000000000047", "unionpay", funding="debit", country="CN"),
    "gb_debit": Card("4000058260000005", funding="debit", country="GB"),
    "gb_mastercard": Card("5555558265554449", "mastercard", country="GB"),
}
# These have a number and no name.
UNNAMED = (
    Card("2223003122003222", "mastercard"),
    Card("371449635398431", "amex"),
    Card("6011000990139424", "discover"),
    Card("36227206271667", "diners"),
    Card("6205500000000000004", "unionpay", country="CN"),
)
# Most are 40000 and the numeric code of its country, as `pm_card_de` and `tok_de`.
_BY_COUNTRY = """
ar 4000000320000021, br 4000000760000002, ca 4000001240000000, cl 4000001520000001, co 4000001700000003,
cr 4000001880000005, ec 4000002180000000, mx 4000004840008001, pa 4000005910000000, py 4000006000000066,
pe 4000006040000068, uy 4000008580000003, ae 4000007840000001, at 4000000400000008, be 4000000560000004,
bg 4000001000000000, by 4000001120000005, hr 4000001910000009, cy 4000001960000008, cz 4000002030000002,
dk 4000002080000001, ee 4000002330000009, fi 4000002460000001, fr 4000002500000003, de 4000002760000016,
gi 4000002920000005, gr 4000003000000030, hu 4000003480000005, ie 4000003720000005, it 4000003800000008,
lv 4000004280000005, li 4000004380000004, lt 4000004400000000, lu 4000004420000006, mt 4000004700000007,
nl 4000005280000002, no 4000005780000007, pl 4000006160000005, pt 4000006200000007, ro 4000006420000001,
sa 4000006820000007, si 4000007050000006, sk 4000007030000001, es 4000007240000007, se 4000007520000008,
ch 4000007560000009, gb 4000008260000000, au 4000000360000006, cn 4000001560000002, hk 4000003440000004,
in 4000003560000008, jp 4000003920000003, my 4000004580000002, nz 4000005540000008, sg 4000007020000003,
tw 4000001580000008, th 4000007640000003
"""
COUNTRIES = {"us": Card("4242424242424242")} | {
    code: Card(number, country=code.upper())
    for code, number in (entry.split() for entry in _BY_COUNTRY.split(","))
}
