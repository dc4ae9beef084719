"""The errors a user can meet. Each message says what was wrong, where, and what to do.

PvError
├── UsageError            the request itself cannot be carried out (unknown drug, bad option value)
├── InputError            a report or a source cannot be read
│   ├── UnreadableError   not text, or in no known encoding
│   └── TooLargeError     beyond the bounds on size, nesting or expansion
├── LexiconError          a table of lexicons/ is wrong: file, line and reason
├── KeyFileError          a file with the secret key cannot be used
├── StoreError            the database cannot be used
│   ├── NoDatabaseError   it does not exist and was not to be created
│   ├── NewerSchemaError  it was written by a newer release
│   ├── ReadOnlyError     it may not be written
│   └── LockedError       another process holds it
├── OutputError           a file cannot be written
├── WorkerError           the processes that read reports cannot be kept going
└── ClusterError          Spark cannot start, or a job of it failed

No message holds text of a report.
"""


class PvError(Exception):
    """Base of every error that a user can cause or mend."""


class UsageError(PvError):
    """The request cannot be carried out as it stands."""


class InputError(PvError):
    """A report or a source cannot be read."""


class UnreadableError(InputError):
    """The content is not text, or its encoding is unknown."""


class TooLargeError(InputError):
    """The content is beyond the bounds set for size, nesting or expansion."""


class LexiconError(PvError):
    """A table of the lexicons is wrong; the message gives file, line and reason."""


class KeyFileError(PvError):
    """A file with the secret key cannot be used."""


class StoreError(PvError):
    """The database cannot be used."""


class NoDatabaseError(StoreError):
    """The database does not exist and was not to be created."""


class NewerSchemaError(StoreError):
    """The database was written by a newer release."""


class ReadOnlyError(StoreError):
    """The database may not be written."""


class LockedError(StoreError):
    """Another process holds the database."""


class OutputError(PvError):
    """A file cannot be written."""


class WorkerError(PvError):
    """The processes that read reports cannot be kept going."""


class ClusterError(PvError):
    """Spark cannot start, or a job of it failed."""
