"""Print the targets of the Makefile with the comments that stand behind them (`target: ... ## comment`)."""

import re
import sys
from pathlib import Path


def targets(text):
    """Return [(target, comment)] in the order of the Makefile."""
    return re.findall(r"^([a-z][a-z-]*):.*?## (.+)$", text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    for name, comment in targets((Path(__file__).resolve().parents[1] / "Makefile").read_text(encoding="utf-8")):
        print(f"make {name:<8} {comment}")
