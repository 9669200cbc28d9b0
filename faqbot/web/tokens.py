"""Signed names of replies: whoever shows one back may vote on the reply, and nobody can make one up."""

import time

from itsdangerous import BadSignature, URLSafeTimedSerializer

from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Seconds in which a reply may be voted on.
MAX_AGE = 30 * 24 * 3600


class Tokens:
    """Signs and reads the tokens of one site.

    Args:
        secret: of the operator.
        site: its name; tokens of another site are refused.
    """

    def __init__(self, secret: bytes, site: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=f"faqbot.reply.{site}")

    def sign(self, query_id: int) -> str:
        """The token of a query."""
        return str(self._serializer.dumps(query_id))

    def read(self, token: str) -> int:
        """The query that a token names.

        Raises:
            RequestError: not signed by us, altered, or too old.
        """
        try:
            query_id, signed_at = self._serializer.loads(token, return_timestamp=True)
            if time.time() - signed_at.timestamp() <= MAX_AGE:  # one from the future was signed before the clock was put back
                return int(query_id)
        except (BadSignature, TypeError, ValueError) as error:
            raise RequestError(ProblemCode.INVALID_TOKEN) from error
        raise RequestError(ProblemCode.INVALID_TOKEN)

    def age(self, token: str) -> float:
        """Seconds since a token of ours was signed, up to one more."""
        return time.time() - float(self._serializer.loads(token, return_timestamp=True)[1].timestamp())
