package org.turnd.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.turnd.stun.IceServerUri;

/// A text as the URI of an ICE server: it is one, which reads the same when it is written again, or
/// there is a reason why it isn't.
public final class UriTarget {
    private static final int PORT_MAX = 65535;

    private UriTarget() {}

    /// Called by the fuzzer and by the tests of the corpus.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        switch (IceServerUri.parse(text)) {
            case IceServerUri.Valid(IceServerUri uri) -> {
                assertFalse(uri.host().isEmpty());
                assertTrue(uri.port() > 0 && uri.port() <= PORT_MAX);
                assertEquals(new IceServerUri.Valid(uri), IceServerUri.parse(uri.toString()));
            }
            case IceServerUri.Problem(String why) -> assertFalse(why.isEmpty());
        }
    }
}
