"""One end of a call with aiortc: aiortc_peer.py offer|answer URL USERNAME CREDENTIAL.

Descriptions and the result are lines of JSON on standard input and output; the end of the input ends it.
"""

import asyncio
import json
import sys

from aioice.ice import TransportPolicy
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription, rtcicetransport

MESSAGES = 20


def message(number):
    return str(number).ljust(1000, ".")


def only_relayed():
    """aiortc has no iceTransportPolicy of its own; its ICE library has."""
    connection = rtcicetransport.Connection
    rtcicetransport.Connection = lambda **options: connection(
        transport_policy=TransportPolicy.RELAY, **options
    )


def say(value):
    print(json.dumps(value), flush=True)


async def describe(peer, description):
    await peer.setLocalDescription(description)
    say({"type": peer.localDescription.type, "sdp": peer.localDescription.sdp})


async def main():
    role, url, username, credential = sys.argv[1:]
    only_relayed()
    server = RTCIceServer(urls=[url], username=username, credential=credential)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[server]))
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )

    if role == "offer":
        channel = peer.createDataChannel("echo")
        missing = {message(number) for number in range(MESSAGES)}

        @channel.on("open")
        def opened():
            for number in range(MESSAGES):
                channel.send(message(number))

        @channel.on("message")
        def echoed(text):
            missing.remove(text)
            if not missing:
                say({"echoed": MESSAGES})

        await describe(peer, await peer.createOffer())
    else:

        @peer.on("datachannel")
        def arrived(channel):
            channel.on("message", channel.send)

    while line := await lines.readline():
        remote = json.loads(line)
        await peer.setRemoteDescription(RTCSessionDescription(remote["sdp"], remote["type"]))
        if remote["type"] == "offer":
            await describe(peer, await peer.createAnswer())
    await peer.close()


asyncio.run(main())
