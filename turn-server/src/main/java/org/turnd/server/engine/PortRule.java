package org.turnd.server.engine;

/// Which relay port an Allocate asks for (RFC 8656 §7.2, EVEN-PORT).
public enum PortRule {
    ANY,
    EVEN,
    /// An even port whose successor is leased with it, for a RESERVATION-TOKEN.
    EVEN_WITH_NEXT
}
