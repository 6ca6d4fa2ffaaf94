"""The one exception for a user's mistake."""


class UserError(Exception):
    """One line that says what was wrong and what is allowed; the command exits with 2."""
