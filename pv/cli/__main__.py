"""``python -m pv.cli`` is ``pv``."""

from pv.cli.main import main

main()
