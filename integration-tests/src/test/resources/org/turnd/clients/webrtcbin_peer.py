"""One end of a call with GStreamer's webrtcbin, whose ICE is libnice:
webrtcbin_peer.py offer|answer URL USERNAME CREDENTIAL.

Descriptions and the result are lines of JSON on standard input and output; the end of the input ends it.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

MESSAGES = 20


def message(number):
    return str(number).ljust(1000, ".")


def say(value):
    print(json.dumps(value), flush=True)


class Peer:
    def __init__(self, role, url, username, credential):
        scheme, _, rest = url.partition(":")
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.Pipeline()
        self.peer = Gst.ElementFactory.make("webrtcbin")
        self.peer.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.peer.set_property("ice-transport-policy", GstWebRTC.WebRTCICETransportPolicy.RELAY)
        self.peer.set_property("turn-server", f"{scheme}://{username}:{credential}@{rest}")
        self.peer.connect("notify::ice-gathering-state", self.on_gathering)
        self.pipeline.add(self.peer)
        self.channel = None
        self.missing = {message(number) for number in range(MESSAGES)}
        self.pipeline.set_state(Gst.State.PLAYING)
        if role == "offer":
            self.channel = self.peer.emit("create-data-channel", "echo", None)
            self.channel.connect("on-open", self.on_open)
            self.channel.connect("on-message-string", self.on_echoed)
            self.peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_made, "offer"))
        else:
            self.peer.connect("on-data-channel", self.on_data_channel)
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, self.on_line)

    def on_made(self, promise, kind):
        reply = promise.get_reply()
        description = reply.get_value(kind)
        self.peer.emit("set-local-description", description, Gst.Promise.new())

    def on_gathering(self, peer, _):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            local = peer.get_property("local-description")
            say({"type": GstWebRTC.WebRTCSDPType.to_string(local.type), "sdp": local.sdp.as_text()})

    def on_line(self, *_):
        line = sys.stdin.readline()
        if not line:
            self.loop.quit()
            return False
        remote = json.loads(line)
        is_offer = remote["type"] == "offer"
        kind = GstWebRTC.WebRTCSDPType.OFFER if is_offer else GstWebRTC.WebRTCSDPType.ANSWER
        _, sdp = GstSdp.SDPMessage.new_from_text(remote["sdp"])
        description = GstWebRTC.WebRTCSessionDescription.new(kind, sdp)
        self.peer.emit("set-remote-description", description, Gst.Promise.new())
        if is_offer:
            self.peer.emit("create-answer", None, Gst.Promise.new_with_change_func(self.on_made, "answer"))
        return True

    def on_data_channel(self, _, channel):
        self.channel = channel
        channel.connect("on-message-string", lambda _, text: channel.emit("send-string", text))

    def on_open(self, channel):
        for number in range(MESSAGES):
            channel.emit("send-string", message(number))

    def on_echoed(self, _, text):
        self.missing.remove(text)
        if not self.missing:
            say({"echoed": MESSAGES})


Gst.init(None)
peer = Peer(*sys.argv[1:])
peer.loop.run()
peer.pipeline.set_state(Gst.State.NULL)
