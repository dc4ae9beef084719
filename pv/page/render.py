"""From content to HTML: the templates, the page's own style and script, and the policy that forbids everything else.

The policy names style and script by their digest, so that a browser runs nothing that a report's text might smuggle in,
and asks no server for anything (W3C, Content Security Policy Level 3).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pv.page.content import GROUPS, Content
from pv.page.signals import Signals
from pv.page.words import Words
from pv.store.night import Novelty

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Made:
    """When the page was written, by which release, from which database."""

    moment: datetime
    database: str
    version: str


def render(content: Content, signals: Signals | None, made: Made, words: Words) -> Iterator[str]:
    """Yield the page piece by piece."""
    # A template inside an attribute or a text is escaped by Jinja2; what is not escaped is ours alone.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style, script = _own("page.css"), _own("page.js")
    return environment.get_template("page.html").generate(
        words=words,
        content=content,
        signals=signals,
        made=made,
        choices=_choices(content, words),
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - a file of this package
        policy=_policy(style, script),
    )


def _own(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(style)}",
            f"script-src {_digest(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _choices(content: Content, words: Words) -> dict[str, list[tuple[str, str]]]:
    """Give the values that each filter offers, only those that some card has."""
    cards = content.cards
    groups = {group.name for group in content.groups}
    novelties, links = {card.novelty for card in cards}, {card.pair.link for card in cards}
    return {
        "serious": [(name, words(f"group.{name}")) for name in GROUPS if name in groups],
        "novelty": [(n.value, words(f"novelty.{n.value}")) for n in Novelty if n in novelties],
        "link": [(link.value, words(f"link.{link.value}")) for link in sorted(links)],
        "drug": _named({card.pair.drug: card.drug for card in cards}),
        "event": _named({card.pair.event: card.event for card in cards}),
    }


def _named(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())
