"""How views are described in OpenAPI: errors, the Idempotency-Key, security, readable names."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from billing.api import idempotency, versions
from billing.api.strict import StrictInput

NAMES = {"retrieve": "get", "partial_update": "update", "destroy": "archive"}
ERRORS = {
    400: "The request is not valid: `details` names each wrong field.",
    401: "No API key, or one that is unknown, revoked or expired.",
    403: "The key may only read.",
    404: "The key's environment has nothing with that id.",
    406: "The `Accept` header asks for something other than JSON.",
    409: "The present state does not allow it.",
    411: "The body was sent in chunks, without a `Content-Length`.",
    412: "Another has changed the object since it was read: `details.current` is what it is now.",
    413: "The body is larger than 400 KB.",
    415: "The body is not announced as `application/json` in UTF-8, or it is compressed.",
    422: "The provider refused it, or the Idempotency-Key was used for another request.",
    429: "The key has made as many requests as it may: `Retry-After` says when it may again.",
    503: "The database or the provider does not respond in time. Try again, with the same Idempotency-Key.",
}
OTHER = "An unexpected failure (500), or one of what stands before FlexSync (502, 504)."
# What any operation can be answered with, and what changes something, and what asks a provider.
ANY, CHANGING, ASKING = (400, 401, 406, 429, 503), (403, 409, 411, 413, 415, 422), (409, 422)
KEY = OpenApiParameter(
    idempotency.HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Any text of your own, such as a UUID. The same request under the same key is carried out"
    " once, and its response is repeated for 24 hours, with the header `Idempotent-Replayed: true`.",
)
IF_MATCH = OpenApiParameter(
    versions.HEADER,
    {"type": "string", "pattern": r'^(\*|(W/)?"[0-9]{1,18}"( *, *(W/)?"[0-9]{1,18}")*)$', "example": '"7"'},
    OpenApiParameter.HEADER,
    description="The `ETag` of the response in which you read the object: it is changed only if nobody else has"
    " changed it since.",
)
EXPAND = OpenApiParameter(
    "expand",
    {"type": "string", "enum": ["integrations"]},
    description="`integrations` adds each item's counterparts at the providers, and the state of their sync.",
)
METADATA = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}


class ErrorSerializer(serializers.Serializer[Any]):
    """The format of every error."""

    code = serializers.CharField(help_text="For programs: docs/errors.md lists all of them.")
    message = serializers.CharField(help_text="For people.")
    http_status_code = serializers.IntegerField()
    details = serializers.DictField(help_text="What is wrong with each field, by its name.")


def errors(*statuses: int) -> dict[Any, OpenApiResponse]:
    """The responses with these statuses, and that any other status comes with an error, too."""
    found: dict[Any, OpenApiResponse] = {
        status: OpenApiResponse(ErrorSerializer, ERRORS[status]) for status in statuses
    }
    return found | {"default": OpenApiResponse(ErrorSerializer, OTHER)}


def known_parameters(view: Any) -> set[str]:
    """The query parameters that the view knows in this call."""
    return set(view.known_parameters())


class ViewSchema(AutoSchema):
    """Describes a view by its attributes: ``inputs`` by action, ``serializer_class`` for responses.

    ``kind`` or ``noun`` names what the view is about. ``named``: {action: (name of the call, summary)} where
    these do not follow from the action, which is "" in a view without actions.
    """

    def get_operation_id(self) -> str:
        """``invoices_finalize``."""
        name = self._named()[0]
        return f"{self.get_tags()[0]}_{name}" if name else str(super().get_operation_id())

    def get_summary(self) -> str | None:
        """``Finalize an invoice``."""
        return self._named()[1]

    def _named(self) -> tuple[str, str]:
        """The name of the call and its summary: what the view says, or what follows from the action."""
        action = getattr(self.view, "action", "") or ""
        noun = str(getattr(self.view, "kind", "") or getattr(self.view, "noun", "")).replace("_", " ")
        one = f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
        own: Mapping[str, tuple[str, str]] = getattr(self.view, "named", {})
        if action in own:
            return own[action][0], own[action][1].format(one=one)
        name = NAMES.get(action, action)
        if action == "list":
            return name, f"List {noun}s"
        verb = name.replace("_", " ").capitalize()
        return name, verb if " " in verb or not noun else f"{verb} {one}"

    def get_description(self) -> str:  # type: ignore[override]
        """The docstring, in Markdown."""
        return str(super().get_description()).replace("``", "`")

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """``CustomerInput`` is the request of a ``Customer``."""
        return str(super().get_serializer_name(serializer, direction)).removesuffix("Input")

    def get_examples(self) -> list[OpenApiExample]:
        """A body that could be sent, where the input has one."""
        example = getattr(self.get_request_serializer(), "example", None)
        if not example or self.method != "POST":
            return []
        return [OpenApiExample("Example", example, request_only=True)]

    def get_request_serializer(self) -> Any:
        """The serializer of the body."""
        inputs = getattr(self.view, "inputs", None)
        if inputs is None:
            return super().get_request_serializer()
        return inputs.get(getattr(self.view, "action", ""))

    def get_response_serializers(self) -> Any:
        """The response, and the errors that can come instead."""
        found: Any = super().get_response_serializers()
        if isinstance(found, dict):
            return found | self._errors()
        adds = str(getattr(self.view, "action", "")).startswith("add_")
        return {201 if adds or self._is_create_operation() else 200: found} | self._errors()

    def get_override_parameters(self) -> list[Any]:
        """The key and the version of changes, and what can be expanded."""
        if str(self.method).lower() in idempotency.CHANGING:
            return [KEY, IF_MATCH] if self._has_versions() else [KEY]
        return [EXPAND] if "expand" in known_parameters(self.view) else []

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What is read refuses fields that it does not know."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        return schema | {"additionalProperties": False} if isinstance(serializer, StrictInput) else schema

    def _get_filter_parameters(self) -> Any:
        """Choices are listed once, not again in the description."""
        found: Any = super()._get_filter_parameters()  # type: ignore[no-untyped-call]
        for parameter in found:
            if "enum" in parameter["schema"]:
                parameter.pop("description", None)
            if parameter["name"] == "metadata":
                parameter |= {"style": "deepObject", "explode": True, "schema": METADATA}
        return found

    def _errors(self) -> dict[Any, OpenApiResponse]:
        """By what decides about them: the method, whether a row is named, and whether a provider is asked."""
        wanted = set(ANY)
        if "{" in self.path or self._names_rows():
            wanted.add(404)
        if self.method != "GET":
            wanted |= set(CHANGING) | ({412} if self._has_versions() else set())
        elif getattr(self.view, "idempotency", "") == "reserve":
            wanted |= set(ASKING)
        return errors(*sorted(wanted))

    def _has_versions(self) -> bool:
        """Whether the call changes one row that counts its versions."""
        return "{id}" in self.path and getattr(self.view, "has_versions", False)

    def _names_rows(self) -> bool:
        parser = self.get_request_serializer() if self.method != "GET" else None
        return parser is not None and any(name.endswith("_id") for name in parser().fields)

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Choices are listed once, and not again in the description."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if not isinstance(field, serializers.ChoiceField) or "enum" not in schema:
            return schema
        plain = {name: schema[name] for name in ("type", "enum", "readOnly", "default") if name in schema}
        if "" not in plain["enum"] and _may_be_blank(field):
            plain["enum"] = [*plain["enum"], ""]
        return plain


def _may_be_blank(field: serializers.ChoiceField) -> bool:
    """Whether "" is there where nothing was chosen: as its column says, where it shows one."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    columns = {one.name: one for one in model._meta.concrete_fields} if model else {}
    column = columns.get(field.source)
    return field.allow_blank or bool(column is not None and column.blank and field.read_only)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An API key, in either of two headers."""

    target_class = "billing.api.authentication.ApiKeyAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Either is enough."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Both headers."""
        return [
            {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer <API key>`"},
            {"type": "apiKey", "in": "header", "name": "x-api-key"},
        ]
