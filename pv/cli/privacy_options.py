"""The options of a scan that say what is kept of the patient."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pv.cli import common

if TYPE_CHECKING:
    from pv.privacy import Privacy


@dataclass(frozen=True, slots=True)
class PrivacyOptions:
    """What a call asks to be kept, and the file with the key, where one is named."""

    pseudonymise: bool
    keep_text: bool
    key_file: Path | None

    def load(self) -> Privacy:
        """Read the key, and the rules of pseudonyms where they are asked for."""
        from pv.privacy import privacy

        return privacy(common.secret_key(self.key_file), pseudonymise=self.pseudonymise, keep_text=self.keep_text)


_OPTIONS = (
    click.option("--pseudonymise", is_flag=True,
                 help="Replace names, births, addresses and numbers of persons in what is kept; needs the key."),
    click.option("--keep-text", is_flag=True, help="Keep whole texts too, for `pv show --context` and BRAT."),
    common.key_option,
)  # fmt: skip


def privacy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets them as one ``kept: PrivacyOptions``."""
    names = PrivacyOptions.__dataclass_fields__

    @functools.wraps(command)
    def call(**given: Any) -> Any:
        kept = PrivacyOptions(**{name: given.pop(name) for name in names})
        return command(kept=kept, **given)

    decorated: Callable[..., Any] = call
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
