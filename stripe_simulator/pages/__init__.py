"""The pages that people see: checkout, 3-D Secure, invoices and a dashboard."""
