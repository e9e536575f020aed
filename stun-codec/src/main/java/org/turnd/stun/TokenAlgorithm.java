package org.turnd.stun;

/// How the tokens of RFC 7635 are encrypted, under the names of RFC 7518 §5.1. A256GCM is the one
/// that every server has to take.
public enum TokenAlgorithm {
    /// AEAD_AES_256_GCM.
    A256GCM(32),
    /// AEAD_AES_128_GCM.
    A128GCM(16);

    private final int keyLength;

    TokenAlgorithm(int keyLength) {
        this.keyLength = keyLength;
    }

    /// Returns how many bytes of a long-term key are used: the first ones, as in the samples of RFC
    /// 7635 Appendix A.
    public int keyLength() {
        return keyLength;
    }
}
