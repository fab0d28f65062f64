"""The refusals of Amazon Bedrock: class, code, HTTP status and wording.

Wordings live in ``data/errors.json``, each marked ``sourced`` (quoted from the
live service by a named source) or ``approximate``.
"""

from bedrock_helpers.data_files import load_json


class Refusal(Exception):
    """
    A request the service turns down; it becomes an HTTP error reply.

    Attributes
    ----------
    code : str
        What botocore shows as ``error.response["Error"]["Code"]``.
    status : int
        HTTP status.
    text : str
        What botocore shows as the message.
    """

    def __init__(self, code, status, text):
        super().__init__(text)
        self.code = code
        self.status = status
        self.text = text


def known_errors():
    """
    Every refusal by its key: code, status, text, wording, source, as_of.

    Examples
    --------
    >>> known_errors()["unknown_model"]["code"]
    'ValidationException'
    """
    return load_json("errors.json")["errors"]


def refusal(key, **values):
    """
    The refusal of one key with its blanks filled in, ready to be raised.

    Parameters
    ----------
    key : str
        A key of ``data/errors.json``.
    **values
        What stands in the braces of its text.

    Returns
    -------
    Refusal

    Examples
    --------
    >>> refusal("unknown_model").status
    400
    """
    return worded(known_errors()[key], **values)


def worded(record, **values):
    """
    The refusal that a record of a data file words, with its blanks filled in.

    Parameters
    ----------
    record : dict
        With ``code``, ``text`` and ``http_status`` (400 if there is none).
    **values
        What stands in the braces of its text.

    Returns
    -------
    Refusal

    Examples
    --------
    >>> worded({"code": "Nope", "text": "no {what}"}, what="way").text
    'no way'
    """
    text = record["text"].format(**values)
    return Refusal(record["code"], record.get("http_status", 400), text)


def not_offline(what):
    """
    A refusal that is ours, not AWS's: the offline Bedrock cannot do this.

    Examples
    --------
    >>> not_offline("look at images").text
    'The offline Bedrock cannot look at images. With an account: bh.connect("live").'
    """
    text = f'The offline Bedrock cannot {what}. With an account: bh.connect("live").'
    return Refusal("NotAvailableOffline", 501, text)
