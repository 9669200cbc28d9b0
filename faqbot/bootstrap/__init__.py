"""Composition root: settings in, working parts out. The one place where they are put together."""
