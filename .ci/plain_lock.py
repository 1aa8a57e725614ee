"""Takes out of npm's lock what npm writes beside versions and hashes: addresses of whom to pay.

No address stands in a lock; who installs decides where packages come from.
"""

import json
import sys
from pathlib import Path


def without_addresses(lock: str) -> str:
    """Give the same lock, formatted as npm does."""
    content = json.loads(lock)
    for package in content["packages"].values():
        package.pop("funding", None)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(without_addresses(file.read_text(encoding="utf-8")), encoding="utf-8")
