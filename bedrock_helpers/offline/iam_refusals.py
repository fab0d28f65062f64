"""The refusals of IAM, worded by ``data/iam_errors.json``."""

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.errors import worded


def iam_refusal(key, **values):
    """
    The refusal of one key with its blanks filled in, ready to be raised.

    Parameters
    ----------
    key : str
        A key of ``data/iam_errors.json``.
    **values
        What stands in the braces of its text.

    Returns
    -------
    Refusal

    Examples
    --------
    >>> iam_refusal("malformed_vendor", vendor="*").text
    'Vendor * is not valid'
    """
    return worded(load_json("iam_errors.json")["errors"][key], **values)


def malformed(problem, **values):
    """
    The refusal of a policy document.

    Examples
    --------
    >>> malformed("syntax").code
    'MalformedPolicyDocument'
    """
    return iam_refusal(f"malformed_{problem}", **values)
