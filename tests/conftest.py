"""What every test starts from."""

import gc
import signal


def pytest_configure() -> None:
    """Let Ctrl-C interrupt what the tests start, as it does in a terminal.

    A shell that started the tests in the background has made them, and all that they start, ignore it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Leave what was collected, some 20,000 tests and all rules, out of each search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
