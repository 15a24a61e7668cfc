"""How the API is described at /v1/schema (the settings of drf-spectacular)."""

SETTINGS = {
    "TITLE": "FlexSync",
    "DESCRIPTION": "Billing that stays in step with Stripe, both ways.",
    "VERSION": "1",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "billing.api.schema_links.add_links",
        "billing.api.schema_parameters.never_empty",
    ],
    "ENUM_NAME_OVERRIDES": {
        "OwnerEnum": "integrations.models.connections.Owner.values",
        "LinkChoiceEnum": "integrations.models.link_candidates.LinkChoice.values",
        "GoneChoiceEnum": "integrations.models.mappings.GoneChoice.values",
        "SeverityEnum": "integrations.api.health_serializers.SEVERITIES",
        "RepairEnum": "integrations.models.findings.Repair.values",
        "SuggestionEnum": "integrations.models.findings.Suggestion.values",
        "AskedRepairEnum": "integrations.api.finding_inputs.WORKED",
        "BulkRepairEnum": "integrations.api.finding_inputs.IN_BULK",
    },
}
