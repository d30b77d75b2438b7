"""The `offhook` command; `python -m offhook` is the same."""

from __future__ import annotations

import os
from typing import NoReturn


def main() -> NoReturn:
    # Before numpy is loaded, which reads it then: the detector's matrices are small, and a server has other calls for
    # its other cores; threads of a product would wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from offhook.cli import main as run

    run()


if __name__ == "__main__":
    main()
