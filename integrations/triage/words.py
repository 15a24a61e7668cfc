"""Causes that are made of codes, as people read them."""

import re

from integrations.models.findings import FindingKind

LONGEST_CAUSE = 300
# What is left of times and of the numbers in a provider's error, once ids and numbers are taken out.
_EMPTY_TIME = re.compile(r"\.\.\.(?:[-: ]+\.\.\.)+(?: UTC)?")
_EMPTY_FACT = re.compile(r"(?:, )?\b(?:status|request) \.\.\.(?=[,)])")
_EMPTY_PARENTHESES = re.compile(r" ?\(\)")
_DIFFERENCE = {
    FindingKind.DIFFERS: "differs",
    FindingKind.ONLY_HERE: "only in FlexSync",
    FindingKind.ONLY_THERE: "only at the provider",
    FindingKind.GONE: "gone at the provider",
}


def of_reason(cause: str) -> str:
    """ "No such customer (code missing)" for "No such customer (code missing, status ..., request ...)"."""
    text = _EMPTY_FACT.sub("", _EMPTY_TIME.sub("...", cause))
    text = _EMPTY_PARENTHESES.sub("", text)
    return text if len(cause) < LONGEST_CAUSE else f"{text.rpartition(' ')[0]} ..."


def of_code(cause: str) -> str:
    """ "Product not received" for "product_not_received"."""
    return cause.replace("_", " ").strip().capitalize()


def of_finding(cause: str) -> str:
    """ "Amount due of invoice differs" for "differs invoice amount_due", "Invoice: only in FlexSync"."""
    kind, _, rest = cause.partition(" ")
    noun, _, field = rest.strip().partition(" ")
    how = _DIFFERENCE.get(FindingKind(kind), kind) if kind in FindingKind else kind
    return of_code(f"{field} of {noun} {how}") if field else f"{of_code(noun)}: {how}"
