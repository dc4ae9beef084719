"""A headless Chromium on a page of ours, with a record of what it asked for and complained of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver (on Debian: chromium, chromium-driver)"
)
# Nothing that the browser does of its own accord may leave the machine.
_QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--window-size=1280,900",
)  # fmt: skip


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """Give a driver with a profile of its own, ended after the block."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*_QUIET, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def requests(driver: Any) -> list[str]:
    """Give the addresses that the browser asked for since the last call."""
    return [m["params"]["request"]["url"] for m in _messages(driver, "Network.requestWillBeSent")]


def blocked(driver: Any) -> list[str]:
    """Give the addresses that the page's policy kept the browser from asking for since the last call."""
    messages = [*_messages(driver, "Network.requestWillBeSent", "Network.loadingFailed")]
    stopped = {m["params"]["requestId"] for m in messages if m["params"].get("blockedReason") == "csp"}
    asked = (m["params"] for m in messages if "request" in m["params"])
    return [p["request"]["url"] for p in asked if p["requestId"] in stopped]


def _messages(driver: Any, *methods: str) -> Iterator[dict[str, Any]]:
    messages = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    return (m for m in messages if m["method"] in methods)


def complaints(driver: Any) -> list[str]:
    """Give what stands on the console since the last call."""
    return [entry["message"] for entry in driver.get_log("browser")]
