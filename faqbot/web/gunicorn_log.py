"""gunicorn's own lines, in our format and through our handler."""

from typing import Any

from gunicorn.glogging import Logger


class GunicornLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Leaves writing to the root logger; see `faqbot.web.logs`."""

    def setup(self, cfg: Any) -> None:
        """Drop the library's own handlers."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
