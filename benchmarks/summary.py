#!/usr/bin/env python3
"""Medians, spread and ratios against the first server: summary.py DIRECTORY SERVER..."""

import glob
import json
import os
import statistics
import sys

FIGURES = [
    ("light", "serverCpuMicrosPerPacket", "CPU/packet, light", "us"),
    ("light", "latencyMicrosP50", "p50 latency, light", "us"),
    ("saturated", "serverCpuMicrosPerPacket", "CPU/packet, saturated", "us"),
    ("saturated", "receivedPerSecond", "packets/s, saturated", "1/s"),
    ("saturated", "serverCores", "server CPU, saturated", "cores"),
    ("saturated", "controlMicrosP99", "control p99, saturated", "us"),
    ("half", "latencyMicrosP50", "p50 latency, half", "us"),
    ("half", "latencyMicrosP99", "p99 latency, half", "us"),
    ("half", "serverCpuMicrosPerPacket", "CPU/packet, half", "us"),
    ("bursts", "serverCpuMicrosPerPacket", "CPU/packet, bursts of 8", "us"),
    ("relay", "serverCpuMicrosPerPacket", "CPU/packet, relay to relay", "us"),
    ("ipv6", "serverCpuMicrosPerPacket", "CPU/packet, IPv6", "us"),
    ("tls", "serverCpuMicrosPerPacket", "CPU/packet, TLS 1,000 B", "us"),
    ("many", "serverCpuMicrosPerPacket", "CPU/packet, many silent", "us"),
    ("flows", "serverCpuMicrosPerPacket", "CPU/packet, many flows", "us"),
    ("allocate", "serverCpuMicrosPerAllocation", "CPU/allocation", "us"),
    ("allocate", "allocationsPerSecond", "allocations/s", "1/s"),
    ("hold", "residentBytes", "memory, allocations held", "bytes"),
]


def values(directory, server, scenario, key):
    found = []
    for path in glob.glob(os.path.join(directory, f"{server}.{scenario}.*.json")):
        try:
            with open(path, encoding="utf-8") as file:
                report = json.load(file)
        except ValueError:
            continue
        if report.get("good") and key in report:
            found.append(report[key])
    return found


def main(directory, servers):
    print(f"{'figure':<28} {'server':<15} {'median':>14} {'min':>14} {'max':>14} {'n':>3} {'ratio':>6}")
    for scenario, key, name, unit in FIGURES:
        reference = None
        for server in servers:
            found = values(directory, server, scenario, key)
            if not found:
                print(f"{name + ' ' + unit:<28} {server:<15} {'no good round':>14}")
                continue
            median = statistics.median(found)
            reference = median if server == servers[0] else reference
            ratio = f"{median / reference:.2f}" if reference else "-"
            print(
                f"{name + ' ' + unit:<28} {server:<15} {median:>14,.2f} {min(found):>14,.2f}"
                f" {max(found):>14,.2f} {len(found):>3} {ratio:>6}"
            )
    startup(directory)
    if limited(directory):
        print("Limited by the bench, not by the server: " + ", ".join(limited(directory)))


def startup(directory):
    with open(os.path.join(directory, "startup.json"), encoding="utf-8") as file:
        millis = json.load(file)
    for name, found in millis.items():
        print(
            f"{'ready after start ms':<28} {name:<15} {statistics.median(found):>14,.2f} {min(found):>14,.2f}"
            f" {max(found):>14,.2f} {len(found):>3} {statistics.median(found) / statistics.median(millis['no cache']):>6.2f}"
        )


def limited(directory):
    names = set()
    for path in glob.glob(os.path.join(directory, "*.json")):
        try:
            with open(path, encoding="utf-8") as file:
                if json.load(file).get("limitedByBench"):
                    names.add(".".join(os.path.basename(path).split(".")[:2]))
        except ValueError:
            continue
    return sorted(names)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
