"""Causes that are made of codes, as people read them."""

from integrations.models.findings import FindingKind

_DIFFERENCE = {
    FindingKind.DIFFERS: "differs",
    FindingKind.ONLY_HERE: "only in FlexSync",
    FindingKind.ONLY_THERE: "only at the provider",
    FindingKind.GONE: "gone at the provider",
}


def of_code(cause: str) -> str:
    """ "Product not received" for "product_not_received"."""
    return cause.replace("_", " ").strip().capitalize()


def of_finding(cause: str) -> str:
    """ "Amount due of invoice differs" for "differs invoice amount_due", "Invoice: only in FlexSync"."""
    kind, _, rest = cause.partition(" ")
    noun, _, field = rest.strip().partition(" ")
    how = _DIFFERENCE.get(FindingKind(kind), kind) if kind in FindingKind else kind
    return of_code(f"{field} of {noun} {how}") if field else f"{of_code(noun)}: {how}"
