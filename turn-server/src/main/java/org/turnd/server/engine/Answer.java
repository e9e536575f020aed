package org.turnd.server.engine;

import java.util.List;
import org.turnd.stun.ErrorReason;
import org.turnd.stun.StunAttribute;

/// What a processor says to a request.
sealed interface Answer {
    /// A success response with these attributes.
    record Success(List<StunAttribute> attributes) implements Answer {
        static Success of(StunAttribute... attributes) {
            return new Success(List.of(attributes));
        }
    }

    /// An error response.
    ///
    /// @param attributes what it carries beside ERROR-CODE
    record Refusal(ErrorReason reason, RefusalCause cause, List<StunAttribute> attributes)
            implements Answer {
        static Refusal of(ErrorReason reason, RefusalCause cause, StunAttribute... attributes) {
            return new Refusal(reason, cause, List.of(attributes));
        }
    }

    /// The answer follows when sockets are bound or connected.
    record Later() implements Answer {}
}
