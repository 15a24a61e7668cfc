"""The API version of requests and webhook endpoints; a test compares it with the SDK's own."""

API_VERSION = "2026-10-28.endive"
