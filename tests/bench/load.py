"""A load client that does little enough not to be measured itself: `python -m tests.bench.load PORT PATH CONNECTIONS REQUESTS [HEADER]`.

Every connection is kept alive and asks again as soon as its answer is there. Answers to one address all have the length of the
first one, so nothing is parsed after it. Prints a JSON object: requests a second, CPU seconds of this process, seconds.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time

SECONDS = 60
RECEIVE = 1 << 16


def main(port: int, path: str, connections: int, requests: int, header: str = "") -> dict[str, float]:
    more = f"{header}\r\n" if header else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n".encode()
    sockets = [connect(port) for _ in range(connections)]
    length = len(first_answer(sockets[0], request))
    start, cpu = time.perf_counter(), time.process_time()
    keep_asking(sockets, request, length, requests)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    for one in sockets:
        one.close()
    return {"rate": requests / seconds, "cpu_seconds": cpu, "seconds": seconds}


def connect(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def first_answer(one: socket.socket, request: bytes) -> bytes:
    """A whole answer, which must be a 200 that says how long it is."""
    one.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += one.recv(RECEIVE)
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    if not head.startswith("HTTP/1.1 200"):
        raise SystemExit(head)
    fields = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:])
    while len(answer) < len(head) + 4 + int(fields["content-length"]):
        answer += one.recv(RECEIVE)
    return answer


def keep_asking(sockets: list[socket.socket], request: bytes, length: int, requests: int) -> None:
    """`requests` answers of `length` bytes each, over all connections together."""
    waiting = select.epoll()
    by_number = {one.fileno(): one for one in sockets}
    left = dict.fromkeys(by_number, length)
    for number, one in by_number.items():
        waiting.register(number, select.EPOLLIN)
        one.sendall(request)
    sent, done = len(sockets), 0
    while done < requests:
        events = waiting.poll(SECONDS)
        if not events:
            raise SystemExit(f"no answer in {SECONDS} s")
        for number, _ in events:
            one = by_number[number]
            left[number] -= len(one.recv(RECEIVE)) or 1 << 40
            if left[number] < 0:
                raise SystemExit("a connection ended, or an answer was longer than the first")
            if left[number] == 0:
                done += 1
                if sent < requests:
                    left[number] = length
                    sent += 1
                    one.sendall(request)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])))
