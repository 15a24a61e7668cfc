"""The currencies that Stripe accepts.

Source: Stripe docs, "Supported currencies", and the list in its error message.
"""

from ..errors import InvalidRequest

_LISTED = """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf
    clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl hrk htg huf idr
    ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk
    mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle
    sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""
_SUPPORTED = frozenset(_LISTED.split())


def checked_currency(currency: str, at: str = "currency") -> str:
    """Return the currency in lower case; raise InvalidRequest if Stripe does not accept it."""
    known = currency.lower()
    if known not in _SUPPORTED:
        raise InvalidRequest(f"Invalid currency: {known}. Stripe does not support it.", param=at)
    return known
