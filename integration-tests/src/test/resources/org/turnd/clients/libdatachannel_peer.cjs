// One end of a call with libdatachannel, whose ICE is libjuice:
// libdatachannel_peer.cjs offer|answer URL USERNAME CREDENTIAL.
//
// Descriptions and the result are lines of JSON on standard input and output; the end of the input ends it.

const readline = require("node:readline");
const { PeerConnection, cleanup } = require("node-datachannel");

const MESSAGES = 20;
const message = (number) => String(number).padEnd(1000, ".");
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

const [role, url, username, credential] = process.argv.slice(2);
const [, hostname, port] = /^turn:(.*?):(\d+)/.exec(url);
const peer = new PeerConnection(role, {
  iceServers: [{ hostname, port: Number(port), username, password: credential, relayType: "TurnUdp" }],
  iceTransportPolicy: "relay",
});

peer.onGatheringStateChange((state) => {
  if (state === "complete") {
    say(peer.localDescription());
  }
});

let channel; // kept: it ends when it is collected
if (role === "offer") {
  const missing = new Set();
  channel = peer.createDataChannel("echo");
  channel.onOpen(() => {
    for (let number = 0; number < MESSAGES; number++) {
      missing.add(message(number));
      channel.sendMessage(message(number));
    }
  });
  channel.onMessage((text) => {
    missing.delete(text);
    if (missing.size === 0) {
      say({ echoed: MESSAGES });
    }
  });
} else {
  peer.onDataChannel((opened) => {
    channel = opened;
    channel.onMessage((text) => channel.sendMessage(text));
  });
}

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const remote = JSON.parse(line);
  peer.setRemoteDescription(remote.sdp, remote.type);
});
lines.on("close", () => {
  peer.close();
  cleanup();
});
