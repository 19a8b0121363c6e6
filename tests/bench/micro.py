"""One verify::check beside what it cannot avoid, and beside OpenSSL doing the same."""

import json
import pathlib
import statistics
import subprocess

ROUNDS = 7
PAIRS = (("check_3_1_1", "raw_sha256_of_a_key", None),
         ("check_3_1_1", "openssl_3_1_1", 1.0),
         ("check_2_1_1_of_the_root", "raw_two_signatures", 1.5),
         ("check_2_1_1_of_the_root", "openssl_2_1_1_of_the_root", 1.0))


def times(program: pathlib.Path) -> dict[str, float]:
    """CPU nanoseconds of each benchmark, one round."""
    done = subprocess.run([str(program), "--benchmark_min_time=0.1",
                           "--benchmark_format=json"],
                          check=True, capture_output=True, text=True)
    return {entry["name"]: float(entry["cpu_time"])
            for entry in json.loads(done.stdout)["benchmarks"]}


def measure(program: pathlib.Path) -> None:
    """Prints the median ratio of each pair over the rounds, and its spread."""
    rounds = [times(program) for _ in range(ROUNDS)]
    for ours, theirs, goal in PAIRS:
        ratios = sorted(one[ours] / one[theirs] for one in rounds)
        aim = f", goal {goal}" if goal else ""
        print(f"{ours} / {theirs}: {statistics.median(ratios):.3g} "
              f"({ratios[0]:.3g} to {ratios[-1]:.3g}{aim}); "
              f"{statistics.median(one[ours] for one in rounds) / 1000:.1f} us")
