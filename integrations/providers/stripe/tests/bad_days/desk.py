"""An operator at a browser, who starts at the first page of admin and counts the clicks."""

import re
import time
from dataclasses import dataclass

from playwright.sync_api import Page

MOST_CLICKS = 3
PATIENCE_SECONDS = 5.0


@dataclass
class Desk:
    """``url``: of the site that ``page`` shows."""

    page: Page
    url: str
    clicks: int = 0

    def home(self) -> None:
        """Opens the first page."""
        self.page.goto(f"{self.url}/admin/")
        self.clicks = 0

    def reads(self, *texts: str) -> None:
        """The page says all of it, or does within a moment."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while missing := [text for text in texts if text not in self.shown()]:
            assert time.monotonic() < deadline, f"{missing} is not on the page:\n{self.shown()}"
            self.page.wait_for_timeout(100)

    def shown(self) -> str:
        """What a person sees beside the menu, in one line."""
        return " ".join(self.page.locator("body").inner_text().split("dock_to_right")[-1].split())

    def is_well(self) -> None:
        """Nothing needs a person any more."""
        self.home()
        self.reads("All is well: nothing needs a person.")

    def follows(self, text: str) -> None:
        """Clicks a link beside the menu, the first that has this text in it."""
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS, f"{text!r} is one click too far"
        self.page.locator("#main a").filter(has_text=text, visible=True).first.click()
        self.page.wait_for_load_state()

    def opens_group(self, title: str, link: str = "Open") -> None:
        """Clicks a link of the group of problems that has this title."""
        self.clicks += 1
        group = self.page.get_by_role("listitem").filter(has_text=title)
        group.get_by_role("link", name=re.compile(f"^{link}")).first.click()
        self.page.wait_for_load_state()

    def presses(self, button: str) -> None:
        """Presses a button of a form."""
        self.page.get_by_role("button", name=_named(button)).first.click()
        self.page.wait_for_load_state()

    def acts(self, button: str) -> None:
        """Presses a button above the row, and confirms it in the dialogue."""
        self.page.locator("#main a, #main button").filter(has_text=_named(button), visible=True).first.click()
        self.page.get_by_role("button", name=button, exact=True).last.click()
        self.page.wait_for_load_state()


def _named(button: str) -> re.Pattern[str]:
    """A button's name, which its icon's may come before, and an amount after."""
    return re.compile(rf"^\s*(\w+\s+)?{button}( [\d$].*)?\s*$")
