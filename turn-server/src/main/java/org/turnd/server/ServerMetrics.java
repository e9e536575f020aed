package org.turnd.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.turnd.server.net.ShardCounters;
import org.turnd.server.net.ShardStatus;
import org.turnd.server.net.UdpCounters;
import org.turnd.server.net.WakeUpTimes;
import org.turnd.server.ops.EngineMetrics;
import org.turnd.server.ops.Metrics;

/// Makes everything that a running server counts visible as metrics.
public final class ServerMetrics {
    private final Metrics metrics;
    private final List<ShardStatus> shards;

    private ServerMetrics(Metrics metrics, List<ShardStatus> shards) {
        this.metrics = metrics;
        this.shards = shards;
    }

    /// Registers the counts of all shards of this server.
    public static void register(Metrics metrics, List<ShardStatus> shards) {
        var all = new ServerMetrics(metrics, List.copyOf(shards));
        EngineMetrics.register(metrics, shards.stream().map(ShardStatus::engineCounters).toList());
        all.udp();
        all.streams();
        all.proxies();
        all.dtls();
        all.faults();
        all.wakeUps();
    }

    private void udp() {
        metrics.counter(
                "turnd_udp_datagrams",
                "UDP datagrams of all listeners and relays.",
                "direction",
                Map.of(
                        "received", udp(UdpCounters.Counter.RECEIVED_DATAGRAMS),
                        "sent", udp(UdpCounters.Counter.SENT_DATAGRAMS)));
        metrics.counter(
                "turnd_udp_bytes",
                "UDP payload bytes of all listeners and relays.",
                "direction",
                Map.of(
                        "received", udp(UdpCounters.Counter.RECEIVED_BYTES),
                        "sent", udp(UdpCounters.Counter.SENT_BYTES)));
        metrics.counter(
                "turnd_udp_dropped_datagrams",
                "UDP datagrams that could not be sent, by cause.",
                "cause",
                Map.of(
                        "buffer_full", udp(UdpCounters.Counter.DROPPED_BUFFER_FULL),
                        "unreachable", udp(UdpCounters.Counter.DROPPED_UNREACHABLE),
                        "too_long", udp(UdpCounters.Counter.DROPPED_TOO_LONG)));
        metrics.counter(
                "turnd_udp_receive_errors",
                "Errors while reading from UDP sockets.",
                udp(UdpCounters.Counter.RECEIVE_ERRORS));
        metrics.counter(
                "turnd_udp_icmp_errors",
                "ICMP errors about datagrams that relays sent to peers, by cause. The native data"
                        + " plane hears of them.",
                "cause",
                Map.of(
                        "unreachable", udp(UdpCounters.Counter.ICMP_UNREACHABLE),
                        "too_big", udp(UdpCounters.Counter.ICMP_TOO_BIG),
                        "time_exceeded", udp(UdpCounters.Counter.ICMP_TIME_EXCEEDED),
                        "other", udp(UdpCounters.Counter.ICMP_OTHER)));
    }

    private void streams() {
        metrics.gauge(
                "turnd_connections",
                "Open TCP and TLS connections.",
                () -> sum(ShardStatus::streamConnections));
        metrics.counter(
                "turnd_connections_opened",
                "TCP and TLS connections accepted.",
                shard(ShardCounters.Counter.STREAMS_OPENED));
        metrics.counter(
                "turnd_connections_closed_early",
                "TCP and TLS connections that the server closed, by cause.",
                "cause",
                Map.of(
                        "limit", shard(ShardCounters.Counter.STREAMS_REFUSED),
                        "address_limit", shard(ShardCounters.Counter.STREAMS_REFUSED_BY_ADDRESS),
                        "not_stun", shard(ShardCounters.Counter.STREAMS_NOT_STUN),
                        "not_proxied", shard(ShardCounters.Counter.STREAMS_NOT_PROXIED),
                        "timeout", shard(ShardCounters.Counter.STREAMS_TIMED_OUT)));
        metrics.counter(
                "turnd_accept_failures",
                "Attempts to accept a connection that failed, for lack of file descriptors most"
                        + " likely. Each is followed by a second's rest.",
                shard(ShardCounters.Counter.ACCEPTS_FAILED));
        metrics.counter(
                "turnd_relay_socket_failures",
                "Relay sockets that the system didn't open: no file descriptors, or a port that"
                        + " another process has.",
                shard(ShardCounters.Counter.RELAYS_NOT_OPENED));
        metrics.counter(
                "turnd_tls_handshakes",
                "TLS handshakes that ended, by result: refused are those of clients beyond"
                        + " limits.tls-handshakes.",
                "result",
                Map.of(
                        "ok", shard(ShardCounters.Counter.TLS_HANDSHAKES),
                        "failed", shard(ShardCounters.Counter.TLS_HANDSHAKES_FAILED),
                        "refused", shard(ShardCounters.Counter.TLS_HANDSHAKES_REFUSED)));
        metrics.counter(
                "turnd_stream_frames",
                "STUN and ChannelData messages over TCP and TLS.",
                "direction",
                Map.of(
                        "received", shard(ShardCounters.Counter.STREAM_RECEIVED_FRAMES),
                        "sent", shard(ShardCounters.Counter.STREAM_SENT_FRAMES)));
        metrics.counter(
                "turnd_stream_bytes",
                "Bytes of those messages.",
                "direction",
                Map.of(
                        "received", shard(ShardCounters.Counter.STREAM_RECEIVED_BYTES),
                        "sent", shard(ShardCounters.Counter.STREAM_SENT_BYTES)));
    }

    private void proxies() {
        metrics.counter(
                "turnd_proxied_datagrams_dropped",
                "Datagrams dropped at UDP listeners for proxies: from somebody who isn't trusted,"
                        + " without a good PROXY header, or for a client whose proxy isn't known.",
                "cause",
                Map.of(
                        "untrusted", shard(ShardCounters.Counter.DATAGRAMS_NOT_TRUSTED),
                        "header", shard(ShardCounters.Counter.DATAGRAMS_NOT_PROXIED),
                        "no_proxy", shard(ShardCounters.Counter.DATAGRAMS_WITHOUT_PROXY)));
    }

    private void dtls() {
        LongSupplier ended = shard(ShardCounters.Counter.DTLS_SESSIONS_ENDED);
        LongSupplier begun = shard(ShardCounters.Counter.DTLS_HANDSHAKES);
        metrics.gauge(
                "turnd_dtls_sessions",
                "Open DTLS sessions.",
                () -> {
                    // Ended first, so that one that ends in between doesn't make the difference
                    // negative.
                    long over = ended.getAsLong();
                    return begun.getAsLong() - over;
                });
        metrics.counter(
                "turnd_dtls_handshakes",
                "DTLS handshakes that ended, by result: refused are those of clients beyond"
                        + " limits.dtls-handshakes or limits.connections, address_limit those beyond"
                        + " limits.connections-per-address.",
                "result",
                Map.of(
                        "ok", begun,
                        "address_limit", shard(ShardCounters.Counter.DTLS_REFUSED_BY_ADDRESS),
                        "failed", shard(ShardCounters.Counter.DTLS_HANDSHAKES_FAILED),
                        "refused", shard(ShardCounters.Counter.DTLS_HANDSHAKES_REFUSED)));
        metrics.counter(
                "turnd_dtls_cookies",
                "Cookies sent to DTLS clients that have yet to show that they are where they say.",
                shard(ShardCounters.Counter.DTLS_COOKIES_SENT));
        metrics.counter(
                "turnd_dtls_timeouts",
                "DTLS sessions that the server ended because they were silent.",
                shard(ShardCounters.Counter.DTLS_TIMED_OUT));
        metrics.counter(
                "turnd_dtls_ignored_datagrams",
                "Datagrams at DTLS listeners that were of no session or held no data.",
                shard(ShardCounters.Counter.DTLS_IGNORED_DATAGRAMS));
        metrics.counter(
                "turnd_dtls_too_long",
                "Messages for DTLS clients that don't fit into a record.",
                shard(ShardCounters.Counter.DTLS_TOO_LONG));
    }

    private void faults() {
        Map<String, LongSupplier> dropped = new LinkedHashMap<>();
        dropped.put("data", shard(ShardCounters.Counter.STREAM_DROPPED_DATA));
        dropped.put("answer", shard(ShardCounters.Counter.STREAM_DROPPED_ANSWERS));
        dropped.put("reserved_channel", shard(ShardCounters.Counter.STREAM_SKIPPED_FRAMES));
        metrics.counter(
                "turnd_stream_dropped_frames",
                "Messages dropped on TCP and TLS: for a client that doesn't read, or of a reserved"
                        + " channel number.",
                "kind",
                dropped);
        metrics.counter(
                "turnd_hand_overs_dropped",
                "Packets between two shards that were dropped because the other was too busy.",
                shard(ShardCounters.Counter.HAND_OVERS_DROPPED));
        metrics.counter(
                "turnd_hop_limits_exceeded",
                "Packets dropped because their TTL or hop limit was used up: a loop, most likely."
                        + " The native data plane counts them.",
                shard(ShardCounters.Counter.HOP_LIMITS_EXCEEDED));
        metrics.counter(
                "turnd_engine_faults",
                "Inputs on which the server failed: a bug, with a line in the log.",
                shard(ShardCounters.Counter.ENGINE_FAULTS));
    }

    private void wakeUps() {
        metrics.histogram(
                "turnd_loop_wake_up_seconds",
                "How long the wake-ups of the event loops took. Whoever came meanwhile has waited"
                        + " that long.",
                () -> {
                    SortedMap<Double, Long> counts = new TreeMap<>();
                    for (int i = 0; i < WakeUpTimes.BUCKETS; i++) {
                        int bucket = i;
                        counts.put(
                                WakeUpTimes.upperSeconds(bucket),
                                sum(shard -> shard.counters().wakeUps().count(bucket)));
                    }
                    long nanos = sum(shard -> shard.counters().wakeUps().sumNanos());
                    return new Metrics.Distribution(counts, nanos / 1e9);
                });
    }

    private LongSupplier udp(UdpCounters.Counter counter) {
        return () -> sum(shard -> shard.udpCounters().get(counter));
    }

    private LongSupplier shard(ShardCounters.Counter counter) {
        return () -> sum(shard -> shard.counters().get(counter));
    }

    private long sum(ToLongFunction<ShardStatus> value) {
        return shards.stream().mapToLong(value).sum();
    }
}
