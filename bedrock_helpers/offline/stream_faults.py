"""Streams that break half-way, as botocore's EventStreamError."""

from bedrock_helpers.offline import event_stream
from bedrock_helpers.offline.errors import refusal

#: Pieces a stream sends before it breaks.
PIECES_BEFORE_BREAK = 3


def until_break(pieces, fault):
    """
    The pieces of a reply, up to where an asked-for fault breaks it.

    Parameters
    ----------
    pieces : iterable
    fault : str or None
        The fault's key in ``data/errors.json``.

    Raises
    ------
    Refusal
        The fault, after three pieces or at the end of a shorter reply.
    """
    for sent, piece in enumerate(pieces):
        if fault and sent == PIECES_BEFORE_BREAK:
            raise refusal(fault)
        yield piece
    if fault:
        raise refusal(fault)


def broken_event(stop):
    """The event that ends a stream with an exception, from its refusal.

    Clients know five such exceptions; what is ours alone is told as a model's error.
    """
    content, code = {"message": stop.text}, stop.code
    if code in ("ModelStreamErrorException", "NotAvailableOffline"):
        content["originalStatusCode"] = stop.status
        code = "ModelStreamErrorException"
    name = code[0].lower() + code[1:]
    return event_stream.exception(name, content)
