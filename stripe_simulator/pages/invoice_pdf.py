"""The PDF of an invoice: one page of plain text, enough to open and to attach."""

from starlette.requests import Request
from starlette.responses import Response

from ..amounts.money import shown
from ..resources.invoices.lines import lines_of
from ..simulator import Simulator
from ..state.account import Account, Object
from .rendering import not_found

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"
_RESOURCES = b"/Resources << /Font << /F1 5 0 R >> >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " + _RESOURCES + b" >>"
_LINES_ON_PAGE = 58


async def show(request: Request) -> Response:
    """Return the PDF."""
    simulator: Simulator = request.app.state.simulator
    found = simulator.locate("invoice", request.path_params["id"])
    if found is None or not found[1]["invoice_pdf"]:
        return not_found(request)
    name = f"Invoice-{found[1]['number']}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf(_text(*found)), media_type="application/pdf", headers=headers)


def _text(account: Account, invoice: Object) -> list[str]:
    currency = invoice["currency"]
    head = ["STRIPE SIMULATOR - NO REAL MONEY", "", f"Invoice {invoice['number']} ({invoice['status']})"]
    head += [str(invoice["customer_name"] or invoice["customer_email"] or ""), ""]
    rows = [(line["description"] or "Item", line["amount"]) for line in lines_of(account, invoice)][:40]
    tax = sum(entry["amount"] for entry in invoice["total_taxes"])
    rows += [("Subtotal", invoice["subtotal"]), ("Tax", tax), ("Total", invoice["total"])]
    rows += [("Paid", invoice["amount_paid"]), ("Due", invoice["amount_remaining"])]
    return head + [f"{text[:48]:<50}{shown(amount, currency):>20}" for text, amount in rows]


def pdf(lines: list[str]) -> bytes:
    """Return a PDF 1.4 file with these lines on one page."""
    stream = (
        b"BT /F1 10 Tf 50 790 Td 13 TL " + b" ".join(_line(line) for line in lines[:_LINES_ON_PAGE]) + b" ET"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        _FONT,
    ]
    file, offsets = b"%PDF-1.4\n", []
    for number, object in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, object)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, trailer)


def _line(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode("latin-1", "replace") + b") Tj T*"
