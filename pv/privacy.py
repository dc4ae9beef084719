"""What a scan keeps of a report that tells who the patient is: by default the passages, as they are, and no id."""

from __future__ import annotations

from dataclasses import dataclass

from pv.errors import UsageError
from pv.keys import Key
from pv.model import Detection
from pv.text.pseudonyms import Pseudonymiser


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is asked of a scan: the key of hashes, pseudonyms in what is kept, and whether whole texts are kept."""

    key: Key | None = None
    pseudonymiser: Pseudonymiser | None = None
    keep_text: bool = False

    def patient_key(self, patient: str | None) -> str | None:
        """Give the keyed hash of the source's id of a patient; None where there is no id, or no key."""
        if self.key is None or patient is None or not patient.strip():
            return None
        return self.key.patient(patient)

    def kept(self, text: str, detection: Detection) -> tuple[str | None, Detection]:
        """Give what is stored of a text (None for nothing of it) and of its detection; offsets stay as they are."""
        if self.pseudonymiser is not None:
            text, detection = self.pseudonymiser.apply(text, detection)
        return (text if self.keep_text else None), detection


def privacy(key: Key | None, *, pseudonymise: bool, keep_text: bool) -> Privacy:
    """Build what the options of a scan ask for; raises UsageError for pseudonyms without a key."""
    if not pseudonymise:
        return Privacy(key, None, keep_text)
    if key is None:
        raise UsageError("--pseudonymise needs a key: give --key-file or PV_KEY_FILE; `pv key new FILE` makes one")
    from pv.lexicon.paths import lexicon_dir
    from pv.text.identifier_tables import load_identifier_rules

    return Privacy(key, Pseudonymiser(load_identifier_rules(lexicon_dir()), key), keep_text)
