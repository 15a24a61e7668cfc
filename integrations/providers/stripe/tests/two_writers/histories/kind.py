"""What the two persons do to one kind of object."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from billing.events import Kind
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.two_writers.histories.fields import INSIDE, Field, Values, flat

HERE, THERE = "here", "there"


class EditedKind(ABC):
    """One kind. ``begins``: on which sides it can be made. ``resource``: Stripe's.

    ``mark``: under which name its metadata has FlexSync's id.
    """

    kind: Kind
    resource: str
    mark: str
    begins: Sequence[str] = (HERE, THERE)
    fields: Sequence[Field]

    @abstractmethod
    def create_here(self, environment_id: str) -> str:
        """Makes one here; returns its id."""

    @abstractmethod
    def create_there(self, account: Account) -> str:
        """Makes one at Stripe; returns Stripe's id."""

    @abstractmethod
    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        """Changes these fields."""

    @abstractmethod
    def here(self, entity_id: str) -> dict[str, Any]:
        """FlexSync's values; of metadata the keys that it has."""

    @abstractmethod
    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The values of Stripe's object, without metadata."""

    def sent(self, params: Values) -> dict[str, Any]:
        """The fields that a call of FlexSync's with these parameters sets, with their values."""
        return flat(params)

    def recorded(self, field: str, value: Any) -> tuple[str, Any]:
        """The field of a conflict, and one of its values, as they are called here."""
        return field, value

    def set_with(self, _values: Values) -> Sequence[str]:
        """Fields that count as set at that time, too, when these are changed here."""
        return ()

    def left_out(self, _here: Values) -> frozenset[str]:
        """Fields that are not sent while FlexSync's object is as it is."""
        return frozenset()

    def params(self, values: Values, _current: Values) -> dict[str, Any]:
        """What Stripe is sent to change these fields, without metadata; ``_current``: what it has."""
        return dict(values)

    def edit_there(self, account: Account, stripe_id: str, values: Values, current: Values) -> None:
        """Changes these fields of what Stripe has."""
        own = {name: value for name, value in values.items() if not name.startswith(INSIDE)}
        keys = {name: "" if value is None else value for name, value in pairs(values).items()}
        params = self.params(own, current) | ({"metadata": keys} if keys else {})
        self._service(account).update(stripe_id, params)

    def there(self, account: Account, stripe_id: str) -> dict[str, Any]:
        """Stripe's values; of metadata the keys that it has, without FlexSync's own."""
        found = self._service(account).retrieve(stripe_id).to_dict()
        own = {f"{INSIDE}{key}": value for key, value in found["metadata"].items() if not is_mark(key)}
        return self.read(found) | own

    def found(self, account: Account, entity_id: str) -> str:
        """Stripe's id of what FlexSync has made there of the entity, "" for nothing yet."""
        listed = self._service(account).list({"limit": 100}).data
        return next((one.id for one in listed if one.metadata.to_dict().get(self.mark) == entity_id), "")

    def _service(self, account: Account) -> Any:
        return getattr(account.stripe.v1, self.resource)


def is_mark(key: str) -> bool:
    """Whether FlexSync alone writes the key of metadata."""
    return key.startswith("flexprice_") or key in ("sync_source", "external_id")


def pairs(values: Values) -> dict[str, Any]:
    """Those of metadata, by key."""
    return {name.removeprefix(INSIDE): value for name, value in values.items() if name.startswith(INSIDE)}


def merged(known: Mapping[str, str], values: Values) -> dict[str, str]:
    """All metadata once these values were written into what is ``known``; None removes a key."""
    both = {**known, **pairs(values)}
    return {key: value for key, value in both.items() if value is not None}


def shown(metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata by field."""
    return {f"{INSIDE}{key}": value for key, value in metadata.items()}
