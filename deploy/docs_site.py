"""What mkdocs.yml cannot say: pages that are made, and links to what is no page.

https://www.mkdocs.org/user-guide/configuration/#hooks
"""

import json
import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

import django
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
# Beside docs/, by the page that is made of them.
OUTSIDE = {"index.md": "README.md", "changelog.md": "CHANGELOG.md"}
# Draws the diagrams; where npm's registry could not be reached, browsers fetch it from elsewhere.
MERMAID = ROOT / "tests/npm/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])+)\]\((?!\w+:)([^)\s#]+)(#[^)\s]*)?\)")
REFERENCE = """\
<!DOCTYPE html>
<html lang="en">
<head>
  <title>API reference - FlexSync</title>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <style>body { margin: 0 } nav { font: 14px sans-serif; padding: 12px 20px }</style>
</head>
<body>
  <nav><a href="index.html">FlexSync</a> &rsaquo; API reference (<a href="openapi.json">OpenAPI 3.1</a>)</nav>
  <div id="reference"></div>
  <script src="assets/redoc.js"></script>
  <script>
    const options = { disableSearch: false, hideDownloadButton: true, nativeScrollbars: true };
    Redoc.init(%s, options, document.getElementById("reference"));
  </script>
</body>
</html>
"""


def on_config(config: Any) -> Any:
    """Lists all decisions, by their titles."""
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    config.nav[-1]["Decisions"] = [f"decisions/{page.name}" for page in pages]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Adds what is made."""
    import drf_spectacular_sidecar

    redoc = Path(drf_spectacular_sidecar.__file__).parent / "static/drf_spectacular_sidecar/redoc/bundles"
    document = openapi()
    made = {page: (ROOT / source).read_text() for page, source in OUTSIDE.items()}
    made |= {"openapi.json": document, "reference.html": REFERENCE % document.replace("</", "<\\/")}
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    scripts = {"redoc.js": redoc / "redoc.standalone.js", "mermaid.js": MERMAID}
    for name, source in scripts.items():
        if source.exists():
            files.append(File.generated(config, f"assets/{name}", abs_src_path=str(source)))
    return files


def openapi() -> str:
    """The OpenAPI document, as /v1/schema shows it."""
    django.setup()
    from drf_spectacular.generators import SchemaGenerator
    from rest_framework.utils.encoders import JSONEncoder

    shown = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(shown, cls=JSONEncoder)


def on_page_markdown(markdown: str, page: Any, **_given: Any) -> str:
    """The page, in which links lead to the made pages, and what is no page is only named."""
    here = PurePosixPath(OUTSIDE.get(page.file.src_uri, f"docs/{page.file.src_uri}")).parent
    return LINK.sub(lambda found: link(found, here, page.file.src_uri), markdown)


def link(found: re.Match[str], here: PurePosixPath, page: str) -> str:
    """A link of a page whose source is in the folder ``here``."""
    mark, text, target, anchor = found.groups(default="")
    path = normpath(str(here / target))
    made = {source: name for name, source in OUTSIDE.items()}
    within = made.get(path) or path.removeprefix("docs/") if path.startswith("docs/") or path in made else ""
    if not within or (ROOT / path).is_dir():
        return text
    up = "../" * page.count("/")
    return f"{mark}[{text}]({up}{within}{anchor})"
