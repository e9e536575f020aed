package org.turnd.stun;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// An IP address and a port. An IPv4 address is held in its IPv4-mapped form, so that each address
/// has one representation and comparisons need no family.
///
/// @param high the first 64 bits of the IPv6 address, 0 for IPv4
/// @param low the last 64 bits of the IPv6 address, `0x0000FFFF_aabbccdd` for IPv4
/// @param port 0 to 65535
public record TransportAddress(long high, long low, int port) {
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    /// Throws [IllegalArgumentException] where the port is not 0 to 65535.
    public TransportAddress {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port " + port + " is not 0 to 65535");
        }
    }

    /// Returns an IPv4 transport address; the address is in network order (`0xC0000201` is
    /// 192.0.2.1).
    public static TransportAddress ipv4(int address, int port) {
        return new TransportAddress(0, ipv4Low(address), port);
    }

    /// Returns the transport address of a JDK address. Scope ids are dropped.
    public static TransportAddress of(InetAddress address, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4
                ? ipv4(bytes.getInt(), port)
                : new TransportAddress(bytes.getLong(), bytes.getLong(), port);
    }

    /// Returns the transport address of a resolved JDK socket address; throws
    /// [IllegalArgumentException] where it is not resolved.
    public static TransportAddress of(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new IllegalArgumentException(address + " is not resolved");
        }
        return of(resolved, address.getPort());
    }

    /// Tells whether two halves of an address are the canonical form of an IPv4 address.
    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFFL;
    }

    /// Returns the low half of the canonical form of an IPv4 address.
    public static long ipv4Low(int address) {
        return MAPPED_PREFIX | Integer.toUnsignedLong(address);
    }

    /// Tells whether this is an IPv4 address.
    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /// Returns the family the address has on the wire.
    public AddressFamily family() {
        return isIpv4() ? AddressFamily.IPV4 : AddressFamily.IPV6;
    }

    /// Returns the IPv4 address in network order; meaningful only where [#isIpv4()] holds.
    public int ipv4Address() {
        return (int) low;
    }

    /// Returns the same address with another port.
    public TransportAddress withPort(int otherPort) {
        return new TransportAddress(high, low, otherPort);
    }

    /// Returns the address without its port as a JDK object.
    public InetAddress toInetAddress() {
        byte[] bytes =
                isIpv4()
                        ? ByteBuffer.allocate(4).putInt((int) low).array()
                        : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }

    /// Returns the transport address as a JDK object.
    public InetSocketAddress toInetSocketAddress() {
        return new InetSocketAddress(toInetAddress(), port);
    }

    /// Returns the address without its port, IPv6 in the short form of RFC 5952.
    public String host() {
        InetAddress address = toInetAddress();
        return address instanceof Inet4Address ? address.getHostAddress() : Ipv6Text.of(high, low);
    }

    /// Returns `192.0.2.1:3478` or `[2001:db8::1]:3478`.
    @Override
    public String toString() {
        return isIpv4() ? host() + ":" + port : "[" + host() + "]:" + port;
    }
}
