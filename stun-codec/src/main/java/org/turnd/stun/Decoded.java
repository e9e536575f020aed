package org.turnd.stun;

/// What decoding gives: a message, or the reason why the bytes are not one. Never an exception.
public sealed interface Decoded permits StunMessage, MalformedStun {}
