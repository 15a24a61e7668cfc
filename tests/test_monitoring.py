"""Prometheus's rules, also those in docs/operations.md, and Grafana's dashboard name only what there is."""

import json
import re
from pathlib import Path

import pytest
import yaml
from django.test import Client

from integrations.triage.groups import ORDER
from tests.documentation.blocks import blocks

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "flexsync.rules.yml").read_text())
DASHBOARD = json.loads((DEPLOY / "grafana" / "flexsync.json").read_text())
EXPRESSIONS = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]
EXPRESSIONS += [
    rule["expr"] for block in blocks() if block.language == "yaml" for rule in yaml.safe_load(block.text)
]
EXPRESSIONS += [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.django_db
def test_every_metric_is_served() -> None:
    text = Client().get("/metrics").content.decode()
    served = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    named = {name for expression in EXPRESSIONS for name in re.findall(r"\bflexsync_\w+", expression)}
    assert len(named) > 8 and named <= served


def test_every_kind_of_problem_exists() -> None:
    named = {
        kind
        for expression in EXPRESSIONS
        for kinds in re.findall(r'flexsync_problems{kind=~"([^"]+)"', expression)
        for kind in kinds.split("|")
    }
    assert named and named <= {kind.code for kind in ORDER}
