"""The API's pages for people who write programs."""

from rest_framework.test import APIClient


class TestTheDocumentation:
    def test_is_a_page_that_needs_nothing_from_elsewhere(self) -> None:
        page = APIClient().get("/v1/docs")
        text = page.content.decode()
        assert page.status_code == 200
        assert "swagger-ui" in text
        assert "https://" not in text

    def test_is_open_api_three(self) -> None:
        document = APIClient().get("/v1/schema")
        assert document.content.decode().startswith("openapi: 3.1.")
