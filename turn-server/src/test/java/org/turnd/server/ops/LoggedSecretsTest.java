package org.turnd.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.turnd.server.TurnServer;
import org.turnd.server.config.ServerSettings.Protocol;
import org.turnd.server.net.TestClient;
import org.turnd.server.net.TestSettings;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.RequestedTransport;
import org.turnd.stun.StunMethod;

@Timeout(60)
class LoggedSecretsTest {
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            texts.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
        }
    }

    @Test
    @Tag("S-11")
    void noLineOfASessionHoldsAPasswordANonceOrAKey() throws Exception {
        var lines = new Lines();
        var logger = new LoggerContext().getLogger("audited");
        logger.setLevel(Level.TRACE);
        lines.start();
        logger.addAppender(lines);
        var settings = new TestSettings().listen(Protocol.UDP, "127.0.0.1", 0).build();
        var events =
                new EventPublisher(
                        List.of(new EventLog(logger, System::nanoTime, true)),
                        System::nanoTime,
                        InstantSource.system());
        String key = settings.auth().users().getFirst().md5Keys().getFirst().toString();
        try (var server = TurnServer.builder(settings).events(events).start();
                var client = TestClient.udp(server.listeners().getFirst().address())) {
            client.allocate();
            client.request(StunMethod.ALLOCATE, new RequestedTransport(RequestedTransport.UDP));
            client.request(StunMethod.REFRESH, new Lifetime(0));
        }
        assertTrue(lines.texts.stream().anyMatch(line -> line.contains("allocation_ended")));
        assertEquals(
                List.of(),
                lines.texts.stream()
                        .filter(line ->
                                line.contains(TestSettings.PASSWORD)
                                        || line.contains("obMatJos2")
                                        || line.contains(key))
                        .toList());
    }
}
