"""Shows JSON to people: indented, foldable, with secrets masked."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.utils import prettify_json

HIDDEN = "****"


def redacted(document: Any) -> Any:
    """Returns ``document`` with the values of keys such as ``client_secret`` or ``secret_key`` masked."""
    if isinstance(document, dict):
        return {
            key: HIDDEN if value and "secret" in key.lower() else redacted(value)
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [redacted(item) for item in document]
    return document


def folded(title: str, document: Any, *, opened: bool = False) -> SafeString:
    """Returns ``document`` under a title that opens and closes it, "" when it is empty.

    Its lines do not make the page wider (``contain``): on a phone they wrap.
    """
    if not document:
        return SafeString("")
    return format_html(
        '<details{}><summary class="cursor-pointer font-semibold select-none">{}</summary>'
        '<div class="text-xs overflow-auto mt-2" style="contain: inline-size">{}</div></details>',
        SafeString(" open") if opened else "",
        title,
        prettify_json(redacted(document), None),
    )
