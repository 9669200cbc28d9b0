"""Every error faqbot raises on purpose. A message says where, what and what next; data is in attributes. Imports nothing."""


class FaqbotError(Exception):
    """Root of all errors with a message written for the person at the keyboard."""


class SettingsError(FaqbotError):
    """A FAQBOT_* variable or the TOML file holds a value that cannot be used."""


class QueryError(FaqbotError):
    """A query that is refused before it is analysed.

    Attributes:
        code: `empty`, `too_long` or `not_text`, a stable word for programs.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class CorpusError(FaqbotError):
    """A table that cannot be imported; nothing of it was.

    Attributes:
        problems: every problem found, as text that begins with the line number, in file order.
    """

    def __init__(self, message: str, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class DictionaryError(FaqbotError):
    """A user word or synonym file holds a line that cannot be read."""


class ReleaseError(FaqbotError):
    """A release that is missing, damaged, foreign, or made by another analyzer. Serving never guesses: it refuses."""


class GateError(FaqbotError):
    """A release that was trained but may not be published."""


class EngineError(FaqbotError):
    """The candidate engine did not do what was asked; candidates come from the process itself meanwhile.

    Attributes:
        code: a stable word for programs: `missing`, `unreachable`, `refused`, `version`, `busy`, `absent` or `differs`.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class StoreError(FaqbotError):
    """The database did not do what was asked: nothing of it may be taken as stored.

    Attributes:
        code: a stable word for programs: `busy`, `full`, `read_only`, `unreachable`, `disk`, `damaged`, `forbidden`, `newer`, `secret`, `address`, `missing`, `conflict` or `refused`.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class BackupError(FaqbotError):
    """An archive that is not written, or not restored: damaged, foreign, newer, or the place is in use. What was there before is as it was."""


class MissingRecordError(StoreError):
    """What a call names by number or id is not stored, not on this site, or was erased."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="missing")


class AccessError(FaqbotError):
    """Somebody may not come in, or an account or key may not be what was asked for.

    Attributes:
        code: a stable word for programs: `wrong`, `throttled`, `name`, `password`, `taken`, `last_owner`, `too_many_keys` or `days`.
        wait: seconds until another try is heard; 0 unless throttled.
    """

    def __init__(self, message: str, *, code: str, wait: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.wait = wait
