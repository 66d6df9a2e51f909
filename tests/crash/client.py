# SPDX-License-Identifier: MIT
"""One keep-alive connection to the service, and what became of a request on it."""

import http.client
import json

# Longer than any wait of the server's own: so a connection ends only when the server does, and a request that was given up
# can't be carried out after the next one.
PATIENCE_S = 60

UNKNOWN = 0  # no reply: stored or not


class Client:
    def __init__(self, port):
        self.port = port
        self.connection = None

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def send(self, method, path, body, key, content_type="application/json", headers=()):
        """Status and decoded reply; UNKNOWN and None when the connection ended before a whole reply was there."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            self.connection.request(
                method,
                path,
                body,
                {"Authorization": "Bearer " + key, "Content-Type": content_type, **dict(headers)},
            )
            reply = self.connection.getresponse()
            text = reply.read()
            if reply.will_close:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            return UNKNOWN, None
        return reply.status, decode(text)


def decode(text):
    try:
        return json.loads(text)
    except ValueError:
        return None
