"""AWS event-stream bytes, as bedrock-runtime sends them.

A message is a prelude (total length, header length, their CRC), headers, a
JSON payload and a CRC over all of it. Source of the layout: the Amazon event
stream encoding that botocore's ``eventstream`` module decodes.
"""

import json
import struct
from binascii import crc32

_STRING = 7


def message(headers, payload):
    """
    One event-stream message.

    Parameters
    ----------
    headers : dict of str to str
    payload : bytes

    Returns
    -------
    bytes

    Examples
    --------
    >>> len(message({}, b"{}"))
    18
    """
    head = b"".join(_header(name, value) for name, value in headers.items())
    lengths = struct.pack("!II", len(head) + len(payload) + 16, len(head))
    start = lengths + struct.pack("!I", crc32(lengths))
    body = start + head + payload
    return body + struct.pack("!I", crc32(body))


def _header(name, value):
    name, value = name.encode(), value.encode()
    size = struct.pack("!BH", _STRING, len(value))
    return bytes([len(name)]) + name + size + value


def event(event_type, content):
    """
    A normal event, such as ``event("messageStart", {"role": "assistant"})``.

    Parameters
    ----------
    event_type : str
        The member's name in the service model.
    content : dict
        The event's members, ready for JSON.

    Returns
    -------
    bytes
    """
    headers = {
        ":event-type": event_type,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return message(headers, json.dumps(content).encode())


def exception(exception_type, content):
    """
    An exception inside a stream; botocore raises it as EventStreamError.

    Parameters
    ----------
    exception_type : str
        The member's name, such as ``"modelStreamErrorException"``.
    content : dict
        Its members, ``message`` among them.

    Returns
    -------
    bytes
    """
    headers = {
        ":exception-type": exception_type,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return message(headers, json.dumps(content).encode())


_NAME_AT = 13


def name_of(piece):
    """
    The name of the event or exception in a message that this module made.

    Examples
    --------
    >>> name_of(event("messageStart", {"role": "assistant"}))
    'messageStart'
    """
    value = _NAME_AT + piece[_NAME_AT - 1] + 3
    return piece[value : value + int.from_bytes(piece[value - 2 : value])].decode()


def is_exception(piece):
    """
    Whether a message that this module made carries an exception.

    Examples
    --------
    >>> is_exception(exception("throttlingException", {"message": "Slow down."}))
    True
    """
    return piece.startswith(b":exception-type", _NAME_AT)


def content_of(piece):
    """
    The JSON of a message.

    Examples
    --------
    >>> content_of(event("messageStart", {"role": "assistant"}))
    {'role': 'assistant'}
    """
    head = int.from_bytes(piece[4:8])
    return json.loads(piece[12 + head : -4])
