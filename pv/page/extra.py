"""The libraries that only the page needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pv.errors import OutputError

_LIBRARIES = ("jinja2", "markupsafe", "matplotlib")


@contextmanager
def needed() -> Iterator[None]:
    """Import inside this block what needs the extra; raises OutputError, with the way out, where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise OutputError(f"the page needs {error.name}: pip install 'pv[report]'") from error
