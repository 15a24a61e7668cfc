"""The routes of the pages."""

from starlette.routing import Route

from . import challenge, checkout, dashboard, invoice, invoice_pdf, portal, receipt

PAGE_ROUTES = [
    Route("/", dashboard.show),
    Route("/_simulator/objects/{id}", dashboard.show_object),
    # The URL of an object in the real dashboard: https://dashboard.stripe.com/acct_.../test/customers/cus_...
    Route("/{account}/test/{kind}/{id}", dashboard.show_object),
    Route("/pay/{id}", checkout.show),
    Route("/pay/{id}", checkout.submit, methods=["POST"]),
    Route("/3d_secure/{id}", challenge.show),
    Route("/3d_secure/{id}", challenge.submit, methods=["POST"]),
    Route("/i/{id}", invoice.show),
    Route("/i/{id}", invoice.submit, methods=["POST"]),
    Route("/i/{id}/pdf", invoice_pdf.show),
    Route("/portal/{id}", portal.show),
    Route("/portal/{id}", portal.submit, methods=["POST"]),
    Route("/receipts/{id}", receipt.show),
]
