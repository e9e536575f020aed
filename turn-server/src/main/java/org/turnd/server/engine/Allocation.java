package org.turnd.server.engine;

/// One allocation (RFC 8656 §3.2).
final class Allocation {}
