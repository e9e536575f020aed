package org.turnd.server.engine;

import org.turnd.stun.TransportAddress;

/// One of the four sockets of NAT behaviour discovery (RFC 5780 §6): two addresses, each with the
/// same two ports. Da:Dp is this one.
///
/// @param listener the index of its listener
/// @param address Da:Dp, as clients see it
/// @param changedPort the listener at Da:Cp
/// @param changedAddress the listener at Ca:Dp
/// @param changedBoth the listener at Ca:Cp
/// @param mtuBytes of the interface that Da belongs to
public record DiscoverySocket(
        int listener,
        TransportAddress address,
        int changedPort,
        int changedAddress,
        int changedBoth,
        int mtuBytes) {

    // N-02 (RFC 5780 §6.1, table 1)
    int listenerFor(boolean changeAddress, boolean changePort) {
        if (changeAddress) {
            return changePort ? changedBoth : changedAddress;
        }
        return changePort ? changedPort : listener;
    }
}
