package org.turnd.stun;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;

/// Random messages with attributes of every kind, from a seed.
final class RandomMessages {
    private static final int KINDS = 48;
    private static final int UNKNOWN_TYPES = 0x4000;

    private final Random random;

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    StunMessage message() {
        StunMethod[] methods = StunMethod.values();
        StunMessage.Builder builder =
                StunMessage.builder(
                        methods[random.nextInt(methods.length)],
                        StunClass.of(random.nextInt(4)),
                        transactionId());
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            builder.add(attribute(random.nextInt(KINDS)));
        }
        return builder.build();
    }

    private TransactionId transactionId() {
        int high = random.nextInt();
        long low = random.nextLong();
        return random.nextInt(10) == 0
                ? new TransactionId(random.nextInt(), high, low)
                : TransactionId.of(high, low);
    }

    private StunAttribute attribute(int kind) {
        return switch (kind) {
            case 0 -> new StunAttribute.MappedAddress(address());
            case 1 -> new StunAttribute.XorMappedAddress(address());
            case 2 -> new StunAttribute.XorPeerAddress(address());
            case 3 -> new StunAttribute.XorRelayedAddress(address());
            case 4 -> new StunAttribute.AlternateServer(address());
            case 5 -> new StunAttribute.ResponseOrigin(address());
            case 6 -> new StunAttribute.OtherAddress(address());
            case 7 -> new StunAttribute.ResponseAddress(address());
            case 8 -> new StunAttribute.SourceAddress(address());
            case 9 -> new StunAttribute.ChangedAddress(address());
            case 10 -> new StunAttribute.ReflectedFrom(address());
            case 11 -> new StunAttribute.Username(text());
            case 12 -> new StunAttribute.UserHashValue(octets(32));
            case 13 -> new StunAttribute.Realm(text());
            case 14 -> new StunAttribute.Nonce(text());
            case 15 -> new StunAttribute.Software(text());
            case 16 -> new StunAttribute.AlternateDomain(text());
            case 17 -> new StunAttribute.Password(text());
            case 18 -> new StunAttribute.ThirdPartyAuthorization(text());
            case 19 -> new StunAttribute.AccessToken(octets(random.nextInt(100)));
            case 20 -> new StunAttribute.MobilityTicket(octets(random.nextInt(100)));
            case 21 -> new StunAttribute.Data(octets(random.nextInt(1500)));
            case 22 -> new StunAttribute.Padding(octets(random.nextInt(1500)));
            case 23 -> new StunAttribute.ErrorCode(300 + random.nextInt(400), text());
            default -> number(kind);
        };
    }

    private StunAttribute number(int kind) {
        return switch (kind) {
            case 24 -> new StunAttribute.AddressErrorCode(random.nextInt(256), 440, text());
            case 25 -> new StunAttribute.UnknownAttributes(types());
            case 26 -> new StunAttribute.Lifetime(uint32());
            case 27 -> new StunAttribute.ChannelNumber(random.nextInt(0x10000));
            case 28 -> new StunAttribute.RequestedTransport(random.nextInt(256));
            case 29 -> new StunAttribute.RequestedAddressFamily(random.nextInt(256));
            case 30 -> new StunAttribute.AdditionalAddressFamily(random.nextInt(256));
            case 31 -> new StunAttribute.EvenPort(random.nextBoolean());
            case 32 -> new StunAttribute.ReservationToken(random.nextLong());
            case 33 -> new StunAttribute.DontFragment();
            case 34 -> new StunAttribute.Icmp(random.nextInt(256), random.nextInt(256), uint32());
            case 35 -> new StunAttribute.ConnectionId(random.nextInt());
            case 36 -> algorithm();
            case 37 -> new StunAttribute.PasswordAlgorithms(algorithms());
            case 38 -> new StunAttribute.ChangeRequest(random.nextBoolean(), random.nextBoolean());
            case 39 -> new StunAttribute.ResponsePort(random.nextInt(0x10000));
            case 40 -> new StunAttribute.CacheTimeout(uint32());
            case 41 -> new StunAttribute.Priority(uint32());
            case 42 -> new StunAttribute.UseCandidate();
            case 43 -> new StunAttribute.IceControlled(random.nextLong());
            case 44 -> new StunAttribute.IceControlling(random.nextLong());
            case 45 ->
                    new StunAttribute.TransactionTransmitCounter(
                            random.nextInt(256), random.nextInt(256));
            default -> unknown();
        };
    }

    private StunAttribute unknown() {
        int type = UNKNOWN_TYPES + random.nextInt(UNKNOWN_TYPES);
        return new StunAttribute.UnknownAttribute(
                random.nextBoolean() ? type : type | 0x8000, octets(random.nextInt(50)));
    }

    private long uint32() {
        return Integer.toUnsignedLong(random.nextInt());
    }

    TransportAddress address() {
        int port = random.nextInt(0x10000);
        return random.nextBoolean()
                ? TransportAddress.ipv4(random.nextInt(), port)
                : new TransportAddress(random.nextLong(), random.nextLong(), port);
    }

    private Octets octets(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Octets.of(bytes);
    }

    private String text() {
        int length = random.nextInt(60);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int point = random.nextInt(random.nextInt(4) == 0 ? 0x20000 : 0x80);
            text.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? 'x' : point);
        }
        return text.toString();
    }

    private List<Integer> types() {
        List<Integer> types = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            types.add(random.nextInt(0x10000));
        }
        return types;
    }

    private PasswordAlgorithm algorithm() {
        return new PasswordAlgorithm(random.nextInt(0x10000), octets(random.nextInt(9)));
    }

    private List<PasswordAlgorithm> algorithms() {
        List<PasswordAlgorithm> algorithms = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            algorithms.add(algorithm());
        }
        return algorithms;
    }
}
