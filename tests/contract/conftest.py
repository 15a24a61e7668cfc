"""What these tests share: the document as a file, and the Python client that is generated from it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.utils.encoders import JSONEncoder

HERE = Path(__file__).parent
PYTHON_CLIENT = Path(sys.executable).with_name("openapi-python-client")


def written(document: object, folder: Path) -> Path:
    """The file of a document, as /v1/schema shows it."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document, cls=JSONEncoder))
    return file


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document."""
    shown = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return written(shown, tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def python_client(document: Path) -> Path:
    """The folder that has the package flexsync_client."""
    folder = document.parent / "python"
    made = subprocess.run(
        [PYTHON_CLIENT, "generate", "--path", document, "--config", HERE / "client.yaml",
         "--output-path", folder, "--fail-on-warning"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    return folder
