package org.turnd.server.engine;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;

/// Seals and opens the values of MOBILITY-TICKET (RFC 8016 §3.3), M-07.
///
/// A ticket is a format number (1 byte), a random nonce (12) and, by AES-256-GCM, the encrypted
/// [Ticket] (14) with its tag (16): 43 bytes that say nothing to whoever has no key, and that can't
/// be altered. It has no expiry of its own: it is good as long as its allocation and until the next
/// one is issued. A client that stays where it is refreshes without a ticket and gets no new one.
final class MobilityTickets {
    /// What a ticket stands for.
    ///
    /// @param shard where the allocation lives
    /// @param serial unique on that shard for ever
    /// @param generation which of the allocation's tickets it is
    record Ticket(int shard, long serial, int generation) {}

    static final int LENGTH = 1 + 12 + 14 + 16;

    private static final byte FORMAT = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int SEALED = 1 + NONCE_BYTES;

    private final SecretKey key;
    private final RandomGenerator random;
    private final Cipher cipher;

    /// @param key an AES-256 key that all shards have
    /// @param random where nonces come from
    MobilityTickets(SecretKey key, RandomGenerator random) {
        this.key = key;
        this.random = random;
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    Octets seal(Ticket ticket) {
        byte[] bytes = new byte[LENGTH];
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        ByteBuffer sealed = ByteBuffer.wrap(bytes).put(FORMAT).put(nonce);
        ByteBuffer plain =
                ByteBuffer.allocate(14)
                        .putShort((short) ticket.shard)
                        .putLong(ticket.serial)
                        .putInt(ticket.generation)
                        .flip();
        try {
            prepare(Cipher.ENCRYPT_MODE, bytes);
            cipher.doFinal(plain, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM takes any plaintext", e);
        }
        return Octets.of(bytes);
    }

    /// Returns what a ticket stands for, or null when this server never issued it.
    @Nullable Ticket open(Octets ticket) {
        byte[] bytes = ticket.toByteArray();
        if (bytes.length != LENGTH || bytes[0] != FORMAT) {
            return null;
        }
        try {
            prepare(Cipher.DECRYPT_MODE, bytes);
            ByteBuffer plain = ByteBuffer.wrap(cipher.doFinal(bytes, SEALED, LENGTH - SEALED));
            return new Ticket(plain.getShort() & 0xFFFF, plain.getLong(), plain.getInt());
        } catch (GeneralSecurityException e) {
            // Forged, altered, or sealed with the key of another process.
            return null;
        }
    }

    private void prepare(int mode, byte[] ticket) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, ticket, 1, NONCE_BYTES));
        cipher.updateAAD(ticket, 0, 1);
    }
}
