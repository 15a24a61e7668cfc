"""The hosted pages: checkout, 3-D Secure, invoices, the portal and a dashboard."""
