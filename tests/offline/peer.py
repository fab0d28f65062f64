"""One end of a connection: it answers a request with bytes a test has chosen."""

import contextlib
import http.client
import itertools
import json
import socket
import threading

HEADER = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def chunked(content, cuts=()):
    """Bytes in chunks that end at some places."""
    places = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    parts = [content[a:b] for a, b in itertools.pairwise(places)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@contextlib.contextmanager
def peer(answer, late_s=0):
    """The address of one that answers a request so, and then waits for its end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        seen = []
        told = threading.Thread(target=_answer, args=(listening, answer, late_s, seen))
        told.start()
        port = listening.getsockname()[1]
        yield f"http://127.0.0.1:{port}", seen
        told.join()


def _answer(listening, answer, late_s, seen):
    connection, _ = listening.accept()
    left = contextlib.suppress(OSError)  # whoever asked has gone
    with left, connection, connection.makefile("rb") as asked:
        threading.Event().wait(late_s)  # a server that has its hands full
        seen.append(asked.readline().decode())
        headers = http.client.parse_headers(asked)
        seen.append(headers)
        seen.append(json.loads(asked.read(int(headers["content-length"]))))
        connection.sendall(answer)
        if not answer.endswith(LAST_CHUNK) and b"[silent]" not in answer:
            return  # it breaks off
        asked.read()
