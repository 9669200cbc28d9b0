"""Failing and killing at every system call of what must not be lost; `python -m tests.faults` is the long form of the tests beside `tests/integration/test_faults.py`."""
