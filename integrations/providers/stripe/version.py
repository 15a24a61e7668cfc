"""The API version that requests and webhook endpoints are pinned to; a test compares it with the SDK's own."""

API_VERSION = "2026-10-28.endive"
