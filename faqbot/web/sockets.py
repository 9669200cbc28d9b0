"""What a worker does to the socket of a client."""

import fcntl
import os
import socket
import struct
import termios
from contextlib import suppress

from faqbot.web.problems import MEDIA_TYPE, problem
from faqbot.web.schema import ProblemCode

#: Seconds that one read or write of a thread waits for the client.
STALL = 10
#: Bytes that wait in the kernel for a slow reader instead of in a thread. Every page fits but the map of a site with thousands of entries; files of the desk may not.
SEND_BUFFER = 256 * 1024
#: Bytes that are read at once.
READ = 64 * 1024


def bound(sock: socket.socket) -> None:
    """Bounds for the threads that will read and write it."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", STALL, 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def arrived(sock: socket.socket) -> bytes | None:
    """What is there to read: None for nothing yet, nothing for the end."""
    try:
        return sock.recv(READ)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def unsent(sock: socket.socket) -> int:
    """Bytes of responses that the client has not taken yet; 0 where the system does not tell."""
    try:
        return int(struct.unpack("@i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0


def refuse(sock: socket.socket, status: int, number: str) -> None:
    """Write a problem to a connection that is closed next."""
    body = problem(ProblemCode.INTERNAL_ERROR if status == 500 else ProblemCode.BAD_REQUEST, status=status, request_id=number).model_dump_json().encode()
    head = f"HTTP/1.1 {status} Refused\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\nX-Content-Type-Options: nosniff\r\nX-Request-ID: {number}\r\nConnection: close\r\n\r\n"
    with suppress(OSError):
        os.write(sock.fileno(), head.encode() + body)
