"""Tax rates."""


class TestATaxRate:
    def test_can_be_archived(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False})
        assert client.v1.tax_rates.update(rate.id, {"active": False}).active is False
        assert client.v1.tax_rates.list({"active": True}).data == []
