"""Fuzzing that follows coverage (Atheris): what may never happen, whatever bytes come."""
