package org.turnd.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.turnd.server.Reload;
import org.turnd.server.TurnServer;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.ServerSettings.DataPlane;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.config.ServerSettings.User;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;
import org.turnd.stun.TransportAddress;

/// Two realms on real sockets: 127.0.0.1 is the default realm's, 127.0.0.2 the other's.
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"NATIVE", "PORTABLE"})
@Timeout(60)
class RealmWireTest {
    private static final String OTHER_REALM = "other.example";
    private static final String OTHER_PASSWORD = "a password of the other realm";
    private static final String OTHER_ADDRESS = "127.0.0.2";

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private DataPlane plane;

    private TestSettings settings(RealmSettings.Limits limits, User... users) {
        return new TestSettings()
                .plane(plane)
                .listen(Protocol.UDP, "127.0.0.1", 0)
                .listen(Protocol.TCP, "127.0.0.1", 0)
                .listen(Protocol.UDP, OTHER_ADDRESS, 0)
                .listen(Protocol.TCP, OTHER_ADDRESS, 0)
                .realm(
                        new RealmSettings(
                                OTHER_REALM,
                                List.of(TestSettings.address(OTHER_ADDRESS, 0)),
                                List.of(),
                                List.of(users),
                                limits));
    }

    private static User other(String name) {
        return User.of(name, OTHER_REALM, OTHER_PASSWORD);
    }

    private static TestClient client(TurnServer server, Protocol protocol, boolean inOther)
            throws IOException {
        TransportAddress at =
                server.listeners().stream()
                        .filter(one -> one.protocol() == protocol)
                        .map(one -> one.address())
                        .filter(one -> one.host().equals(OTHER_ADDRESS) == inOther)
                        .findFirst()
                        .orElseThrow();
        return protocol == Protocol.UDP ? TestClient.udp(at) : TestClient.tcp(at);
    }

    private static int refusal(TestClient client) throws IOException {
        ErrorCode error =
                client.request(StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.UDP))
                        .first(ErrorCode.class);
        return error == null ? 0 : error.code();
    }

    @Test
    void servesEachListenerInItsRealm() throws Exception {
        User alice = other(TestSettings.USER);
        try (var server = settings(RealmSettings.Limits.NONE, alice).start()) {
            for (Protocol protocol : List.of(Protocol.UDP, Protocol.TCP)) {
                try (var here = client(server, protocol, false);
                        var there = client(server, protocol, true);
                        var stranger = client(server, protocol, true)) {
                    here.allocate();
                    there.as(TestSettings.USER, OTHER_REALM, OTHER_PASSWORD).allocate();
                    assertEquals(401, refusal(stranger));
                    stranger.as(TestSettings.USER, OTHER_REALM, TestSettings.PASSWORD);
                    assertEquals(401, refusal(stranger));
                }
            }
        }
    }

    @Test
    void revokesAUserInOneRealmAlone() throws Exception {
        User alice = other(TestSettings.USER);
        try (var server = settings(RealmSettings.Limits.NONE, alice).start();
                var here = client(server, Protocol.UDP, false);
                var there = client(server, Protocol.UDP, true)) {
            here.allocate();
            there.as(TestSettings.USER, OTHER_REALM, OTHER_PASSWORD).allocate();
            assertEquals(
                    1,
                    server.oversight()
                            .sessions(session -> session.realm().equals(OTHER_REALM), 10)
                            .get()
                            .matched());
            assertEquals(1, server.oversight().revokeUser(OTHER_REALM, TestSettings.USER).get());
            assertEquals(401, refusal(there));
            assertEquals(437, refusal(here), "it still has its allocation");
            assertTrue(server.oversight().restoreUser(OTHER_REALM, TestSettings.USER));
            there.allocate();
        }
    }

    @Test
    void takesUsersAndLimitsOfARealmByAReload() throws Exception {
        var one = new RealmSettings.Limits(1, 0, 0, 0);
        User alice = other(TestSettings.USER);
        try (var server = settings(one, alice).start();
                var first = client(server, Protocol.UDP, true);
                var second = client(server, Protocol.UDP, true);
                var carol = client(server, Protocol.UDP, true)) {
            first.as(TestSettings.USER, OTHER_REALM, OTHER_PASSWORD).allocate();
            second.as(TestSettings.USER, OTHER_REALM, OTHER_PASSWORD);
            assertEquals(508, refusal(second));
            var two = new RealmSettings.Limits(2, 0, 0, 0);
            assertInstanceOf(
                    Reload.Taken.class, server.reload(settings(two, other("carol")).build()));
            assertEquals(401, refusal(second));
            carol.as("carol", OTHER_REALM, OTHER_PASSWORD).allocate();
        }
    }
}
