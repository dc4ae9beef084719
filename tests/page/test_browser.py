"""The page in a real browser: it asks for nothing, runs nothing foreign, filters, prints, and works by keyboard."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from browser import blocked, browser, complaints, needs_browser, requests
from conftest import LEXICON
from fakes import FakeDetector
from offers import find_documents

from pv.batch.detector import Versioned, Versions
from pv.batch.limits import Limits
from pv.batch.scan import Scan
from pv.batch.workers import Inline
from pv.page.content import Wish, read_content
from pv.page.render import Made, render
from pv.page.signals import read_signals
from pv.page.words import load_words
from pv.settings import Settings
from pv.signals.signal import Question, Screening, Signal
from pv.store.database import open_database
from pv.store.signal_runs import keep_screening

pytestmark = needs_browser

ATTACK = "<img/src=x/onerror=document.title='hit'><script>document.title='hit'</script>"
DEATH = "pair: sunitinib > thrombopénie stated serious=death\n"
BEFORE = {"a.txt": DEATH}
NOW = {
    "a.txt": f"{DEATH.strip()} outcome=fatal\npair: sunitinib > œdème stated serious=hospitalisation\n"
    "pair: paclitaxel > fièvre temporal\n",
    "b.txt": f"pair: paclitaxel > {ATTACK} stated certainty=hedged\n",
}
EVENTS = ["thrombopénie", "œdème", ATTACK, "fièvre"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the address of the page by its language: three pairs are new to it, one has changed."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "in").mkdir()
    store = open_database(Settings(f"sqlite:///{folder}/pv.sqlite"), write=True, create=True)
    workers = Inline(lambda: Versioned(FakeDetector(), "1", LEXICON))
    for texts in (BEFORE, NOW):
        for name, text in texts.items():
            (folder / "in" / name).write_text(text, encoding="utf-8")
        Scan(store, workers, Versions("1", LEXICON), Limits(max_bytes=10_000)).run(find_documents([folder / "in"], "s"))
    signal = Signal("sunitinib", ATTACK, 5, 9, 9, 99, 0.8, ic=1.0, ic025=0.5, ic975=2.0, rules=("umc",))
    with store.session() as session:
        for year in (2025, 2026):
            moment = datetime(year, 1, 1, tzinfo=UTC)
            found = Screening(Question(), moment, moment, 99, 1, (signal,), rules={"umc": "IC025 > 0"})
            keep_screening(session, found, "0")
    addresses = {}
    for language in ("fr", "en"):
        words, path = load_words(language), folder / f"{language}.html"
        with store.session() as session:
            content = read_content(session, Wish(0.5, 100), words)
            signals = read_signals(session, words)
        made = Made(datetime(2026, 1, 2, tzinfo=UTC), "test", "0")
        path.write_text("".join(render(content, signals, made, words)), encoding="utf-8")
        addresses[language] = path.as_uri()
    store.close()
    return addresses


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def french(session: Any, pages: dict[str, str]) -> Any:
    session.get(pages["fr"])
    return session


def shown(driver: Any) -> list[str]:
    """Give the events of the cards that can be seen."""
    script = "return [...document.querySelectorAll('.card')].filter(c => c.checkVisibility()).map(c => c.dataset.event)"
    return [str(event) for event in driver.execute_script(script)]


def status(driver: Any) -> str:
    return str(driver.find_element("id", "shown").text)


def choose(driver: Any, name: str, value: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(driver.find_element("id", f"filter-{name}")).select_by_value(value)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_asks_for_nothing_and_runs_nothing_foreign(session: Any, pages: dict[str, str], language: str):
    requests(session), complaints(session)
    session.get(pages[language])
    assert session.title == load_words(language)("page.title")
    assert session.execute_script("return document.documentElement.lang") == language
    assert [url for url in requests(session) if not url.startswith("data:")] == [pages[language]]
    assert session.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert complaints(session) == []
    assert ATTACK in shown(session)
    assert session.execute_script("return document.scripts.length") == 1
    pictures = session.execute_script("return [...document.images].map(i => i.complete && i.naturalWidth > 0)")
    # The forest plot and a trend.
    assert pictures == [True, True]


def test_the_policy_stops_what_escaping_might_let_through(french: Any):
    requests(french), complaints(french)
    french.execute_script(
        "const hit = document.createElement('div'); hit.innerHTML = `<img src='https://example.invalid/x' "
        "onerror=\"document.title='hit'\">`; document.body.append(hit)"
    )
    assert blocked(french) == ["https://example.invalid/x"]
    assert french.title != "hit"
    # The picture, and the script for when it fails.
    assert len([m for m in complaints(french) if "Content Security Policy" in m]) == 2


def test_order_and_groups(french: Any):
    assert shown(french) == EVENTS
    counts = french.execute_script("return [...document.querySelectorAll('.count')].map(c => c.textContent)")
    assert counts == ["1", "1", "2"]


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("drug", "sunitinib", ["thrombopénie", "œdème"]),
        ("event", "fièvre", ["fièvre"]),
        ("serious", "death", ["thrombopénie"]),
        ("link", "temporal", ["fièvre"]),
        ("novelty", "changed", ["thrombopénie"]),
    ],
)
def test_filters(french: Any, name: str, value: str, left: list[str]):
    choose(french, name, value)
    assert shown(french) == left
    assert status(french) == f"{len(left)} couples affichés sur 4"
    assert [int(count.text) for count in french.find_elements("class name", "count") if count.text] == kept(french)
    french.find_element("css selector", "#filters button").click()
    assert shown(french) == EVENTS


def kept(driver: Any) -> list[int]:
    """Give how many cards each group that can be seen still has."""
    script = (
        "return [...document.querySelectorAll('.group')].map(g => "
        "[...g.querySelectorAll('.card')].filter(c => c.checkVisibility()).length).filter(Boolean)"
    )
    return [int(n) for n in driver.execute_script(script)]


@pytest.mark.parametrize(
    ("typed", "left"),
    [("OEDEME", ["œdème"]), ("sunitinib thrombo", ["thrombopénie"]), ("<script>", [ATTACK]), ("zzz", [])],
)
def test_search_knows_no_accents_and_wants_every_word(french: Any, typed: str, left: list[str]):
    french.find_element("id", "filter-text").send_keys(typed)
    assert shown(french) == left
    told = f"{len(left)} couples affichés sur 4" if left else "Aucun couple ne répond à ces filtres."
    assert status(french) == told


def test_hidden_words_for_screen_readers_are_not_searched(french: Any):
    assert "indice" in french.execute_script("return document.querySelector('.card').textContent")
    french.find_element("id", "filter-text").send_keys("indice")
    assert shown(french) == []


def test_keyboard_alone(french: Any):
    from selenium.webdriver import Keys
    from selenium.webdriver.common.action_chains import ActionChains

    def press(*keys: str) -> None:
        for key in keys:
            ActionChains(french).send_keys(key).perform()

    def focused() -> Any:
        return french.switch_to.active_element

    press(Keys.TAB)
    assert focused().get_attribute("class") == "skip"
    assert focused().is_displayed()
    press(Keys.ENTER)
    assert french.current_url.endswith("#pairs")
    press(Keys.TAB)
    assert focused().get_attribute("id") == "filter-text"
    width = french.execute_script("return getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"
    press("f", "i", "e", "v", "r", "e")
    assert shown(french) == ["fièvre"]
    for _ in range(20):
        press(Keys.TAB)
        if focused().tag_name == "summary":
            break
    press(Keys.ENTER)
    assert french.execute_script("return document.querySelectorAll('details[open]').length") == 1


def test_it_reads_as_an_outline(french: Any):
    landmarks = ("body > header", "body > header nav", "body > main", "body > footer")
    assert [len(french.find_elements("css selector", place)) for place in landmarks] == [1, 1, 1, 1]
    levels = french.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    live = french.find_element("id", "shown")
    assert (live.get_attribute("role"), live.get_attribute("aria-live")) == ("status", "polite")


# Relative luminance and contrast as WCAG 2.2 defines them; 4.5 is what level AA asks of text.
CONTRAST = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const back = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = rgba(getComputedStyle(one).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255, 255];
};
const poor = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('.vh, script, option')) continue;
  const [light, dark] = [luminance(rgba(getComputedStyle(element).color)), luminance(back(element))]
    .sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < 4.5) poor.push(`${element.tagName} ${element.className}: ${ratio.toFixed(2)}`);
}
return poor;
"""


def test_contrast_is_that_of_level_aa(french: Any):
    french.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert french.execute_script(CONTRAST) == []


def test_print_unfolds_reasons_and_leaves_filters_out(french: Any):
    pypdf = pytest.importorskip("pypdf", reason="reads what was printed")
    printed = french.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pages = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"]))).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "the fake says so" in text
    assert "Effacer les filtres" not in text
    assert french.execute_script("return document.querySelectorAll('details[open]').length") == 0
