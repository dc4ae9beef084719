"""``pv report``: one HTML file of one's own, with what the last run brought, escaped, bounded, in two languages."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from fakes import FakeDetector
from outline import Outline, outline

from pv.model import Link

Pv = Callable[..., Result]
Write = Callable[..., Path]
HOSTILE = "pair: sunitinib > <script>alert(1)</script>\"'&amp; stated serious=death\n"


@pytest.fixture
def page(pv: Pv, write: Write, tmp_path: Path) -> Callable[..., Outline]:
    """Scan a report and give the page that tells of it."""

    def call(text: str, *options: object) -> Outline:
        assert pv("scan", write("a.txt", text), "--source", "s").code == 0
        assert pv("report", "--out", "page.html", *options).code == 0
        return outline(tmp_path / "page.html")

    return call


def test_output_and_mode(pv: Pv, write: Write, tmp_path: Path):
    pv("scan", write("a.txt", "pair: sunitinib > fièvre stated\npair: sunitinib > toux temporal\n"))
    assert pv("report", "--out", "page.html") == Result(
        0, "2 new or changed pairs, 0 withdrawn, written to page.html\n", ""
    )
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    cut = pv("report", "--out", "page.html", "--most", 1)
    assert cut.out == "1 new or changed pairs (of 2; --most shows more), 0 withdrawn, written to page.html\n"
    assert "1 couples affichés sur 2" in outline(tmp_path / "page.html").text


def test_text_of_a_report_is_text(page: Callable[..., Outline]):
    found = page(HOSTILE)
    assert len(found.of("script")) == 1
    assert "<script>alert(1)</script>\"'&amp;" in found.text
    (card,) = found.of("article")
    assert card["data-event"] == "<script>alert(1)</script>\"'&amp;"


def test_policy_allows_the_own_style_and_script_alone(page: Callable[..., Outline]):
    found = page(HOSTILE)
    (policy,) = [m["content"] or "" for m in found.of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[\w+/]{43}='", policy)) == 2
    names = {name for _, attributes in found.tags for name in attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    links = [a.get(name) or "" for _, a in found.tags for name in ("src", "href", "action") if name in a]
    assert links
    assert all(link.startswith(("#", "data:image/")) for link in links)


def test_links_lead_somewhere_and_ids_are_single(page: Callable[..., Outline]):
    found = page(HOSTILE + "pair: sunitinib > fièvre stated\n")
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    pointed = {a["href"][1:] for a in found.of("a") if a["href"]}
    for name in ("for", "aria-labelledby", "aria-describedby"):
        pointed |= {a[name] or "" for _, a in found.tags if name in a}
    assert pointed <= set(ids)


def test_every_table_column_has_its_scope(page: Callable[..., Outline]):
    found = page("pair: sunitinib > fièvre stated\n")
    assert found.of("th")
    assert all(th.get("scope") in ("col", "row") for th in found.of("th"))
    assert len(found.of("table")) == len(found.of("caption"))


def test_french_by_default_and_english_on_request(page: Callable[..., Outline]):
    text = "pair: class:ains > fièvre stated serious=hospitalisation outcome=recovering days=0 dechallenge=positive\n"
    french = page(text)
    assert french.of("html") == [{"lang": "fr"}]
    for words in ("Données de santé.", "classe ains", "attribué par l'auteur, affirmé", "en cours de guérison",
                  "Il manque encore notificateur, médicament", "sans notificateur, médicament, la", "le jour même",
                  "5 janvier 2024", "janvier 2024", "méthode française, chronologie : C2",
                  "sexe féminin, 65 ans"):  # fmt: skip
        assert words in french.text
    english = page(text, "--lang", "en")
    assert english.of("html") == [{"lang": "en"}]
    for words in ("Health data.", "class ains", "stated by the author, asserted", "recovering", "female, 65 years",
                  "Still to ask for reporter, drug", "the same day", "5 January 2024"):  # fmt: skip
        assert words in english.text
    assert "Données de santé" not in english.text
    # What is French on an English page says so to a screen reader.
    assert [b["lang"] for b in english.of("blockquote")] == ["fr"]


def test_changes_name_what_was_before(page: Callable[..., Outline]):
    page("pair: sunitinib > fièvre stated certainty=hedged\n")
    found = page("pair: sunitinib > fièvre stated serious=death outcome=fatal\n")
    assert "Gravité : Gravité non établie → Décès" in found.text
    assert "Certitude : suspecté → affirmé" in found.text
    assert "Évolution : non dit → décès" in found.text
    assert [card["data-novelty"] for card in found.of("article")] == ["changed"]


def test_withdrawn_pairs_and_failures_are_told(page: Callable[..., Outline], pv: Pv, write: Write, tmp_path: Path):
    page("pair: sunitinib > fièvre stated\npair: sunitinib > toux stated\npair: sunitinib > rash stated\n")
    write("bad.txt", "raise")
    folder = write("a.txt", "pair: sunitinib > fièvre denied\npair: sunitinib > toux stated confidence=0.1\n")
    assert pv("scan", folder, "--source", "s").code == 3
    assert pv("report", "--out", "page.html").out == "0 new or changed pairs, 3 withdrawn, written to page.html\n"
    found = outline(tmp_path / "page.html")
    assert "fièvre exclu par le compte rendu a.txt" in found.text
    assert "toux douteux, sous le seuil de confiance a.txt" in found.text
    assert "rash n'est plus trouvé dans le texte a.txt" in found.text
    assert "Rien de nouveau" in found.text
    assert "1 compte rendu attend encore d'être lu" in found.text
    assert "bad.txt" not in found.text


def test_a_report_withdrawn_by_its_source_is_told(page: Callable[..., Outline], pv: Pv, tmp_path: Path):
    page("pair: sunitinib > fièvre stated\n")
    assert pv("nullify", "a.txt", "--reason", "doublon").code == 0
    assert pv("report", "--out", "page.html").out == "0 new or changed pairs, 1 withdrawn, written to page.html\n"
    found = outline(tmp_path / "page.html")
    assert "sunitinib fièvre compte rendu retiré par sa source a.txt" in found.text


def test_a_sign_stands_with_its_diagnosis(
    page: Callable[..., Outline], detector: FakeDetector, monkeypatch: pytest.MonkeyPatch
):
    detect = detector.detect

    def with_diagnosis(text: str, report_id: str | None = None) -> Any:
        found = detect(text, report_id)
        pairs = (replace(p, part_of="hépatite" if p.link is Link.PART else None) for p in found.pairs)
        return replace(found, pairs=tuple(pairs))

    monkeypatch.setattr(detector, "detect", with_diagnosis)
    found = page("pair: a > hépatite stated\npair: a > ictère part\npair: b > hépatite temporal\n")
    assert found.text.count("Signes rattachés ictère") == 1
    assert len(found.of("article")) == 2


def test_doubtful_pairs_on_request(page: Callable[..., Outline]):
    assert page("pair: a > b stated confidence=0.3\n").of("article") == []
    assert len(page("pair: a > b stated confidence=0.3\n", "--all").of("article")) == 1


def test_since(page: Callable[..., Outline]):
    assert page("pair: a > b stated\n", "--since", "2000-01-01").of("article")
    found = page("pair: a > b stated\n", "--since", "2999-01-01")
    assert found.of("article") == []
    assert "Aucun passage sur cette période." in found.text


def test_age_of_an_infant_is_in_months(
    page: Callable[..., Outline], detector: FakeDetector, monkeypatch: pytest.MonkeyPatch
):
    detect = detector.detect

    def infant(text: str, report_id: str | None = None) -> Any:
        found = detect(text, report_id)
        return replace(found, patient=replace(found.patient, age=0.5, sex="M"))

    monkeypatch.setattr(detector, "detect", infant)
    assert "sexe masculin, 6 mois" in page("pair: a > b stated\n").text


def test_an_unwritable_place_leaves_nothing(pv: Pv, write: Write, tmp_path: Path):
    pv("scan", write("a.txt", "pair: a > b stated\n"))
    failed = pv("report", "--out", "none/page.html")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err == "pv: none/page.html cannot be written: No such file or directory\n"


def test_without_a_database_there_is_no_page(pv: Pv, tmp_path: Path):
    assert pv("report", "--out", "page.html").code == 1
    assert list(tmp_path.glob("*.html")) == []


def test_without_the_extra_the_way_out_is_told(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch):
    pv("scan", write("a.txt", "pair: a > b stated\n"))
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "pv.page.render", raising=False)
    assert pv("report", "--out", "page.html") == Result(1, "", "pv: the page needs jinja2: pip install 'pv[report]'\n")
