#!/usr/bin/env python3
"""Milliseconds from exec to the first answer, without and with the AOT cache: startup.py TURND CONFIG PORT ROUNDS."""

import json
import os
import socket
import subprocess
import sys
import time

BINDING = bytes.fromhex("000100002112a442") + b"startup-time"
ANSWER_MAX_SECONDS = 20


def start(turnd, config, port, options):
    environment = dict(os.environ, TURND_NO_BUILD="1", TURND_JAVA_OPTS=options)
    begin = time.perf_counter()
    server = subprocess.Popen(
        [turnd, "run", "-c", config], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", port))
            client.settimeout(0.002)
            while time.perf_counter() - begin < ANSWER_MAX_SECONDS:
                try:
                    client.send(BINDING)
                    client.recv(2048)
                    return (time.perf_counter() - begin) * 1000
                except ConnectionRefusedError:
                    time.sleep(0.002)
                except TimeoutError:
                    pass
            raise SystemExit("turnd did not answer")
    finally:
        server.kill()
        server.wait()


def main(turnd, config, port, rounds):
    millis = {"no cache": [], "AOT cache": []}
    for _ in range(int(rounds)):
        millis["no cache"].append(start(turnd, config, int(port), "-XX:AOTMode=off"))
        millis["AOT cache"].append(start(turnd, config, int(port), ""))
    print(json.dumps(millis))


if __name__ == "__main__":
    main(*sys.argv[1:])
