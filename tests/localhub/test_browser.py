"""The pages in a real browser, headless Chromium, against a real `seedbed hub` with a dataset of ours on it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi
from playwright.sync_api import Browser, Page

from seedbed.core.manifests import integrity
from seedbed.publishing import plots
from seedbed.publishing.cards import dataset_card
from tests.chromium import installed_chromium
from tests.invented_dataset import make_manifest, write_dataset
from tests.localhub.process import WRITER, HubProcess, running_hub, wait_for
from tests.publishing.hub.publishing import Person

SECONDS = 30.0
DATASET, PRIVATE, HOSTILE = "acme/invented", "alice/plans", "alice/hostile"
ADDRESSES = [
    "/",
    f"/datasets/{DATASET}",
    f"/datasets/{DATASET}?config=rejected&split=rejected",
    f"/datasets/{DATASET}/tree/main",
    f"/datasets/{DATASET}/blob/main/manifest.json",
    f"/datasets/{DATASET}/blob/main/assets/funnel.png",
    f"/datasets/{DATASET}/commits/main",
    f"/{HOSTILE}",
    "/_login",
]
HOSTILE_CARD = """---
license: [mit, "<script>window.caught = 1</script>"]
tags: ["<img src=x onerror='window.caught = 2'>"]
---
<script>window.caught = 3</script><img src=README.md onerror="window.caught = 4"><svg onload="window.caught = 5">
<a id="out" href="javascript:window.caught = 6">click</a> ![counter](https://counter.example/pixel.png)
<iframe src="https://counter.example/"></iframe><link rel=stylesheet href="https://counter.example/a.css">
<form action="https://counter.example/"><input name=token></form><style>main { display: none }</style>

| a | b |
|---|---|
| WIDE | WIDE |
""".replace("WIDE", "wide" * 400)


PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFUlEQVR4nGPUn5fMwMDAwMDAxAADABVoATT7aaGFAAAAAElFTkSuQmCC"
)


@dataclass
class Visit:
    """A page in a window of its own, with what it asked for and complained about."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def wait_until(self, script: str) -> None:
        """Asked from here: what Playwright would poll within the page needs `eval`, which the page forbids."""
        wait_for(lambda: self.run(script), SECONDS, script)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    folder, root = tmp_path_factory.mktemp("invented") / "dataset", tmp_path_factory.mktemp("browser") / "hub"
    with running_hub(root) as process:
        person = Person(process.url, root.with_name("home"))
        person.published(dataset(folder), DATASET, "--public")
        add_readme(person.api, PRIVATE, "dataset", "# Plans\nNobody else reads this.", private=True)
        add_readme(person.api, HOSTILE, "model", HOSTILE_CARD, private=False)
        yield process


def dataset(folder: Path) -> Path:
    write_dataset(folder)
    facts = make_manifest(folder).model_copy(update={"repository": "OWNER/invented"})
    facts = facts.model_copy(update={"pictures": plots.draw(facts, folder)})
    dataset_card.write_pages(facts, folder)
    integrity.seal(facts, folder)
    return folder


def add_readme(api: HfApi, name: str, kind: str, text: str, *, private: bool) -> None:
    api.create_repo(name, repo_type=kind, private=private)
    api.upload_file(path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id=name, repo_type=kind)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with installed_chromium() as browser:
        yield browser


@pytest.fixture
def visit(hub: HubProcess, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens an address in a window of a given width, light or dark, with or without JavaScript."""
    opened = []

    def open_window(address: str, width: int = 1280, **options: Any) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=hub.url, **options)
        opened.append(context)
        context.set_default_timeout(30_000)
        one = Visit(context.new_page())
        one.page.on("request", lambda request: one.hosts.add(urlsplit(request.url).netloc))
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.goto(address)
        return one

    yield open_window
    for context in opened:
        context.close()


@contextmanager
def logged_in(visit: Callable[..., Visit], then: str) -> Iterator[Visit]:
    one = visit(f"/_login?then={then}")
    one.page.get_by_label("Access token").fill(WRITER.token)
    one.page.locator("main").get_by_role("button", name="Log in").click()
    one.page.wait_for_url(f"**{then}")
    yield one


def test_a_dataset_page_shows_the_card_its_plots_and_the_first_rows(hub: HubProcess, visit: Callable[..., Visit]) -> None:
    one = visit(f"/datasets/{DATASET}?config=python&split=train")
    for picture in one.page.locator("article img").all():
        picture.scroll_into_view_if_needed()
    one.wait_until("[...document.querySelectorAll('article img')].every(image => image.complete)")

    assert one.page.get_by_role("heading", name="Invented Seedbed").is_visible()
    assert one.page.get_by_role("region", name="Table of the first rows").is_visible()
    assert one.page.locator(".rows tbody tr").count() == 20
    assert one.page.locator(".rows tbody").inner_text().count("# Licensed like its project") >= 20
    shown = one.run("[...document.querySelectorAll('article img')].map(image => image.naturalWidth > 0)")
    assert len(shown) >= 6
    assert all(shown)
    assert one.complaints == []
    assert one.hosts <= {f"127.0.0.1:{hub.port}", f"localhost:{hub.port}"}


def test_a_split_is_a_click_away(visit: Callable[..., Visit]) -> None:
    one = visit(f"/datasets/{DATASET}")
    one.page.get_by_role("navigation", name="Config").get_by_role("link", name="duplicates").click()

    assert "duplicates-00000-of-00001.parquet" in one.page.locator(".preview").inner_text()
    assert one.page.locator(".rows th", has_text="cluster").is_visible()


def test_a_private_repository_appears_after_the_login_and_is_gone_after_the_logout(visit: Callable[..., Visit]) -> None:
    before = visit(f"/datasets/{PRIVATE}").page.content()
    with logged_in(visit, f"/datasets/{PRIVATE}") as one:
        inside = one.page.content()
        cookies = one.page.context.cookies()
        one.page.get_by_role("button", name="Log out").click()
        one.page.wait_for_url("**/")
        one.page.goto(f"/datasets/{PRIVATE}")
        after = one.page.content()

    assert ["Nobody else reads this" in text for text in (before, inside, after)] == [False, True, False]
    assert [(cookie["httpOnly"], cookie["sameSite"], WRITER.token in cookie["value"]) for cookie in cookies] == [
        (True, "Strict", False)
    ]


def test_a_picture_of_a_private_repository_is_shown_to_who_is_logged_in(
    hub: HubProcess, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    api = Person(hub.url, tmp_path).api
    api.upload_file(path_or_fileobj=PICTURE, path_in_repo="pixel.png", repo_id=PRIVATE, repo_type="dataset")
    with logged_in(visit, f"/datasets/{PRIVATE}/blob/main/pixel.png") as one:
        one.wait_until("document.querySelector('.picture').complete")
        width = one.run("document.querySelector('.picture').naturalWidth")

    assert width > 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_narrow_screen_does_not_scroll_sideways(visit: Callable[..., Visit], address: str) -> None:
    one = visit(address, width=340)

    assert one.run("document.documentElement.scrollWidth") == 340
    assert one.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_text_stands_out_from_its_ground(visit: Callable[..., Visit], address: str, scheme: str) -> None:
    one = visit(address, color_scheme=scheme)

    assert one.run(CONTRASTS) == []


# Words on a ground that they contrast with by less than 4.5 (WCAG 2, AA), as "ratio words".
CONTRASTS = """() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const color = parts(getComputedStyle(node).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].filter(child => child.nodeType === 3).map(child => child.data.trim()).join(" ").trim();
    if (!words || !node.checkVisibility()) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${words.slice(0, 40)}`);
  }
  return faint;
}"""


def test_a_hostile_card_runs_nothing_and_asks_nobody(hub: HubProcess, visit: Callable[..., Visit]) -> None:
    one = visit(f"/{HOSTILE}")
    one.page.get_by_text("click").click()

    assert one.run("window.caught") is None
    assert one.page.locator("main").is_visible()
    assert one.page.locator("main form").count() == 0
    assert one.hosts == {f"127.0.0.1:{hub.port}"}
    assert one.complaints == []


def test_a_snippet_is_copied_at_a_click(visit: Callable[..., Visit]) -> None:
    one = visit(f"/datasets/{DATASET}?config=go&split=test", permissions=["clipboard-read", "clipboard-write"])
    one.page.locator(".snippet", has_text="Load in Python").get_by_role("button", name="Copy").click()
    one.page.get_by_role("button", name="Copied").wait_for()

    assert (
        one.run("navigator.clipboard.readText()")
        == f'from datasets import load_dataset\n\nload_dataset("{DATASET}", "go", split="test")'
    )


def test_all_is_there_without_javascript(visit: Callable[..., Visit]) -> None:
    one = visit(f"/datasets/{DATASET}", java_script_enabled=False)

    assert one.page.locator(".rows tbody tr").count() == 20
    assert one.page.get_by_text("hf download").is_visible()
    assert one.page.get_by_role("button", name="Copy").count() == 0


def test_the_keyboard_skips_to_the_content_and_reaches_the_table(visit: Callable[..., Visit]) -> None:
    one = visit(f"/datasets/{DATASET}")
    one.page.keyboard.press("Tab")
    skip = one.run("document.activeElement.textContent")
    one.page.keyboard.press("Enter")
    one.wait_until("document.activeElement.id === 'content'")
    one.page.get_by_role("region", name="Table of the first rows").focus()
    one.page.keyboard.press("ArrowRight")
    one.wait_until("document.querySelector('.rows').scrollLeft > 0")

    assert skip == "Skip to content"
