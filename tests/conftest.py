"""What every test starts from."""

import signal


def pytest_configure() -> None:
    """Let Ctrl-C interrupt what the tests start, as it does in a terminal.

    A shell that started the tests in the background has made them, and all that they start, ignore it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
