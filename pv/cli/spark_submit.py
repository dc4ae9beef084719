"""What spark-submit is given: ``spark-submit [its options] …/pv/cli/spark_submit.py --input … --output …``."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # A script's own folder comes first on the path, where its neighbours would hide modules of the same names.
    here = Path(__file__).resolve().parent
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != here]

    from pv.cli.main import main

    main(["spark-scan", *sys.argv[1:]])
