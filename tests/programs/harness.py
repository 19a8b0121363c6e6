"""Runs the unittest cases of a program test, and counts them."""

import sys
import time
import unittest
from collections.abc import Sequence
from types import ModuleType

TOLD_SECONDS = 2    # a test that takes longer is named


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
