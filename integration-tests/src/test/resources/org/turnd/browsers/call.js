// One side of a call. The test carries the messages of `outbox` to the other side's `deliver`,
// in order, and reads `report` until it is satisfied.
window.turndCall = (() => {
  const FILE_BYTES = 256 * 1024;
  const CHUNK_BYTES = 16 * 1024;
  let connection;
  let outbox = [];
  const errors = [];
  const sent = { sha256: '' };
  const received = { bytes: 0, sha256: '', announced: '' };

  async function start(configuration, offers) {
    connection = new RTCPeerConnection(configuration);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) outbox.push({ candidate: candidate.toJSON() });
    };
    connection.onicecandidateerror = (e) => errors.push(`${e.errorCode} ${e.errorText} ${e.url}`);
    connection.ontrack = ({ track }) => play(track);
    exchangeFiles(connection.createDataChannel('file', { negotiated: true, id: 0 }));
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    stream.getTracks().forEach((track) => connection.addTrack(track, stream));
    if (offers) await describe();
  }

  async function describe() {
    await connection.setLocalDescription();
    outbox.push({ description: connection.localDescription.toJSON() });
  }

  async function deliver(messages) {
    for (const { description, candidate } of messages) {
      if (candidate) await connection.addIceCandidate(candidate);
      if (description) {
        await connection.setRemoteDescription(description);
        if (description.type === 'offer') await describe();
      }
    }
  }

  function takeOutbox() {
    const taken = outbox;
    outbox = [];
    return taken;
  }

  function play(track) {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
  }

  function exchangeFiles(channel) {
    channel.binaryType = 'arraybuffer';
    const chunks = [];
    channel.onopen = async () => {
      const file = new Uint8Array(FILE_BYTES);
      for (let at = 0; at < FILE_BYTES; at += CHUNK_BYTES) {
        crypto.getRandomValues(file.subarray(at, at + CHUNK_BYTES));
      }
      sent.sha256 = await sha256(file);
      channel.send(sent.sha256);
      for (let at = 0; at < FILE_BYTES; at += CHUNK_BYTES) {
        channel.send(file.subarray(at, at + CHUNK_BYTES));
      }
    };
    channel.onmessage = async ({ data }) => {
      if (typeof data === 'string') {
        received.announced = data;
        return;
      }
      chunks.push(data);
      received.bytes += data.byteLength;
      if (received.bytes === FILE_BYTES) {
        received.sha256 = await sha256(await new Blob(chunks).arrayBuffer());
      }
    };
  }

  async function sha256(bytes) {
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
  }

  async function report() {
    const stats = await connection.getStats();
    const all = [...stats.values()];
    const transport = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId);
    const pair = transport && stats.get(transport.selectedCandidatePairId);
    const local = pair && stats.get(pair.localCandidateId);
    const remote = pair && stats.get(pair.remoteCandidateId);
    const inbound = (kind) => all.find((s) => s.type === 'inbound-rtp' && s.kind === kind) || {};
    return {
      connectionState: connection.connectionState,
      localType: local ? local.candidateType : '',
      remoteType: remote ? remote.candidateType : '',
      relayProtocol: (local && local.relayProtocol) || '',
      framesDecoded: inbound('video').framesDecoded || 0,
      audioPackets: inbound('audio').packetsReceived || 0,
      audioEnergy: inbound('audio').totalAudioEnergy || 0,
      fileSent: sent.sha256,
      fileReceived: received.sha256,
      fileAnnounced: received.announced,
      errors,
    };
  }

  return { start, deliver, takeOutbox, report };
})();
