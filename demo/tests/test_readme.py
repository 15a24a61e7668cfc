"""What the README names exists."""

import re

from demo.tests.running import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def section(title: str) -> str:
    """Returns the README's text below the heading ``title``, up to the next heading."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


class TestReadme:
    def test_every_variable_of_the_configuration_is_read(self) -> None:
        explained = set(re.findall(r"^([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))
        files = [REPOSITORY / "flexsync" / "settings.py", *REPOSITORY.glob("deploy/gunicorn/*.py")]
        settings = "".join(file.read_text() for file in files)
        read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
        filled_in = re.findall(r"\$\{([A-Z_]+)", (REPOSITORY / "docker-compose.yml").read_text())
        assert explained == read | set(filled_in)

    def test_every_management_command_named_exists(self) -> None:
        from django.core.management import get_commands

        named = set(re.findall(r"manage\.py (\w+)", README))
        assert named <= set(get_commands())

    def test_every_linked_file_exists(self) -> None:
        links = re.findall(r"\]\(([^)#]+)\)", README)
        assert links
        assert [link for link in links if "://" not in link and not (REPOSITORY / link).exists()] == []
