"""The API keeps what its OpenAPI document promises: all checks of schemathesis, for every operation.

What the checks find and is meant to be so is listed in BEYOND and KEPT; docs/api.md says why.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData

from billing.models import Environment
from billing.services import environments
from billing.tests.factories import EnvironmentFactory
from integrations.providers.stripe import client as stripe_client
from tests.endpoints.sending import NAMED, OTHER
from tests.endpoints.world import make_world

EXAMPLES = int(os.environ.get("PROMISES", "1"))
# Rows are archived, not deleted, and stay readable.
KEPT = {"use_after_free"}
# What JSON Schema cannot say, so that a body by the schema is refused all the same:
BEYOND = re.compile(
    # that a row or a provider exists,
    r"There is no (provider|connection|customer|plan|price|invoice|payment|subscription|currency) "
    # which codes exist, what is an address, and which credentials and switches a provider has,
    r"|is not a (currency|country)\.|Enter a valid (URL|email)|must begin with sk_test_|body: Not a valid string\.|: Send true or false\."
    # which cursors FlexSync has signed,
    r"|Send the `next` of the page before"
    # which fields go together,
    r"|Send (at least one |either |ids, |grade and choice, |unit_amount, or )|Say (which|why)|, not both\."
    r"|Only to accept, not to |This field (is required|cannot be changed|may not be blank)|cannot move to another"
    # the digits of a decimal before and after its point, the sizes of metadata, and how many items there are,
    r"|digits before the decimal point|Names have 1 to 40 characters|Ensure this field has at least 1 elements"
    # that what another answer has as "" names nothing: such values are tried, too,
    r"|: Send a value, or leave it out\."
    # that a value in a list has no comma, and who has sent a webhook.
    # which kinds of tax ids there are, where a webhook may be sent, with which headers and secret,
    r"|Send a kind of tax id|This is no URL|is an inner address|There is no (event type|such event)|no name of a header|sets this header"
    r"|printable ASCII|Send \"whsec_|headers can be sent"
    r"|nothing before, between or after commas|The Stripe-Signature header is missing"
)
RANDOM = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


class _Undo(Exception):
    """Ends the transaction."""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The WSGI application; it must not close the connection that holds the test's transaction."""
    monkeypatch.setattr(stripe_client, "RETRIES", 0)
    logging.disable(logging.CRITICAL)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_operation_keeps_its_promises(app: Any, mode: GenerationMode) -> None:
    environment = EnvironmentFactory()
    world = make_world(environment)
    schema, headers = described(app), authorized(environment)
    problems: list[str] = []
    for operation in (found.ok() for found in schema.get_all_operations()):
        cases = operation.as_strategy(mode, path_parameters=parts(operation.path, world) or None)
        problems += [f"{operation.label}: {problem}" for problem in tried(cases, headers)]
    assert not problems, "\n".join(problems)


@pytest.mark.django_db
def test_what_a_call_has_made_is_found_by_the_calls_that_it_links_to(app: Any) -> None:
    schema, headers = described(app), authorized(EnvironmentFactory())
    problems: list[str] = []

    class Calls(schema.as_state_machine()):  # type: ignore[misc]
        """Goes from what one call returns to the calls that the document links it with."""

        def get_call_kwargs(self, _case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_options: Any) -> None:
            problems.extend(wrong(case, response, headers))

    run_state_machine_as_test(Calls, settings=settings(RANDOM, max_examples=EXAMPLES, stateful_step_count=40))
    assert not problems, "\n".join(problems)


def described(app: Any) -> Any:
    """The API by its document."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    schema.app = app
    # No text may have a NUL, which PostgreSQL cannot store: test_odd_inputs.py sends them.
    schema.config.generation.allow_x00 = False
    return schema


def authorized(environment: Environment) -> dict[str, str]:
    _, key = environments.create_api_key(environment=environment, name="k", scope="write")
    return {"Authorization": f"Bearer {key}"}


def parts(path: str, world: dict[str, str]) -> dict[str, str]:
    """The ids in a path."""
    noun = path.split("/")[2]
    return {
        name: world[noun] if name in ("id", "entity_id") else OTHER.get(name) or world[NAMED[name]]
        for name in re.findall(r"{(\w+)}", path)
    }


def tried(cases: Any, headers: dict[str, str]) -> list[str]:
    """What is wrong with the responses to a few generated requests, each of which is undone."""
    problems = []

    @settings(RANDOM, max_examples=EXAMPLES, phases=[Phase.generate])
    @given(cases)
    def one(case: Any) -> None:
        with suppress(_Undo), transaction.atomic():
            problems.extend(wrong(case, case.call(headers=headers), headers))
            raise _Undo

    # Nothing of some operations can be wrong: they have no parameters and no body.
    with suppress(Unsatisfiable):
        one()
    return problems


def checks() -> list[Any]:
    """All but KEPT, which are there once a document was read."""
    found = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in KEPT]
    assert len(found) > 10
    return found


def wrong(case: Any, response: Any, headers: dict[str, str]) -> list[str]:
    """What is wrong with a response, and not meant to be so."""
    try:
        case.validate_response(response, checks=checks(), headers=headers)
    except (Failure, FailureGroup) as failure:
        found = getattr(failure, "exceptions", [failure])
        return [
            f"{case.formatted_path} {case.query}: {one!s:.300} -> {response.text:.300}"
            for one in found
            if not meant(one, response)
        ]
    return []


def meant(failure: Any, response: Any) -> bool:
    """Whether the document cannot say why the request is refused, or no provider is there to answer."""
    said = response.json() if response.content and response.status_code >= 400 else {}
    is_beyond = isinstance(failure, RejectedPositiveData) and BEYOND.search(said["message"])
    return bool(is_beyond) or said.get("code") == "provider_unavailable"
