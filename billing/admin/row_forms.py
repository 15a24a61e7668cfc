"""Forms of rows that the API takes too: the services check values, and refuse them in the same words."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import DecimalField
from django.forms.models import construct_instance
from unfold.widgets import UnfoldAdminTextInputWidget

from billing import money
from billing.admin.service_forms import ServiceForm
from billing.errors import Invalid
from billing.services.json_input import NO_OBJECT, read_metadata

BLANK, NO_CHOICE = "This field may not be blank.", '"%(value)s" is not a valid choice.'
NO_INTEGER = "A valid integer is required."


class ExactField(forms.CharField):
    """An exact number, written as the API takes it; the service checks its digits."""

    def __init__(self, *, max_digits: int, decimal_places: int, **options: Any) -> None:
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The number; None for nothing."""
        text = super().to_python(value)
        try:
            return money.number_of(text) if text else None
        except money.MoneyError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        """Without trailing zeros."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


# How a form takes numbers, as ``formfield_overrides``.
EXACTLY: Mapping[Any, Any] = {DecimalField: {"form_class": ExactField, "widget": UnfoldAdminTextInputWidget}}


class RowForm(ServiceForm):
    """A form that only reads what was typed.

    ``readers``: what reads the JSON of a field, and what is said of text that is no JSON.
    """

    readers: ClassVar[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
        "metadata": (read_metadata, NO_OBJECT)
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _leave_checks_to_services(field)
            if name in self.readers:
                field.error_messages["invalid"] = self.readers[name][1]

    def _clean_json(self) -> None:
        """An emptied box means the column's default."""
        super()._clean_json()
        for name in self.readers.keys() & self.cleaned_data.keys():
            self.cleaned_data[name] = self.taken(self.readers[name][0], self.cleaned_data[name])

    def taken(self, read: Callable[[Any], Any], value: Any) -> Any:
        """What ``read`` makes of the value; the value where it is refused, which is shown."""
        try:
            return read(value)
        except Invalid as refusal:
            self._show(refusal)
            return value

    def _post_clean(self) -> None:
        """Without the model's own checks, which know nothing of the services'."""
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)


def _leave_checks_to_services(field: forms.Field) -> None:
    """A browser must not cut what is too long, so that the service can refuse it."""
    field.validators = [one for one in field.validators if isinstance(one, ProhibitNullCharactersValidator)]
    field.widget.attrs.pop("maxlength", None)
    for name in ("min", "max", "step"):
        field.widget.attrs.pop(name, None)
    field.error_messages |= {"required": BLANK, "invalid_choice": NO_CHOICE}
    if isinstance(field, forms.ChoiceField):
        field.error_messages["required"] = NO_CHOICE % {"value": ""}
    if isinstance(field, forms.IntegerField):
        field.error_messages |= dict.fromkeys(("required", "invalid"), NO_INTEGER)
    if isinstance(field, ExactField):
        field.error_messages["required"] = money.NO_NUMBER
