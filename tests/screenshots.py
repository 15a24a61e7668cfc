"""`make screenshots`: pictures of admin's ten main pages, as a new demo fills them, for the documentation.

It needs chromium, and writes docs/images/admin-*.png.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from demo.prepare import PASSWORD, USER
from devstack.homes import REPOSITORY

IMAGES = REPOSITORY / "docs" / "images"
VIEW = {"width": 1280, "height": 1120}
MOST_BYTES = 250_000
# Each page by the name of its picture: its address, then the texts of the links that lead on from there.
PAGES: Mapping[str, tuple[str, ...]] = {
    "overview": ("/admin/",),
    "money-desk": ("/admin/billing/invoice/?needs=any",),
    "customer": ("/admin/billing/customer/", "Night Owl Games"),
    "invoice": ("/admin/billing/invoice/", "INV-000001"),
    "sync": ("/admin/integrations/outboundsync/?entity_type=invoice", " UTC"),
    "inbox": ("/admin/integrations/inboundevent/",),
    "connection": ("/admin/integrations/connection/", "Stripe"),
    "doctor": ("/admin/integrations/connection/", "Stripe", "Doctor"),
    "statistics": ("/admin/statistics/?window=24h",),
    "timeline": (),
}


def main() -> int:
    """Takes the pictures; returns 1 where one is too large for a repository."""
    with demo() as printed, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport=VIEW, color_scheme="light")  # type: ignore[arg-type]
        story = re.search(r"(http://127\.0\.0\.1:\d+)(/admin/integrations/note/timeline/\S+/)", printed)
        assert story, printed
        _log_in(page, story[1])
        for name, steps in PAGES.items():
            _open(page, story[1], steps or (story[2],))
            page.screenshot(path=IMAGES / f"admin-{name}.png")
        chromium.close()
    large = [one.name for one in IMAGES.glob("admin-*.png") if one.stat().st_size > MOST_BYTES]
    sys.stdout.write(f"Too large: {large}\n" if large else f"{len(PAGES)} pictures are in {IMAGES}.\n")
    return 1 if large else 0


@contextmanager
def demo() -> Iterator[str]:
    """Runs one with a home of its own for the length of the block; yields what it printed."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "demo"]
        environment = os.environ | {"FLEXSYNC_HOME": home}
        environment.pop("DEMO_EXIT", None)
        running = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            yield _printed(running)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait()


def _printed(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    lines: list[str] = []
    for line in running.stdout:
        lines.append(line)
        if "keeps running until Ctrl-C" in line:
            break
    return "".join(lines)


def _log_in(page: Page, web: str) -> None:
    page.goto(f"{web}/admin/")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def _open(page: Page, web: str, steps: tuple[str, ...]) -> None:
    address, *links = steps
    page.goto(f"{web}{address}", wait_until="networkidle")
    for text in links:
        page.locator("#main a").filter(has_text=text, visible=True).first.click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main())
