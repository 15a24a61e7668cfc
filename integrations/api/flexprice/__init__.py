"""Addresses and names of FlexPrice's API, each a thin alias of a call of FlexSync's own.

They are left out of the OpenAPI document, so that no client has two of one call
(docs/coming_from_flexprice.md).
"""
