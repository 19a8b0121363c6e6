"""Runs the unittest cases of a program test, and counts them; waits for what a program does
before it can be tested."""

import re
import signal
import sys
import time
import unittest
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

TOLD_SECONDS = 2    # a test that takes longer is named
START_SECONDS = 120   # a program under sanitizers, beside other tests
# Two bounds, so wide that a busy machine under sanitizers stays within them: nothing
# measures by them, and each is far below what it stands against.
HANG_SECONDS = 300    # ends what would never end
SOON_SECONDS = 25     # what a time-out of a second or two ends; the time-outs that hold
                      # where none is given are longer


def is_handled(pid: int, number: int) -> bool:
    """Whether the process has its own way with the signal now. While sigtimedwait(2) waits
    for signals they count as neither blocked nor caught, so that the call itself is looked
    for: a program may spend nearly all its time there."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    if re.search(r"^State:\s*[ZX]", status, re.M):
        raise ChildProcessError(f"process {pid} has ended")
    masks = re.findall(r"^Sig(?:Cgt|Blk):\s*(\w+)", status, re.M)
    return (any(int(mask, 16) >> (number - 1) & 1 for mask in masks)
            or "sigtimedwait" in Path(f"/proc/{pid}/wchan").read_text(encoding="ascii"))


def wait_until_handled(pid: int, number: int = signal.SIGTERM) -> None:
    """Waits until the process has its own way with the signal, a handler or a call that
    waits for it: one that comes before would end it as if it had none, which is true, and
    no fault of the program."""
    deadline = time.monotonic() + START_SECONDS
    while not is_handled(pid, number):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} has no way with signal {number}")
        time.sleep(0.01)


class Report(unittest.TextTestResult):
    """Names the tests that take long."""

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().startTest(test)
        self.began = time.monotonic()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        seconds = time.monotonic() - self.began
        if seconds > TOLD_SECONDS:
            self.stream.writeln(f"{test.id().split('.', 1)[1]}: {seconds:.1f} s")
        super().stopTest(test)


def run_cases(module: ModuleType, names: Sequence[str] = ()) -> int:
    """Runs the cases of a module, or those whose names contain one of the names. The last
    line is `N passed, N failed`; a test fails once, whatever its subtests. The result is
    the exit status: 0 if there were tests and none failed."""
    loader = unittest.TestLoader()
    if names:
        loader.testNamePatterns = [f"*{name}*" for name in names]
    suite = loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=Report, stream=sys.stdout,
                                     verbosity=0).run(suite)
    failed = len({str(getattr(test, "test_case", test))
                  for test, _ in result.failures + result.errors})
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or result.testsRun == 0 else 0
