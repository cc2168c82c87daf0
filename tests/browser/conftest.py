"""A real browser on a real `make run`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PICTURES = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    made = Running().start()
    yield made
    made.end()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    expect.set_options(timeout=60_000)
    assert path, "the browser tests need Chromium (BROWSER=none make test leaves them out)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, running: Running) -> Iterator[Any]:
    """`visit()` opens a window of its own (its own cookies): width, dark, javascript."""
    opened = []

    def open_window(*, width: int = 1280, dark: bool = False, javascript: bool = True) -> Any:
        context = chromium.new_context(
            base_url=running.base,
            viewport={"width": width, "height": 900 if width > 500 else 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            timezone_id="America/New_York",
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" and not _refusal(m) else None)
        return page

    yield open_window
    for context in opened:
        for page in context.pages:
            assert not getattr(page, "complaints", []), page.complaints
        context.close()


def _refusal(message: Any) -> bool:
    """A refused form (422) or card (402) is noted by the browser; it is no fault of the page."""
    return any(f"status of {code}" in message.text for code in (402, 422))


@pytest.fixture
def sign_in() -> Any:
    from demo.logins import PASSWORD

    def enter(page: Any, email: str, password: str = PASSWORD) -> None:
        page.goto("/login")
        page.get_by_label("E-mail", exact=True).first.fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)

    return enter


@pytest.fixture
def picture() -> Any:
    """Keeps a screenshot for the README where PICTURES=keep is set."""

    def take(page: Any, name: str) -> None:
        if os.environ.get("PICTURES") == "keep":
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png")

    return take
