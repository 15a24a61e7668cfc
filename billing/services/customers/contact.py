"""Refuses invalid e-mail addresses, and countries that are none."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from billing import countries
from billing.errors import Invalid


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` of a customer, with the country's code in capital letters; raises Invalid."""
    found = dict(changes)
    if country := found.get("address_country"):
        found["address_country"] = country_code(country, "address_country")
    return found


def country_code(text: str, field: str) -> str:
    """The country's code; raises Invalid for what is none, such as its name."""
    code = countries.code_of(text)
    if code is None:
        raise Invalid.of({field: f"{text!r} is not a country. Send a two-letter ISO 3166-1 code such as DE."})
    return code


def check_email(email: str) -> None:
    """Raises Invalid for what cannot be an e-mail address.

    For what people and programs write: gateways take more than that, and what they have is held here.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid.of({"email": " ".join(error.messages)}) from None
