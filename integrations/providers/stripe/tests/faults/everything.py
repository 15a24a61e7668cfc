"""All scenarios."""

from integrations.providers.stripe.tests.faults.catalog import CATALOG
from integrations.providers.stripe.tests.faults.money import MONEY
from integrations.providers.stripe.tests.faults.scenarios import SCENARIOS

EVERYTHING = [*SCENARIOS, *CATALOG, *MONEY]
