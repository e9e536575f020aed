// One end of a call with werift: werift_peer.cjs offer|answer URL USERNAME CREDENTIAL.
//
// Descriptions and the result are lines of JSON on standard input and output; the end of the input ends it.

const readline = require("node:readline");
const { RTCPeerConnection } = require("werift");

const MESSAGES = 20;
const message = (number) => String(number).padEnd(1000, ".");
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

const [role, urls, username, credential] = process.argv.slice(2);
const peer = new RTCPeerConnection({
  iceServers: [{ urls, username, credential }],
  iceTransportPolicy: "relay",
});

// Its local description is complete when this has settled: candidates don't trickle here.
async function describe(description) {
  await peer.setLocalDescription(description);
  if (peer.iceGatheringState !== "complete") {
    await new Promise((resolve) =>
      peer.iceGatheringStateChange.subscribe((state) => state === "complete" && resolve()),
    );
  }
  say({ type: peer.localDescription.type, sdp: peer.localDescription.sdp });
}

async function offer() {
  const channel = peer.createDataChannel("echo");
  const missing = new Set();
  channel.onopen = () => {
    for (let number = 0; number < MESSAGES; number++) {
      missing.add(message(number));
      channel.send(message(number));
    }
  };
  channel.onmessage = ({ data }) => {
    missing.delete(data.toString());
    if (missing.size === 0) {
      say({ echoed: MESSAGES });
    }
  };
  await describe(await peer.createOffer());
}

function echo() {
  peer.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
  };
}

async function main() {
  if (role === "offer") {
    await offer();
  } else {
    echo();
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const remote = JSON.parse(line);
    await peer.setRemoteDescription(remote);
    if (remote.type === "offer") {
      await describe(await peer.createAnswer());
    }
  }
  await peer.close();
  process.exit(0);
}

main();
