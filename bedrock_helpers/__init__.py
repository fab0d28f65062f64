"""
Helpers for learning Amazon Bedrock with boto3, with or without an account.

    import bedrock_helpers as bh
    session = bh.connect()                       # offline: no account, no bill
    bedrock = session.client("bedrock-runtime")  # a real boto3 client

Everything after ``connect`` is plain boto3. Heavy parts (pandas, the offline
Bedrock, llama.cpp) load when they are first needed.
"""

from bedrock_helpers import catalog, policies, pricing
from bedrock_helpers.answered_by import answered_by
from bedrock_helpers.checks.exercises import check
from bedrock_helpers.checks.own_progress import progress
from bedrock_helpers.checks.predictions import predict
from bedrock_helpers.connect import connect
from bedrock_helpers.diagnosis import explain
from bedrock_helpers.doctor import doctor
from bedrock_helpers.exceptions import (
    AccountChangeRefused,
    BudgetExceeded,
    NoCredentials,
)

__version__ = "0.1.0"
__all__ = [
    "AccountChangeRefused",
    "BudgetExceeded",
    "NoCredentials",
    "answered_by",
    "catalog",
    "check",
    "connect",
    "doctor",
    "explain",
    "policies",
    "predict",
    "pricing",
    "progress",
]


def __dir__():
    """Show only what a learner can use."""
    return __all__
