"""What a person does on the playground's page, and sees there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, expect

from tests.spaces.process import Playground


@dataclass
class Visit:
    """One visitor, at a desk unless `begin` is told another width."""

    page: Page
    app: Playground
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    before: int = 0

    def begin(self, width: int = 1280) -> Visit:
        self.before = len(self.app.events)
        self.page.set_viewport_size({"width": width, "height": 844})
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.app.url)
        self.editor("prefix").wait_for()
        return self

    def _asked(self, request: Request) -> None:
        if (address := urlsplit(request.url)).netloc:
            self.hosts.add(address.hostname or "")

    @property
    def events(self) -> list[dict[str, Any]]:
        """Kept since this visit began."""
        return self.app.events[self.before :]

    def editor(self, name: str) -> Locator:
        return self.page.locator(f"#{name} .cm-content")

    def code(self, name: str) -> str:
        """The lines of an editor; those far outside of the window are not drawn."""
        return "\n".join(self.editor(name).locator(".cm-line").all_inner_texts()).replace("\u200b", "")

    def type(self, name: str, text: str) -> None:
        """Replace what is in an editor, without its help with indentation."""
        self.editor(name).focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def complete(self) -> None:
        self.page.keyboard.press("Control+Enter")
        expect(self.page.locator("#timings")).to_contain_text("ms in total")

    def candidate(self, number: int) -> Locator:
        return self.page.locator(f"#candidate-{number}")

    def press(self, word: str, number: int = 0) -> None:
        self.candidate(number).get_by_role("button", name=word).click()

    def told(self, words: str) -> None:
        expect(self.page.locator("#status")).to_contain_text(words)

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)
