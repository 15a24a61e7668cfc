"""What axe-core calls wrong with a page, and by how much the page is wider than the screen."""

from playwright.sync_api import Page

GRAVE = ("serious", "critical")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Widgets of Select2 and of Django that nothing of FlexSync's own is in.
FOREIGN = [[".select2-container"], [".help-tooltip"]]
RUN = f"axe.run({{exclude: {FOREIGN}}}, %s).then(found => found.violations)"
CONTRAST = "{resultTypes: ['violations'], runOnly: ['color-contrast', 'label-content-name-mismatch']}"
ALL = "{resultTypes: ['violations']}"


def wrong(page: Page, axe: str, rules: str = ALL) -> list[str]:
    """What axe calls serious of ``rules``, and where; and how wide the page is, if the screen is narrower."""
    if page.evaluate("typeof axe") == "undefined":
        page.add_script_tag(content=axe)
    found = [one for one in page.evaluate(RUN % rules) if one["impact"] in GRAVE]
    said = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} (and {len(one['nodes']) - 1} more)" for one in found
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return said + ([f"{width} pixels wide"] if width > page.viewport_size["width"] else [])  # type: ignore[index]
