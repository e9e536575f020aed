package org.turnd.stun;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;

/// The hash functions every Java platform has to offer, without their checked exceptions.
final class Digests {
    private Digests() {}

    static byte[] md5(byte[] input) {
        return digest("MD5", input);
    }

    static byte[] sha1(byte[] input) {
        return digest("SHA-1", input);
    }

    static byte[] sha256(byte[] input) {
        return digest("SHA-256", input);
    }

    static Mac hmac(String algorithm) {
        try {
            return Mac.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no " + algorithm, e);
        }
    }

    private static byte[] digest(String algorithm, byte[] input) {
        try {
            return MessageDigest.getInstance(algorithm).digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no " + algorithm, e);
        }
    }
}
