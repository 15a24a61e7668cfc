"""How the API is described at /v1/schema (the settings of drf-spectacular)."""

SETTINGS = {
    "TITLE": "FlexSync",
    "DESCRIPTION": "Billing that stays in step with Stripe, both ways.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "billing.api.pagination.add_component",
        "billing.api.schema_links.add_links",
        "billing.api.schema_values.never_empty",
        "billing.api.schema_values.accepted_defaults",
        "billing.api.schema_values.any_is_null_too",
        "billing.api.schema_tags.add_tags",
    ],
}
