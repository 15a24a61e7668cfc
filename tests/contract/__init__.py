"""Tests of the OpenAPI document by the tools that other programs' authors use on it."""
