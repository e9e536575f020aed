package org.turnd.server.admin;

import static org.turnd.server.admin.ApiType.Field.flag;
import static org.turnd.server.admin.ApiType.Field.number;
import static org.turnd.server.admin.ApiType.Field.object;
import static org.turnd.server.admin.ApiType.Field.objects;
import static org.turnd.server.admin.ApiType.Field.text;
import static org.turnd.server.admin.ApiType.Field.texts;
import static org.turnd.server.admin.ApiType.Field.time;

import java.util.List;

/// The shapes of what the admin API takes and gives.
final class ApiTypes {
    static final ApiType PROBLEM =
            ApiType.of(
                    "Problem",
                    "Why a request was not carried out (RFC 9457).",
                    text("type", "Always about:blank: the status says it."),
                    text("title", "The status in words."),
                    number("status", "The HTTP status."),
                    text("detail", "What was wrong, in a sentence."));

    static final ApiType SESSION =
            ApiType.of(
                    "Session",
                    "One allocation.",
                    text("id", "Its name, which no other allocation of this process has."),
                    text("user", "The user name."),
                    text(
                                    "secret",
                                    "The fingerprint of the secret that the credential was made with.")
                            .optional(),
                    text("realm", "The realm of the credential."),
                    text("transport", "udp, tcp, tls or dtls."),
                    text("client", "The client's address as the server sees it."),
                    text("server", "The listener's address."),
                    texts("relayed", "The relayed transport addresses, one or two."),
                    text("relay_transport", "udp or tcp."),
                    flag("mobile", "The client may come back from elsewhere (RFC 8016)."),
                    flag("away", "Its connection has closed, and it may still come back."),
                    number("permissions", "Live permissions."),
                    number("channels", "Live channels."),
                    number("connections", "Connections of a TCP relay with peers."),
                    time("created", "When the allocation was made."),
                    time("expires", "When it ends unless it is refreshed."),
                    number("bytes_to_peers", "Application data to peers."),
                    number("bytes_to_client", "Application data to the client."),
                    number("packets_to_peers", "Packets to peers; 0 of a TCP relay."),
                    number("packets_to_client", "Packets to the client; 0 of a TCP relay."));

    static final ApiType SESSION_LIST =
            ApiType.of(
                    "SessionList",
                    "Sessions that match, up to the limit.",
                    objects("sessions", SESSION, "The sessions."),
                    number("matched", "How many match, also beyond the limit."));

    static final ApiType PERMISSION =
            ApiType.of(
                    "Permission",
                    "A peer that may send to the client.",
                    text("peer", "The peer's IP address."),
                    time("expires", "When it ends unless it is refreshed."));

    static final ApiType CHANNEL =
            ApiType.of(
                    "Channel",
                    "A channel that the client has bound.",
                    text("number", "The channel number, as 0x4000."),
                    text("peer", "The peer's transport address."),
                    time("expires", "When it ends unless it is refreshed."));

    static final ApiType SESSION_DETAILS =
            ApiType.of(
                    "SessionDetails",
                    "A session with its peers.",
                    object("session", SESSION, "The session."),
                    objects("permissions", PERMISSION, "Live permissions."),
                    objects("channels", CHANNEL, "Live channels."));

    static final ApiType USER =
            ApiType.of(
                    "User",
                    "A user who is configured, has sessions or is revoked.",
                    text("name", "The user name; of a revocation perhaps a user id."),
                    flag("configured", "Stands in auth.users."),
                    flag("revoked", "Is not served."),
                    number("sessions", "Live sessions."),
                    number("bytes_to_peers", "Application data of these to peers."),
                    number("bytes_to_client", "Application data of these to the client."));

    static final ApiType USER_LIST =
            ApiType.of("UserList", "Users, by name.", objects("users", USER, "The users."));

    static final ApiType SECRET =
            ApiType.of(
                    "Secret",
                    "A secret of time-limited credentials; its value is never shown.",
                    number("index", "Its place in auth.secret, from 0."),
                    text("fingerprint", "Tells it apart, the same on every server."),
                    flag("revoked", "Credentials made with it are refused."));

    static final ApiType SECRET_LIST =
            ApiType.of(
                    "SecretList", "Secrets, in their order.", objects("secrets", SECRET, "Them."));

    static final ApiType REVOCATION =
            ApiType.of(
                    "Revocation",
                    "What a revocation did.",
                    number("ended_sessions", "Sessions that it ended."));

    static final ApiType DRAIN =
            ApiType.of(
                    "Drain",
                    "Whether new allocations are refused.",
                    flag("draining", "They are."),
                    number("sessions", "Sessions that are left."));

    static final ApiType LOG_LEVEL =
            ApiType.of(
                    "LogLevel",
                    "From which level on lines are logged.",
                    text("level", "error, warn, info or debug."));

    static final ApiType SETTING =
            ApiType.of(
                    "Setting",
                    "A key of the configuration as it takes effect.",
                    text("key", "The key, as relay.min-port."),
                    text("value", "Its value in HOCON, secrets hidden."),
                    text("origin", "Where it comes from."));

    static final ApiType CONFIGURATION =
            ApiType.of(
                    "Configuration",
                    "What takes effect.",
                    objects("settings", SETTING, "Every key, in the order of the reference."));

    static final ApiType RELOAD =
            ApiType.of(
                    "Reload",
                    "How a reload went.",
                    flag("done", "What was read is used now; else nothing has changed."),
                    texts("changed", "The keys whose new value is in force."),
                    texts("needs_restart", "The keys whose new value waits for a restart."),
                    texts("warnings", "What is probably not meant."),
                    texts("problems", "Why nothing has changed."));

    static final ApiType HEALTH =
            ApiType.of(
                    "Health",
                    "How the server is.",
                    text("version", "The version of the server."),
                    flag("ready", "It takes new clients."),
                    texts("missing", "What keeps it from that."),
                    texts("stuck", "Event loops that don't turn: it needs a restart."),
                    texts("degraded", "What doesn't work, such as a store of users, and why."),
                    number("uptime_seconds", "Since its start."),
                    number("sessions", "Live sessions."),
                    number("connections", "Open TCP and TLS connections."),
                    texts("listeners", "Where clients connect."));

    static final ApiType CREDENTIALS_REQUEST =
            ApiType.of(
                    "CredentialsRequest",
                    "Whom credentials are for.",
                    text(
                                    "user",
                                    "The application's own name for the user; becomes part of the user name.")
                            .optional(),
                    number("ttl", "How many seconds they shall be good.").optional());

    static final ApiType ICE_SERVER =
            ApiType.of(
                    "IceServer",
                    "An RTCIceServer.",
                    texts("urls", "URIs of this server."),
                    text("username", "As username."),
                    text("credential", "As password."));

    static final ApiType CREDENTIALS =
            ApiType.of(
                    "Credentials",
                    "Time-limited credentials, with the names that draft-uberti-behave-turn-rest"
                            + " gives them, and ready for RTCPeerConnection.",
                    text("username", "The user name."),
                    text("password", "The password."),
                    number("ttl", "How many seconds they are good."),
                    texts("uris", "URIs of this server."),
                    objects("iceServers", ICE_SERVER, "The same as RTCConfiguration has it."));

    /// In the order of the reference.
    static final List<ApiType> ALL =
            List.of(
                    HEALTH,
                    SESSION_LIST,
                    SESSION,
                    SESSION_DETAILS,
                    PERMISSION,
                    CHANNEL,
                    USER_LIST,
                    USER,
                    REVOCATION,
                    SECRET_LIST,
                    SECRET,
                    DRAIN,
                    LOG_LEVEL,
                    CONFIGURATION,
                    SETTING,
                    RELOAD,
                    CREDENTIALS_REQUEST,
                    CREDENTIALS,
                    ICE_SERVER,
                    PROBLEM);

    private ApiTypes() {}
}
