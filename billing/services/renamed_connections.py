"""Lets rows name another connection, once the one that they name was made again."""

from django.apps import apps

from billing.models import Customer
from billing.persistence.unit_of_work import atomic


@atomic
def rename(*, environment_id: str, old: str, new: str) -> None:
    """Makes every row that names the connection ``old`` name ``new``; announces nothing."""
    for model in apps.get_app_config("billing").get_models():
        if "connection_id" in {field.name for field in model._meta.get_fields()}:
            rows = model._default_manager.filter(environment_id=environment_id, connection_id=old)
            rows.update(connection_id=new)
    customers = Customer.objects.filter(environment_id=environment_id, default_payment_methods__has_key=old)
    for customer in customers.iterator():
        methods = customer.default_payment_methods
        methods[new] = methods.pop(old)
        customer.save(update_fields=["default_payment_methods"])
