"""How safe and how dear the protection of employees is: `python -m benchmarks.attacks [ORGANISATIONS]`, 200 if left out."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))


def main(count):
    """Attack `count` random organisations, print what was found and what was lost; 1 if anybody was."""
    from attacks.campaign import campaign

    start, cpu = time.perf_counter(), time.process_time()
    found = campaign(range(count))
    spent = f"{time.perf_counter() - start:.0f} s, {time.process_time() - cpu:.0f} s of CPU"
    print(
        f"organisations {found['organisations']}, groups hidden in their reports {found['hidden']}, sets attacked {found['attacked']}"
    )
    print(
        f"persons narrowed {found['narrowed']}, persons exposed {found['exposed']}, combinations that leave too few {found['sums']}"
    )
    for name, key in (("under the minimum only", "few"), ("one sibling more", "sibling"), ("the plan", "lost")):
        print(f"groups lost, {name}: {found[key]} of {found['groups']} ({100 * found[key] / found['groups']:.1f} %)")
    print(f"plans not proven cheapest {found['not_exact']}, not proven safe {found['not_proven']}; {spent}")
    return int(any(found[key] for key in ("narrowed", "exposed", "sums")))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
