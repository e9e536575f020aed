package org.turnd.cli.bench;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;

/// Writes the requests of many clients of one user, and proves their answers. The key is computed
/// once a realm. For one thread.
final class Requests {
    private final @Nullable LongTermCredential credential;
    private final StunWriter writer = new StunWriter();
    private final MessageIntegrity mac = new MessageIntegrity();
    private final SplittableRandom random = new SplittableRandom();
    private @Nullable Challenge known;

    /// What the server wants to see with each request of one client.
    record Challenge(Username username, Realm realm, Nonce nonce, IntegrityKey key) {}

    /// @param credential null for none
    Requests(@Nullable LongTermCredential credential) {
        this.credential = credential;
    }

    /// Returns what to show after a server asked for it, null without a credential.
    @Nullable Challenge challenge(Realm realm, Nonce nonce) {
        if (credential == null) {
            return null;
        }
        var user = credential;
        if (known == null || !known.realm().equals(realm)) {
            var key = IntegrityKey.md5(user.username(), realm.value(), user.password());
            known = new Challenge(new Username(user.username()), realm, nonce, key);
        }
        return new Challenge(known.username(), known.realm(), nonce, known.key());
    }

    TransactionId newTransactionId() {
        return TransactionId.of(random.nextInt(), random.nextLong());
    }

    /// Writes a request at the buffer's beginning, and returns its length.
    int write(
            ByteBuf buffer,
            StunMethod method,
            TransactionId id,
            @Nullable Challenge shown,
            StunAttribute... attributes) {
        writer.begin(buffer, 0, method, StunClass.REQUEST, id);
        for (var attribute : attributes) {
            writer.put(attribute);
        }
        if (shown != null) {
            writer.put(shown.username()).put(shown.realm()).put(shown.nonce());
            writer.integrity(mac, shown.key());
        }
        return writer.fingerprint().length();
    }

    boolean isProven(StunView answer, Challenge shown) {
        return mac.verify(answer, shown.key());
    }
}
