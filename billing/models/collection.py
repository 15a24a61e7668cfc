"""How what is owed is collected."""

from billing.models.choices import WordedChoices


class CollectionMethod(WordedChoices):
    """Charge automatically: the saved method is charged. Send invoice: the customer pays what is sent."""

    CHARGE_AUTOMATICALLY = "charge_automatically"
    SEND_INVOICE = "send_invoice"
