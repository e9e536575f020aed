package org.turnd.server.config;

import static org.turnd.server.config.ValueTypes.AUTO;
import static org.turnd.server.config.ValueTypes.NONE;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.turnd.server.config.ServerSettings.ChannelNumbers;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.LogFormat;
import org.turnd.server.config.ServerSettings.LogLevel;
import org.turnd.server.config.ServerSettings.RelayTransports;
import org.turnd.server.config.ServerSettings.Secret;
import org.turnd.server.config.ServerSettings.Switch;
import org.turnd.server.config.ServerSettings.TlsProvider;
import org.turnd.stun.TransportAddress;

/// Every key of the configuration, once.
final class Schema {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int PORT_MIN = 1024;
    private static final int PORT_MAX = 65535;

    static final Setting<String> REALM =
            Setting.of(
                    "realm",
                    ValueTypes.realm(),
                    "turnd",
                    "The realm of the credentials. Users' passwords belong to it: changing it"
                            + " changes their keys. Time-limited credentials don't mind.");
    static final Setting<Optional<String>> SOFTWARE =
            Setting.of(
                            "software",
                            ValueTypes.orWord(NONE, ValueTypes.software()),
                            NONE,
                            "The text of the SOFTWARE attribute. None, so that nobody can look for"
                                    + " servers of a certain version.")
                    .live();

    static final Setting<ListenAddress> UDP =
            Setting.list(
                    "listeners.udp",
                    ListenAddress.type(),
                    "0.0.0.0:3478, [::]:3478",
                    "Where clients reach the server over UDP. `0.0.0.0` and `[::]` mean every"
                            + " address of their family that the machine has at start, and never one"
                            + " of the other; `*:3478` means both. `eth0:3478` means all addresses of"
                            + " an interface but link-local ones, `turn.example.org:3478` those"
                            + " addresses of a host that are this machine's, both looked up at start;"
                            + " an interface wins over a host. `[::]` is left out of the default on a"
                            + " machine without IPv6. Port 0 picks a free one.");
    static final Setting<ListenAddress> TCP =
            Setting.list(
                    "listeners.tcp",
                    ListenAddress.type(),
                    "0.0.0.0:3478, [::]:3478",
                    "Where clients reach the server over TCP, written as `listeners.udp`. With a"
                            + " certificate these take TLS as well, told apart by the first byte: one"
                            + " port 443 serves both.");
    static final Setting<ListenAddress> TLS =
            Setting.list(
                    "listeners.tls",
                    ListenAddress.type(),
                    null,
                    "Where clients reach the server over TLS and nothing else. With"
                            + " `tls.certificate` the default is port 5349 on every address,"
                            + " otherwise there is none.");
    static final Setting<ListenAddress> DTLS =
            Setting.list(
                    "listeners.dtls",
                    ListenAddress.type(),
                    null,
                    "Where clients reach the server over DTLS 1.2. An address that also stands in"
                            + " `listeners.udp` takes both. With `tls.certificate` the default is"
                            + " port 5349 on every address, otherwise there is none.");

    static final Setting<RelayAddress> RELAY_IPV4 =
            Setting.of(
                    "relay.ipv4",
                    RelayAddress.type(true),
                    AUTO,
                    "The local address of IPv4 relays: an address, or that of an interface or a host"
                            + " name, looked up at start. `auto` takes the address of the interface"
                            + " with the default route; `none` offers no IPv4 relays.");
    static final Setting<RelayAddress> RELAY_IPV6 =
            Setting.of(
                    "relay.ipv6",
                    RelayAddress.type(false),
                    AUTO,
                    "The local address of IPv6 relays, as `relay.ipv4`.");
    static final Setting<Integer> MIN_PORT =
            Setting.of(
                    "relay.min-port",
                    ValueTypes.integer(PORT_MIN, PORT_MAX),
                    "49152",
                    "The first port of relays. Peers send to these ports over UDP: open them in"
                            + " the firewall.");
    static final Setting<Integer> MAX_PORT =
            Setting.of(
                    "relay.max-port",
                    ValueTypes.integer(PORT_MIN, PORT_MAX),
                    "65535",
                    "The last port of relays. Each allocation takes one port of its family.");
    static final Setting<Duration> QUARANTINE =
            Setting.of(
                    "relay.quarantine",
                    ValueTypes.duration(Duration.ZERO, Duration.ofMinutes(10)),
                    "30s",
                    "How long a port rests after use, so that late packets of the old peers don't"
                            + " reach the next client.");

    static final Setting<RelayTransports> RELAY_TRANSPORTS =
            Setting.of(
                    "relay.transports",
                    ValueTypes.choice(RelayTransports.class),
                    "udp",
                    "Which transports relays may have. `tcp` and `both` let clients that are"
                            + " connected over TCP or TLS open TCP connections to peers, and take"
                            + " them from peers (RFC 6062). No browser needs that, and it lets"
                            + " users reach TCP services of every address that `peers` permits:"
                            + " so it is off.");

    static final Setting<CidrBlock> ALLOW =
            Setting.list(
                            "peers.allow",
                            ValueTypes.addressBlock(),
                            null,
                            "Peers that may be reached although they are denied by `peers.deny` or by"
                                    + " default. Denied by default are loopback, private, link-local, shared,"
                                    + " multicast, documentation and reserved ranges, cloud metadata services,"
                                    + " and all addresses of this machine. An IPv4 block doesn't allow the"
                                    + " IPv6 forms of its addresses.")
                    .live();
    static final Setting<CidrBlock> DENY =
            Setting.list(
                            "peers.deny",
                            ValueTypes.addressBlock(),
                            null,
                            "Peers that may not be reached, besides those denied by default.")
                    .live();

    static final Setting<Integer> ALLOCATIONS =
            Setting.of(
                            "limits.allocations",
                            ValueTypes.integer(1, 1_000_000),
                            "20000",
                            "Allocations at most at a time. One call needs one or two.")
                    .live();
    static final Setting<Integer> ALLOCATIONS_PER_USER =
            Setting.of(
                            "limits.allocations-per-user",
                            ValueTypes.integer(1, 1_000_000),
                            "1000",
                            "Allocations at most at a time of one user name. Lower it when every user has"
                                    + " a name of its own.")
                    .live();
    static final Setting<Integer> PERMISSIONS =
            Setting.of(
                            "limits.permissions-per-allocation",
                            ValueTypes.integer(1, 10_000),
                            "256",
                            "Peer addresses at most that an allocation lets through.")
                    .live();
    static final Setting<Integer> CHANNELS =
            Setting.of(
                            "limits.channels-per-allocation",
                            ValueTypes.integer(1, 4096),
                            "256",
                            "Channels at most of an allocation.")
                    .live();
    static final Setting<Integer> TCP_CONNECTIONS =
            Setting.of(
                            "limits.tcp-connections-per-allocation",
                            ValueTypes.integer(1, 10_000),
                            String.valueOf(ServerSettings.Relay.TCP_CONNECTIONS_DEFAULT),
                            "Connections to peers at most of a TCP allocation, with those that no client"
                                    + " has come for yet.")
                    .live();
    static final Setting<Duration> DEFAULT_LIFETIME =
            Setting.of(
                            "limits.default-lifetime",
                            ValueTypes.duration(MINUTE, HOUR),
                            "10m",
                            "How long an allocation lives when the client doesn't ask for more. Clients"
                                    + " refresh it.")
                    .live();
    static final Setting<Duration> MAX_LIFETIME =
            Setting.of(
                            "limits.max-lifetime",
                            ValueTypes.duration(MINUTE, HOUR),
                            "1h",
                            "The longest lifetime a client gets.")
                    .live();
    static final Setting<Integer> CONNECTIONS =
            Setting.of(
                    "limits.connections",
                    ValueTypes.integer(1, 1_000_000),
                    "20000",
                    "TCP and TLS connections at most at a time, and as many DTLS sessions.");
    static final Setting<Integer> DTLS_HANDSHAKES =
            Setting.of(
                    "limits.dtls-handshakes",
                    ValueTypes.integer(1, 100_000),
                    "500",
                    "Unfinished DTLS handshakes at most at a time. Clients beyond it get no answer"
                            + " and ask again.");
    static final Setting<Duration> HANDSHAKE_TIMEOUT =
            Setting.of(
                    "limits.handshake-timeout",
                    ValueTypes.duration(SECOND, MINUTE),
                    "10s",
                    "How long a TLS or DTLS handshake may take.");
    static final Setting<Duration> IDLE_STREAM_TIMEOUT =
            Setting.of(
                    "limits.idle-stream-timeout",
                    ValueTypes.duration(SECOND, HOUR),
                    "1m",
                    "How long a TCP, TLS or DTLS connection without an allocation may be silent.");
    static final Setting<Integer> STREAM_QUEUE =
            Setting.of(
                    "limits.stream-queue",
                    ValueTypes.size(16 << 10, 64 << 20),
                    "256KiB",
                    "Bytes at most that wait for a TCP or TLS client which doesn't read. What"
                            + " doesn't fit is dropped, as UDP would.");
    static final Setting<Integer> LISTENER_BUFFER =
            Setting.of(
                    "limits.listener-buffer",
                    ValueTypes.size(64 << 10, 256 << 20),
                    "4MiB",
                    "Bytes at most that the kernel queues, each way, for one UDP listener of one"
                            + " shard. More than `net.core.rmem_max` and `net.core.wmem_max` there"
                            + " isn't.");
    static final Setting<Integer> RELAY_BUFFER =
            Setting.of(
                    "limits.relay-buffer",
                    ValueTypes.size(4 << 10, 64 << 20),
                    "256KiB",
                    "As `limits.listener-buffer`, for one relay: memory that the kernel takes only"
                            + " while packets wait.");
    static final Setting<ChannelNumbers> CHANNEL_NUMBERS =
            Setting.of(
                    "limits.channel-numbers",
                    ValueTypes.choice(ChannelNumbers.class),
                    "rfc8656",
                    "Which channel numbers clients may bind: 0x4000 to 0x4FFF, or with rfc5766 up to"
                            + " 0x7FFF, which old clients need. RFC 8656 leaves that range to other"
                            + " protocols on the same port.");

    static final Setting<Path> CERTIFICATE =
            Setting.unset(
                            "tls.certificate",
                            ValueTypes.path(),
                            "The certificate chain, PEM, the server's own first. A relative path begins"
                                    + " at the directory of the configuration file.")
                    .live();
    static final Setting<Path> KEY =
            Setting.unset("tls.key", ValueTypes.path(), "The private key of the certificate, PEM.")
                    .live();
    static final Setting<Secret> KEY_PASSWORD =
            Setting.unset(
                            "tls.key-password",
                            ValueTypes.anySecret(),
                            "The password of an encrypted private key.")
                    .secret()
                    .live();
    static final Setting<TlsProvider> TLS_PROVIDER =
            Setting.of(
                    "tls.provider",
                    ValueTypes.choice(TlsProvider.class),
                    AUTO,
                    "The implementation of TLS. `boringssl` comes with the server for Linux on"
                            + " x86-64 and ARM64, takes RSA and EC keys, and costs much less CPU;"
                            + " where it doesn't work the server doesn't start. `jdk` runs"
                            + " everywhere. `auto` takes `boringssl` where it works.");

    static final Setting<Optional<TransportAddress>> HTTP =
            Setting.of(
                    "http.address",
                    ValueTypes.orWord(NONE, ValueTypes.socketAddress()),
                    "127.0.0.1:9641",
                    "Where metrics (`/metrics`) and health (`/livez`, `/readyz`) are served. It"
                            + " has no password: keep it on loopback or a network of yours.");

    static final Setting<LogFormat> LOG_FORMAT =
            Setting.of(
                    "log.format",
                    ValueTypes.choice(LogFormat.class),
                    AUTO,
                    "How log lines look. `auto` is text on a terminal and JSON elsewhere.");
    static final Setting<LogLevel> LOG_LEVEL =
            Setting.of(
                            "log.level",
                            ValueTypes.choice(LogLevel.class),
                            "info",
                            "The least important log lines that are written.")
                    .live();

    static final Setting<Switch> AUDIT =
            Setting.of(
                            "log.audit",
                            ValueTypes.choice(Switch.class),
                            "off",
                            "Whether the log tells of each allocation which client and user made it, its"
                                    + " relayed address and the peers it lets in, beside the bytes that it"
                                    + " relayed: who talked to whom. Switch it on where you must be able to"
                                    + " answer complaints, and mind the law.")
                    .live();

    static final Setting<Optional<Integer>> SHARDS =
            Setting.of(
                    "shards",
                    ValueTypes.orWord(AUTO, ValueTypes.integer(1, 256)),
                    AUTO,
                    "Event loops. `auto` is one a core.");
    static final Setting<DataPlane> DATA_PLANE =
            Setting.of(
                    "data-plane",
                    ValueTypes.choice(DataPlane.class),
                    AUTO,
                    "What carries UDP. `portable` runs everywhere. `native` uses Linux's own"
                            + " system calls, in batches; where they don't work the server"
                            + " doesn't start. `auto` takes `native` where it works.");
    static final Setting<Duration> COALESCING =
            Setting.of(
                    "coalescing",
                    ValueTypes.duration(Duration.ZERO, Duration.ofMillis(5)),
                    "150us",
                    "How long a shard lets packets gather when its wake-ups come faster than this and"
                            + " find few: saves processor time at medium loads, and delays a packet by"
                            + " half as much on average. 0 takes each at once. The native data plane"
                            + " only.");
    static final Setting<Switch> MOBILITY =
            Setting.of(
                            "mobility",
                            ValueTypes.choice(Switch.class),
                            "off",
                            "Whether clients that ask for it keep their allocation when their address changes"
                                    + " (RFC 8016). While it is off they are told so, with error 405.")
                    .live();
    static final Setting<Duration> MOBILITY_WINDOW =
            Setting.of(
                            "mobility-window",
                            ValueTypes.duration(Duration.ZERO, Duration.ofMinutes(10)),
                            "30s",
                            "How long an allocation with `mobility` outlives its TCP or TLS connection. It"
                                    + " counts as one of the user's meanwhile.")
                    .live();
    static final Setting<Duration> DRAIN_TIMEOUT =
            Setting.of(
                            "drain-timeout",
                            ValueTypes.duration(Duration.ZERO, Duration.ofHours(24)),
                            "1m",
                            "How long the server waits on SIGTERM for the last allocation to end.")
                    .live();

    private static final List<Setting<?>> USUAL =
            List.of(
                    REALM,
                    SOFTWARE,
                    UDP,
                    TCP,
                    TLS,
                    DTLS,
                    RELAY_IPV4,
                    RELAY_IPV6,
                    ExternalSchema.IPV4,
                    ExternalSchema.IPV6,
                    ExternalSchema.REFRESH,
                    MIN_PORT,
                    MAX_PORT,
                    QUARANTINE,
                    RELAY_TRANSPORTS,
                    AuthSchema.SECRET,
                    AuthSchema.USERS,
                    AuthSchema.SEPARATOR,
                    AuthSchema.NONCE_LIFETIME,
                    AuthSchema.PASSWORD_ALGORITHMS,
                    AuthSchema.USER_ANONYMITY,
                    AuthSchema.FEATURE_BITS,
                    AuthSchema.EXPIRED_CREDENTIALS,
                    AuthSchema.QUOTA_BY,
                    RedirectSchema.TO,
                    RedirectSchema.WHEN,
                    RedirectSchema.DOMAIN,
                    RedirectSchema.BEFORE_AUTHENTICATION,
                    RedirectSchema.ANYCAST_ADDRESSES,
                    RedirectSchema.ANYCAST_TO,
                    OAuthSchema.SERVER_NAME,
                    OAuthSchema.KEYS,
                    OAuthSchema.TRUNCATED_MAC_KEYS,
                    ALLOW,
                    DENY,
                    ALLOCATIONS,
                    ALLOCATIONS_PER_USER,
                    LimitsSchema.ALLOCATIONS_PER_ADDRESS,
                    LimitsSchema.BANDWIDTH,
                    LimitsSchema.BANDWIDTH_PER_USER,
                    LimitsSchema.BANDWIDTH_PER_ALLOCATION,
                    LimitsSchema.STRANGER_ANSWERS,
                    LimitsSchema.REFLECTION_FACTOR,
                    LimitsSchema.FAILED_LOGINS,
                    PERMISSIONS,
                    CHANNELS,
                    TCP_CONNECTIONS,
                    DEFAULT_LIFETIME,
                    MAX_LIFETIME,
                    CONNECTIONS,
                    LimitsSchema.CONNECTIONS_PER_ADDRESS,
                    LimitsSchema.TLS_HANDSHAKES,
                    DTLS_HANDSHAKES,
                    HANDSHAKE_TIMEOUT,
                    IDLE_STREAM_TIMEOUT,
                    STREAM_QUEUE,
                    LISTENER_BUFFER,
                    RELAY_BUFFER,
                    CHANNEL_NUMBERS,
                    CERTIFICATE,
                    KEY,
                    KEY_PASSWORD,
                    TLS_PROVIDER,
                    HTTP,
                    LOG_FORMAT,
                    LOG_LEVEL,
                    AUDIT,
                    SHARDS,
                    DATA_PLANE,
                    COALESCING,
                    MOBILITY,
                    MOBILITY_WINDOW,
                    DRAIN_TIMEOUT,
                    ReloadSchema.WATCH);

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            Stream.<List<Setting<?>>>of(
                            USUAL,
                            StoresSchema.ALL,
                            JdbcSchema.ALL,
                            EventSchema.ALL,
                            TracingSchema.ALL,
                            EntranceSchema.ALL,
                            AdminSchema.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Schema() {}
}
