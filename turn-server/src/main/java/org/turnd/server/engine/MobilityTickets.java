package org.turnd.server.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.Octets;

/// Seals and opens the values of MOBILITY-TICKET (RFC 8016 §3.3), M-07.
///
/// A ticket is a format number (1 byte), an authentication tag (16) and the encrypted [Ticket]
/// (14): 31 bytes that say nothing to whoever has no key, and that can't be altered. The tag is the
/// beginning of an HMAC-SHA256 over the plaintext, and the first counter block of AES-256-CTR: a
/// synthetic initialization vector as in RFC 5297, which wants no nonce beside it. That keeps a
/// ticket within the 32 bytes that coturn's client takes. It has no expiry of its own: it is good
/// as long as its allocation and until the next one is issued. A client that stays where it is
/// refreshes without a ticket and gets no new one.
final class MobilityTickets {
    /// What a ticket stands for.
    ///
    /// @param shard where the allocation lives
    /// @param serial unique on that shard for ever
    /// @param generation which of the allocation's tickets it is
    record Ticket(int shard, long serial, int generation) {}

    private static final String HMAC = "HmacSHA256";
    private static final byte FORMAT = 1;
    private static final int TAG_BYTES = 16;
    private static final int PLAIN_BYTES = Short.BYTES + Long.BYTES + Integer.BYTES;
    private static final int SEALED = 1 + TAG_BYTES;

    static final int LENGTH = SEALED + PLAIN_BYTES;

    private final SecretKey encryption;
    private final Mac tag;
    private final Cipher cipher;

    /// @param key 32 bytes that nobody can guess and all shards have
    MobilityTickets(SecretKey key) {
        try {
            encryption = new SecretKeySpec(derived(key, "encryption"), "AES");
            tag = mac(derived(key, "tag"));
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES and HMAC-SHA256", e);
        }
    }

    private static byte[] derived(SecretKey key, String purpose) throws GeneralSecurityException {
        return mac(key.getEncoded()).doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
    }

    private static Mac mac(byte[] key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(HMAC);
        mac.init(new SecretKeySpec(key, HMAC));
        return mac;
    }

    Octets seal(Ticket ticket) {
        byte[] plain =
                ByteBuffer.allocate(PLAIN_BYTES)
                        .putShort((short) ticket.shard)
                        .putLong(ticket.serial)
                        .putInt(ticket.generation)
                        .array();
        byte[] tagged = tag(plain);
        byte[] sealed =
                ByteBuffer.allocate(LENGTH)
                        .put(FORMAT)
                        .put(tagged)
                        .put(crypt(Cipher.ENCRYPT_MODE, tagged, plain))
                        .array();
        return Octets.of(sealed);
    }

    /// Returns what a ticket stands for, or null when this server never issued it: it is forged,
    /// altered, or sealed with the key of another process.
    @Nullable Ticket open(Octets ticket) {
        byte[] bytes = ticket.toByteArray();
        if (bytes.length != LENGTH || bytes[0] != FORMAT) {
            return null;
        }
        byte[] theirs = Arrays.copyOfRange(bytes, 1, SEALED);
        byte[] plain =
                crypt(Cipher.DECRYPT_MODE, theirs, Arrays.copyOfRange(bytes, SEALED, LENGTH));
        if (!MessageDigest.isEqual(theirs, tag(plain))) {
            return null;
        }
        ByteBuffer read = ByteBuffer.wrap(plain);
        return new Ticket(read.getShort() & 0xFFFF, read.getLong(), read.getInt());
    }

    private byte[] tag(byte[] plain) {
        tag.update(FORMAT);
        return Arrays.copyOf(tag.doFinal(plain), TAG_BYTES);
    }

    private byte[] crypt(int mode, byte[] counter, byte[] text) {
        try {
            cipher.init(mode, encryption, new IvParameterSpec(counter));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CTR takes any text", e);
        }
    }
}
