"""Dockerfile and docker-compose.yml name only what exists; checking that needs no Docker engine."""

import fnmatch
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BUILT = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
# A backslash at a line's end joins it with the next.
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
VARIABLES = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
README = (ROOT / "README.md").read_text()


def instructions(name: str) -> list[str]:
    """Returns the arguments of each instruction `name` of the Dockerfile."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def configured(path: str) -> dict[str, object]:
    """Returns the settings of one of gunicorn's configuration files."""
    return runpy.run_path(str(ROOT / path))


def check_command(command: list[str]) -> None:
    """Fails unless the program exists, and the module that it loads."""
    assert (Path(sys.executable).parent / command[0]).exists(), command
    match command:
        case ["python", "manage.py", name, *_]:
            assert name in get_commands()
        case ["gunicorn", "--config", path]:
            assert callable(import_string(f"{configured(path)['wsgi_app']}.application"))
        case ["celery", "-A", package, subcommand, *options]:
            assert import_string(f"{package}.celery_app")
            assert subcommand in {"worker", "beat", "inspect"}
            if "--scheduler" in options:
                import_string(options[options.index("--scheduler") + 1].replace(":", "."))
        case _:
            pytest.fail(f"this test cannot check {command}: add a case")


def named(line: str) -> str:
    """Returns the assignment that names the process, "" for a command whose configuration does."""
    found = re.match(r"FLEXSYNC_PROCESS=\w+", line)
    return found[0] if found else ""


class TestCompose:
    @pytest.mark.parametrize("name", BUILT)
    def test_runs_commands_that_exist(self, name: str) -> None:
        check_command(shlex.split(BUILT[name]["command"]))

    def test_checks_health_with_commands_that_exist(self) -> None:
        check_command(shlex.split(BUILT["worker"]["healthcheck"]["test"][1]))

    @pytest.mark.parametrize("name", BUILT)
    def test_sets_variables_that_are_explained(self, name: str) -> None:
        assert set(BUILT[name]["environment"]) <= VARIABLES
        assert BUILT[name]["env_file"] == ".env"

    def test_waits_for_services_that_have_a_health_check(self) -> None:
        for service in COMPOSE["services"].values():
            for needed, how in service.get("depends_on", {}).items():
                test = COMPOSE["services"][needed].get("healthcheck", {}).get("test")
                assert how["condition"] == "service_completed_successfully" or test, needed

    def test_mounts_volumes_that_it_declares(self) -> None:
        mounted = {
            mount.split(":")[0]
            for service in COMPOSE["services"].values()
            for mount in service.get("volumes", [])
        }
        files = {mount for mount in mounted if mount.startswith("./")}
        assert mounted - files == set(COMPOSE["volumes"])
        # The operator's own, which is not in the repository.
        assert {name for name in files if not (ROOT / name).exists()} <= {"./certificates"}

    def test_publishes_the_ports_of_the_proxy_only(self) -> None:
        published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
        assert published == ["proxy"]

    def test_fills_in_all_that_the_proxys_template_names(self) -> None:
        given = COMPOSE["services"]["proxy"]["environment"]
        template = (ROOT / "deploy" / "nginx" / "nginx.conf.template").read_text()
        named = set(re.findall(r"\$\{(PROXY_[A-Z_]+)\}", template))
        assert {name for name in given if re.search(given["NGINX_ENVSUBST_FILTER"], name)} == named

    def test_gives_the_proxy_and_what_it_leads_to_the_addresses_that_they_expect(self) -> None:
        services = COMPOSE["services"]
        place = {
            name: services[name]["networks"]["default"]["ipv4_address"]
            for name in ("proxy", "web", "webhooks")
        }
        for name in ("web", "webhooks"):
            variables = services[name]["environment"]
            port = variables[f"{name.upper()}_BIND"].partition(":")[2]
            assert services["proxy"]["environment"][f"PROXY_{name.upper()}"] == f"{place[name]}:{port}"
            assert variables["TRUSTED_PROXIES"] == place["proxy"]
        (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
        assert all(ip_address(one) in ip_network(network["subnet"]) for one in place.values())
        assert not any(ip_address(one) in ip_network(network["ip_range"]) for one in place.values())

    def test_runs_the_commands_of_the_readme(self) -> None:
        block = README.split("## Deployment")[1].split("```")[1]
        documented = {line.split("#")[0].strip() for line in block.splitlines()[1:]} - {""}
        run = {
            service["command"].removeprefix("python ").removesuffix(" --noinput")
            for service in BUILT.values()
        }
        assert run == {line.removeprefix(f"{named(line)} ") for line in documented}

    @pytest.mark.parametrize("name", ["web", "webhooks", "worker", "beat"])
    def test_says_in_each_process_which_it_is(self, name: str) -> None:
        service = BUILT[name]
        match shlex.split(service["command"]):
            case ["gunicorn", "--config", path]:
                assert f"FLEXSYNC_PROCESS={name}" in configured(path)["raw_env"]
            case _:
                assert service["environment"]["FLEXSYNC_PROCESS"] == name

    def test_procfile_runs_the_same_commands(self) -> None:
        block = README.split("## Deployment")[1].split("```")[1]
        documented = {line.split("#")[0].strip() for line in block.splitlines()[1:]} - {""}
        lines = (ROOT / "Procfile").read_text().splitlines()
        run = {line.partition(": ")[2].removeprefix("python -m devstack.restart env ") for line in lines}
        assert run == documented - {"manage.py migrate"}
        assert {line.partition(":")[0] for line in lines} == set(BUILT) - {"migrate"}


class TestTheImage:
    def test_starts_the_web_service_by_default(self) -> None:
        assert " ".join(json.loads(instructions("CMD")[-1])) == BUILT["web"]["command"]

    def test_contains_what_production_needs_and_nothing_private(self) -> None:
        rules = [
            line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"
        ]
        allowed = {rule[1:] for rule in rules if rule.startswith("!")}
        assert rules[0] == "*"
        assert {"requirements.txt", "manage.py", "deploy", "flexsync", "billing", "integrations"} <= allowed
        assert not [
            name for name in (".env", ".git", ".flexsync") for rule in allowed if fnmatch.fnmatch(name, rule)
        ]

    def test_collects_its_static_files_with_the_settings_it_names(self, tmp_path: Path) -> None:
        (line,) = [line for line in instructions("RUN") if "collectstatic" in line]
        named = dict(word.split("=", 1) for word in shlex.split(line.split("python")[0]))
        command = [sys.executable, *shlex.split(line.split("python", 1)[1])]
        environment = {"PATH": os.environ["PATH"], "STATIC_ROOT": str(tmp_path)} | named
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        assert [*tmp_path.glob("admin/**/*.css")]

    def test_does_not_run_as_root(self) -> None:
        assert instructions("USER") == ["flexsync"]

    def test_checks_its_health_at_a_host_that_it_accepts(self, live_server, settings) -> None:
        settings.ALLOWED_HOSTS = ["billing.example.com"]
        (check,) = instructions("HEALTHCHECK")
        _, flag, code = json.loads(check.split("CMD ")[1])
        code = code.replace("http://127.0.0.1:8000", live_server.url)
        environment = os.environ | {"ALLOWED_HOSTS": "billing.example.com,other.example.com"}
        subprocess.run([sys.executable, flag, code], env=environment, check=True)
        settings.ALLOWED_HOSTS = ["other.example.com"]
        with pytest.raises(subprocess.CalledProcessError):
            subprocess.run([sys.executable, flag, code], env=environment, check=True, capture_output=True)
