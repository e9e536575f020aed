#!/usr/bin/env python3
"""Medians, spread and ratios against the first server: summary.py DIRECTORY SERVER..."""

import glob
import json
import os
import statistics
import sys

FIGURES = [
    ("light", "serverCpuMicrosPerPacket", "CPU/packet, light", "us"),
    ("light", "latencyMicrosP99", "p99 latency, light", "us"),
    ("saturated", "serverCpuMicrosPerPacket", "CPU/packet, saturated", "us"),
    ("saturated", "receivedPerSecond", "packets/s, saturated", "1/s"),
    ("saturated", "serverCores", "server CPU, saturated", "cores"),
    ("bursts", "serverCpuMicrosPerPacket", "CPU/packet, bursts of 8", "us"),
    ("relay", "serverCpuMicrosPerPacket", "CPU/packet, relay to relay", "us"),
    ("tls", "serverCpuMicrosPerPacket", "CPU/packet, TLS 1,000 B", "us"),
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
    if limited(directory):
        print("Limited by the bench, not by the server: " + ", ".join(limited(directory)))


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
