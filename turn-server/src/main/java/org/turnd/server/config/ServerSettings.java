package org.turnd.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.RestCredentials;
import org.turnd.stun.TransportAddress;

/// Everything a server is told at its start: immutable, complete and already checked.
///
/// @param realm the REALM of the long-term credential mechanism
/// @param software text of the SOFTWARE attribute, null to send none
/// @param listeners where clients connect; at least one
/// @param trustedProxies IP addresses or CIDR blocks of proxies that are believed about clients
/// @param stun what Binding does beyond RFC 8489
/// @param relay where relayed transport addresses come from
/// @param auth who may allocate
/// @param redirect where clients are sent instead of being served
/// @param peers which peers may be reached
/// @param limits how much anybody may use
/// @param tls certificate for TLS listeners, null when there is none
/// @param http metrics and health, null when switched off
/// @param log what is logged and how
/// @param shards event loops; 0 means one a core
/// @param dataPlane what carries UDP
/// @param coalescing how long a shard that wakes up often lets packets gather; 0 never
/// @param mobility whether clients may keep an allocation when their address changes
/// @param drainTimeout how long SIGTERM waits for the last allocation
/// @param admin the admin API, null when there is none
/// @param realms realms beside the default one, in an order that decides nothing
public record ServerSettings(
        String realm,
        @Nullable String software,
        List<Listener> listeners,
        List<String> trustedProxies,
        Stun stun,
        Relay relay,
        Auth auth,
        RedirectSettings redirect,
        Peers peers,
        Limits limits,
        @Nullable Tls tls,
        @Nullable Http http,
        Log log,
        int shards,
        DataPlane dataPlane,
        Duration coalescing,
        Mobility mobility,
        Duration drainTimeout,
        @Nullable AdminSettings admin,
        List<RealmSettings> realms) {

    public ServerSettings {
        listeners = List.copyOf(listeners);
        trustedProxies = List.copyOf(trustedProxies);
        realms = List.copyOf(realms);
    }

    /// How a listener talks. A TCP listener also takes TLS on the same port when a certificate is
    /// configured, told apart by the first byte; a TLS listener takes nothing but TLS. A UDP and a
    /// DTLS listener with the same address share its socket, told apart by the first byte of each
    /// datagram.
    public enum Protocol {
        UDP,
        TCP,
        TLS,
        DTLS;

        /// Says whether it runs over UDP.
        public boolean isDatagram() {
            return this == UDP || this == DTLS;
        }
    }

    /// What carries UDP.
    public enum DataPlane {
        /// Native where it works, portable elsewhere.
        AUTO,
        /// Linux's own system calls; without them the server doesn't start.
        NATIVE,
        /// Any operating system.
        PORTABLE
    }

    /// One listening address.
    ///
    /// @param address IP address and port; a wildcard (`0.0.0.0`, `::`) means every address of this
    ///   family that the machine has at start; port 0 picks a free one
    /// @param proxied every connection and datagram begins with a PROXY protocol header
    public record Listener(Protocol protocol, TransportAddress address, boolean proxied) {
        /// A listener that clients reach themselves.
        public Listener(Protocol protocol, TransportAddress address) {
            this(protocol, address, false);
        }

        /// Returns the same listener at another address.
        public Listener at(TransportAddress other) {
            return new Listener(protocol, other, proxied);
        }
    }

    /// A thing that an operator switches on or off.
    public enum Switch {
        OFF,
        ON
    }

    /// Binding beyond RFC 8489.
    ///
    /// @param classic requests of RFC 3489, without the magic cookie, are answered over UDP
    /// @param discovery NAT behaviour discovery (RFC 5780), null when it is off
    public record Stun(Switch classic, @Nullable BehaviorDiscovery discovery) {
        /// RFC 8489 and no more.
        public static final Stun PLAIN = new Stun(Switch.OFF, null);
    }

    /// NAT behaviour discovery over UDP, at two addresses of one family, or two of each, and at the
    /// same two ports of each.
    ///
    /// @param addresses local addresses, port 0; two that follow each other belong together
    /// @param externalAddresses what clients see instead of them, in the same order
    /// @param firstPort, secondPort the ports
    /// @param requestsPerSecond answers a second that one source gets from or to somewhere else, or
    ///   padded, on each shard
    public record BehaviorDiscovery(
            List<TransportAddress> addresses,
            List<TransportAddress> externalAddresses,
            int firstPort,
            int secondPort,
            int requestsPerSecond) {
        public BehaviorDiscovery {
            addresses = List.copyOf(addresses);
            externalAddresses = List.copyOf(externalAddresses);
        }

        /// Returns the UDP listeners that discovery needs.
        public List<Listener> listeners() {
            return addresses.stream()
                    .flatMap(one -> Stream.of(one.withPort(firstPort), one.withPort(secondPort)))
                    .map(one -> new Listener(Protocol.UDP, one))
                    .toList();
        }
    }

    /// Relayed transport addresses.
    ///
    /// @param ipv4 local address of IPv4 relays, port 0; null offers none
    /// @param ipv6 local address of IPv6 relays, port 0; null offers none
    /// @param external what clients and peers see instead, behind a 1:1 NAT
    /// @param minPort, maxPort the port range, both included, 1024 to 65535
    /// @param quarantine how long a port rests before it is used again
    /// @param transports which transports relays may have
    /// @param tcpConnectionsPerAllocation connections to peers at most of one TCP relay
    public record Relay(
            @Nullable TransportAddress ipv4,
            @Nullable TransportAddress ipv6,
            ExternalAddresses external,
            int minPort,
            int maxPort,
            Duration quarantine,
            RelayTransports transports,
            int tcpConnectionsPerAllocation) {
        /// Enough for a client of many peers, and few enough that one can't take all ports of a
        /// server.
        public static final int TCP_CONNECTIONS_DEFAULT = 64;

        /// Relays of UDP alone.
        public Relay(
                @Nullable TransportAddress ipv4,
                @Nullable TransportAddress ipv6,
                @Nullable TransportAddress externalIpv4,
                @Nullable TransportAddress externalIpv6,
                int minPort,
                int maxPort,
                Duration quarantine) {
            this(
                    ipv4,
                    ipv6,
                    ExternalAddresses.fixed(externalIpv4, externalIpv6),
                    minPort,
                    maxPort,
                    quarantine,
                    RelayTransports.UDP,
                    TCP_CONNECTIONS_DEFAULT);
        }
    }

    /// Which transports relays may have.
    public enum RelayTransports {
        /// RFC 8656: what WebRTC needs.
        UDP,
        /// RFC 6062.
        TCP,
        BOTH
    }

    /// Credentials.
    ///
    /// @param secrets shared secrets of time-limited credentials; any of them validates
    /// @param users long-term users
    /// @param separator what parts expiry and user id in the name of a time-limited credential
    /// @param nonceLifetime how long a NONCE is accepted
    /// @param passwordAlgorithms how keys may be made, the preferred one first; MD5 alone offers no
    ///   choice
    /// @param userAnonymity clients may hash their names
    /// @param featureBits where the bits that announce all this stand
    /// @param expiredCredentials what becomes of allocations whose credential has expired
    /// @param quotaBy whose allocations are counted together
    /// @param oauth third-party authorization, null when it isn't offered
    /// @param stores users that are kept elsewhere
    public record Auth(
            List<Secret> secrets,
            List<User> users,
            char separator,
            Duration nonceLifetime,
            List<KeyAlgorithm> passwordAlgorithms,
            Switch userAnonymity,
            FeatureBits featureBits,
            ExpiredCredentials expiredCredentials,
            QuotaBy quotaBy,
            @Nullable OAuthSettings oauth,
            StoresSettings stores) {
        /// The separator that every issuer of time-limited credentials knows.
        public static final char USUAL_SEPARATOR = ':';

        /// SHA-256 where the client knows it, MD5 elsewhere.
        public static final List<KeyAlgorithm> USUAL_ALGORITHMS =
                List.of(KeyAlgorithm.SHA_256, KeyAlgorithm.MD5);

        public Auth {
            secrets = List.copyOf(secrets);
            users = List.copyOf(users);
            passwordAlgorithms = List.copyOf(passwordAlgorithms);
        }

        /// Returns what a user's allocations are counted under.
        public String quotaName(String username) {
            return quotaBy == QuotaBy.ID ? RestCredentials.userId(username, separator) : username;
        }

        /// Credentials with what is usual.
        public Auth(List<Secret> secrets, List<User> users, Duration nonceLifetime) {
            this(
                    secrets,
                    users,
                    USUAL_SEPARATOR,
                    nonceLifetime,
                    USUAL_ALGORITHMS,
                    Switch.OFF,
                    FeatureBits.ERRATUM_6290,
                    ExpiredCredentials.KEEP,
                    QuotaBy.USERNAME,
                    null,
                    StoresSettings.NONE);
        }

        /// The same with users that are kept elsewhere.
        public Auth with(StoresSettings elsewhere) {
            return new Auth(
                    secrets,
                    users,
                    separator,
                    nonceLifetime,
                    passwordAlgorithms,
                    userAnonymity,
                    featureBits,
                    expiredCredentials,
                    quotaBy,
                    oauth,
                    elsewhere);
        }
    }

    /// Whose allocations `limits.allocations-per-user` counts together (E-05).
    public enum QuotaBy {
        /// Those of one user name; each time-limited name counts by itself.
        USERNAME,
        /// Those of one user id, whatever the expiry before it.
        ID
    }

    /// Where the security feature bits stand in the nonce cookie (RFC 8489 §9.2): the RFC's text
    /// and its erratum disagree.
    public enum FeatureBits {
        /// Bit 0 is the rightmost, as in the RFC's own test vector.
        ERRATUM_6290(NonceCookie.BitOrder.BIT_0_RIGHTMOST),
        /// Bit 0 is the leftmost, as in the RFC's text.
        AS_PRINTED(NonceCookie.BitOrder.BIT_0_LEFTMOST),
        /// Each bit at both ends.
        BOTH(NonceCookie.BitOrder.BOTH_ENDS);

        private final NonceCookie.BitOrder order;

        FeatureBits(NonceCookie.BitOrder order) {
            this.order = order;
        }

        /// Returns the order of the bits.
        public NonceCookie.BitOrder order() {
            return order;
        }
    }

    /// What becomes of an allocation when the time-limited credential it was made with expires.
    public enum ExpiredCredentials {
        /// It may be refreshed as ever.
        KEEP,
        /// It ends with the credential.
        CUT
    }

    /// A text that is never shown.
    public record Secret(String value) {
        @Override
        public String toString() {
            return "<secret>";
        }
    }

    /// A long-term user, known by keys. The password isn't kept (D-30).
    ///
    /// @param name the USERNAME, in its OpaqueString form
    /// @param md5Keys any of them validates. More than one where a password has several forms, see
    ///   [#of]
    /// @param sha256Key null where it isn't known; then the user can't be offered SHA-256
    public record User(String name, List<IntegrityKey> md5Keys, @Nullable IntegrityKey sha256Key) {
        public User {
            md5Keys = List.copyOf(md5Keys);
        }

        /// Returns the keys that were made with an algorithm.
        public List<IntegrityKey> keys(KeyAlgorithm algorithm) {
            return switch (algorithm) {
                case MD5 -> md5Keys;
                case SHA_256 -> sha256Key == null ? List.of() : List.of(sha256Key);
            };
        }

        /// Derives the keys of a user. Throws [IllegalArgumentException] with a text for the
        /// operator when name or password are no OpaqueString (D-28, RFC 8265 §4.2).
        public static User of(String name, String realm, String password) {
            return PasswordForms.user(name, realm, password);
        }
    }

    /// Which peers may be reached. `allow` wins over `deny`, both win over the built-in list of
    /// ranges that are denied by default.
    ///
    /// @param allow, deny IP addresses or CIDR blocks
    public record Peers(List<String> allow, List<String> deny) {
        public Peers {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
        }
    }

    /// Bounds. Every one has a default.
    public record Limits(
            int allocations,
            int allocationsPerUser,
            int permissionsPerAllocation,
            int channelsPerAllocation,
            Duration defaultLifetime,
            Duration maxLifetime,
            int connections,
            int dtlsHandshakes,
            Duration handshakeTimeout,
            Duration idleStreamTimeout,
            int streamQueueBytes,
            int listenerBufferBytes,
            int relayBufferBytes,
            ChannelNumbers channelNumbers,
            Throttles throttles) {}

    /// Which channel numbers clients may bind.
    public enum ChannelNumbers {
        /// 0x4000 to 0x4FFF (RFC 8656 §12).
        RFC8656,
        /// 0x4000 to 0x7FFF, for clients that still draw from the range of RFC 5766 §11.
        RFC5766;

        /// Returns the highest number.
        public int max() {
            return this == RFC8656 ? 0x4FFF : 0x7FFF;
        }
    }

    /// TLS, with a certificate chain and its private key in PEM.
    ///
    /// @param keyPassword of an encrypted key, null when it isn't
    /// @param provider the implementation
    public record Tls(
            Path certificateChain,
            Path privateKey,
            @Nullable Secret keyPassword,
            TlsProvider provider) {}

    /// An implementation of TLS.
    public enum TlsProvider {
        /// BoringSSL where it works, otherwise the JDK's.
        AUTO,
        /// BoringSSL; where it doesn't work the server doesn't start.
        BORINGSSL,
        /// The JDK's.
        JDK
    }

    /// The listener of metrics and health.
    public record Http(TransportAddress address) {}

    /// Mobility (RFC 8016).
    ///
    /// @param window how long a mobile allocation outlives its connection
    public record Mobility(Switch allowed, Duration window) {
        /// Allowed to nobody.
        public static final Mobility OFF = new Mobility(Switch.OFF, Duration.ZERO);
    }

    /// Logging.
    ///
    /// @param audit whether it says who talked to whom
    /// @param events where events go besides
    public record Log(LogFormat format, LogLevel level, Switch audit, EventSettings events) {
        /// Events go nowhere else.
        public Log(LogFormat format, LogLevel level, Switch audit) {
            this(format, level, audit, EventSettings.NONE);
        }
    }

    /// How log lines look; AUTO is TEXT on a terminal and JSON elsewhere.
    public enum LogFormat {
        AUTO,
        TEXT,
        JSON
    }

    /// What is worth a log line.
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
