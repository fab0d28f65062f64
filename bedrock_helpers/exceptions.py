"""What the package itself refuses; all else is boto3's own errors.

- NoCredentials: live mode was asked for and nothing to sign with was found.
- AccountChangeRefused: a live call would have changed the account.
- BudgetExceeded: a call could have passed the session's budget.

Each is raised before anything is sent.
"""


class NoCredentials(RuntimeError):
    """Live mode was asked for and no credentials are to be found."""


class AccountChangeRefused(RuntimeError):
    """A live call would have changed the account and was not allowed by name."""


class BudgetExceeded(RuntimeError):
    """A call could have passed the session's budget, so it was not sent."""
