"""Credit notes that are only shown, and not issued. Source: API reference, "Preview a credit note"."""

from ...listing import embedded_list, paged
from ...operations import Call, operation
from ...state.account import Object
from .new_note import prepare


@operation("credit_notes.preview")
def preview(call: Call) -> Object:
    """Return the credit note that the same parameters would issue; nothing is refunded or credited."""
    prepared = prepare(call.account, call.params)
    shown = call.account.render(prepared.note)
    url = f"/v1/credit_notes/preview/lines?invoice={prepared.invoice['id']}"
    return shown | {"lines": embedded_list(call.account, _numbered(prepared.lines), url)}


@operation("credit_notes.preview_lines.list")
def list_lines(call: Call) -> Object:
    """List the lines of a preview."""
    return paged(call, _numbered(prepare(call.account, call.params).lines))


def _numbered(lines: list[Object]) -> list[Object]:
    """Return the lines with ids that are the same in each preview, so that a cursor finds them (assumed)."""
    return [line | {"id": f"cnli_preview{index:017d}"} for index, line in enumerate(lines)]
