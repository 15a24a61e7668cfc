"""bootstrap.py downloads pip from any package index, and refuses a wheel that is not the pinned one."""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

import bootstrap

CONTENT = b"a wheel"
FILE = f"/files/{bootstrap.WHEEL}"


class Index:
    """A package index on this machine with one page and one file."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages = {FILE: CONTENT}

    def lists(self, page: str) -> None:
        """Makes `page` the list of pip's files."""
        self.pages["/simple/pip/"] = page.encode()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Serves an index, names it in pip's settings, and pins its file."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = served.pages.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Index(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"{served.address}/simple")
        monkeypatch.setattr(bootstrap, "SHA256", hashlib.sha256(CONTENT).hexdigest())
        yield served
        server.shutdown()


def as_json(url: str) -> str:
    return json.dumps({"files": [{"filename": bootstrap.WHEEL, "url": url}]})


def as_html(url: str) -> str:
    return f'<a href="/files/pip-1.0.whl">old</a> <a href="{url}#sha256=0">{bootstrap.WHEEL}</a>'


class TestPip:
    @pytest.mark.parametrize("page", [as_json(FILE), as_html(FILE), as_html(f"../..{FILE}")])
    def test_is_found_in_json_and_in_html(self, index: Index, page: str) -> None:
        index.lists(page)
        assert bootstrap.download() == CONTENT

    def test_is_found_at_the_index_of_pips_configuration_file(
        self, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index.lists(as_json(f"{index.address}{FILE}"))
        (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index.address}/simple/\n")
        monkeypatch.delenv("PIP_INDEX_URL")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
        assert bootstrap.download() == CONTENT

    def test_is_refused_if_it_is_not_what_was_pinned(self, index: Index) -> None:
        index.lists(as_json(FILE))
        index.pages[FILE] = b"another wheel"
        with pytest.raises(ValueError, match="not the file that was pinned"):
            bootstrap.download()

    def test_is_missing_from_an_index_without_it(self, index: Index) -> None:
        index.lists("<html></html>")
        with pytest.raises(ValueError, match="does not list it"):
            bootstrap.download()

    def test_is_the_version_that_is_locked(self) -> None:
        locked = (bootstrap.Path(bootstrap.__file__).parent / "requirements-dev.txt").read_text().splitlines()
        assert f"pip=={bootstrap.WHEEL.split('-')[1]}" in locked


class TestTheEnvironment:
    def test_is_made_again_if_its_python_has_gone(self, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "python").symlink_to("/no/such/python")
        assert not bootstrap.works(tmp_path / "bin" / "python")
