package org.turnd.stun;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Puts one attribute value behind what a [StunWriter] has written so far.
final class AttributeWriter {
    private AttributeWriter() {}

    static void write(StunWriter writer, StunAttribute attribute) {
        switch (attribute) {
            case StunAttribute.Address a -> address(writer, a);
            case StunAttribute.Username a -> text(writer, a.type(), a.value());
            case StunAttribute.Realm a -> text(writer, a.type(), a.value());
            case StunAttribute.Nonce a -> text(writer, a.type(), a.value());
            case StunAttribute.Software a -> text(writer, a.type(), a.value());
            case StunAttribute.AlternateDomain a -> text(writer, a.type(), a.value());
            case StunAttribute.Password a -> text(writer, a.type(), a.value());
            case StunAttribute.ThirdPartyAuthorization a -> text(writer, a.type(), a.value());
            case StunAttribute.UserHashValue a -> octets(writer, a.type(), a.value());
            case StunAttribute.AccessToken a -> octets(writer, a.type(), a.value());
            case StunAttribute.MobilityTicket a -> octets(writer, a.type(), a.value());
            case StunAttribute.Data a -> octets(writer, a.type(), a.value());
            case StunAttribute.Padding a -> octets(writer, a.type(), a.value());
            case StunAttribute.MessageIntegrityValue a -> octets(writer, a.type(), a.value());
            case StunAttribute.MessageIntegritySha256Value a -> octets(writer, a.type(), a.value());
            case StunAttribute.UnknownAttribute a -> octets(writer, a.type(), a.value());
            case StunAttribute.InvalidAttribute a -> octets(writer, a.type(), a.value());
            case StunAttribute.DontFragment a -> writer.attribute(a.type(), 0);
            case StunAttribute.UseCandidate a -> writer.attribute(a.type(), 0);
            case StunAttribute.EvenPort a -> evenPort(writer, a);
            case StunAttribute.Lifetime a -> uint32(writer, a.type(), a.seconds());
            case StunAttribute.CacheTimeout a -> uint32(writer, a.type(), a.seconds());
            case StunAttribute.Priority a -> uint32(writer, a.type(), a.priority());
            case StunAttribute.ConnectionId a -> uint32(writer, a.type(), a.id());
            case StunAttribute.FingerprintValue a -> uint32(writer, a.type(), a.value());
            case StunAttribute.ChannelNumber a -> uint32(writer, a.type(), (long) a.number() << 16);
            case StunAttribute.ResponsePort a -> uint32(writer, a.type(), (long) a.port() << 16);
            case StunAttribute.RequestedTransport a ->
                    uint32(writer, a.type(), (long) a.protocol() << 24);
            case StunAttribute.RequestedAddressFamily a ->
                    uint32(writer, a.type(), (long) a.family() << 24);
            case StunAttribute.AdditionalAddressFamily a ->
                    uint32(writer, a.type(), (long) a.family() << 24);
            case StunAttribute.ChangeRequest a -> changeRequest(writer, a);
            case StunAttribute.TransactionTransmitCounter a ->
                    uint32(writer, a.type(), a.request() << 8 | a.response());
            case StunAttribute.ReservationToken a -> uint64(writer, a.type(), a.token());
            case StunAttribute.IceControlled a -> uint64(writer, a.type(), a.tieBreaker());
            case StunAttribute.IceControlling a -> uint64(writer, a.type(), a.tieBreaker());
            case StunAttribute.Icmp a -> icmp(writer, a);
            case StunAttribute.ErrorCode a -> errorCode(writer, a.type(), 0, a.code(), a.reason());
            case StunAttribute.AddressErrorCode a ->
                    errorCode(writer, a.type(), a.family(), a.code(), a.reason());
            case StunAttribute.UnknownAttributes a -> unknownAttributes(writer, a);
            case StunAttribute.PasswordAlgorithm a ->
                    passwordAlgorithms(writer, a.type(), List.of(a));
            case StunAttribute.PasswordAlgorithms a ->
                    passwordAlgorithms(writer, a.type(), a.algorithms());
        }
    }

    private static void address(StunWriter writer, StunAttribute.Address attribute) {
        TransportAddress a = attribute.address();
        switch (attribute) {
            case StunAttribute.XorMappedAddress x ->
                    writer.xorAddress(x.type(), a.high(), a.low(), a.port());
            case StunAttribute.XorPeerAddress x ->
                    writer.xorAddress(x.type(), a.high(), a.low(), a.port());
            case StunAttribute.XorRelayedAddress x ->
                    writer.xorAddress(x.type(), a.high(), a.low(), a.port());
            default -> writer.address(attribute.type(), a.high(), a.low(), a.port());
        }
    }

    private static void text(StunWriter writer, int type, String text) {
        bytes(writer, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(StunWriter writer, int type, byte[] bytes) {
        int value = writer.attribute(type, bytes.length);
        writer.buffer().setBytes(value, bytes);
    }

    private static void octets(StunWriter writer, int type, Octets octets) {
        int value = writer.attribute(type, octets.length());
        octets.copyTo(writer.buffer(), value);
    }

    private static void uint32(StunWriter writer, int type, long number) {
        int value = writer.attribute(type, 4);
        writer.buffer().setInt(value, (int) number);
    }

    private static void uint64(StunWriter writer, int type, long number) {
        int value = writer.attribute(type, 8);
        writer.buffer().setLong(value, number);
    }

    private static void evenPort(StunWriter writer, StunAttribute.EvenPort attribute) {
        int value = writer.attribute(attribute.type(), 1);
        writer.buffer().setByte(value, attribute.reserveNext() ? 0x80 : 0);
    }

    private static void changeRequest(StunWriter writer, StunAttribute.ChangeRequest attribute) {
        int flags = (attribute.changeIp() ? 4 : 0) | (attribute.changePort() ? 2 : 0);
        uint32(writer, attribute.type(), flags);
    }

    // I-14 (RFC 8656 §18.13)
    private static void icmp(StunWriter writer, StunAttribute.Icmp attribute) {
        long typeAndCode = (long) attribute.icmpType() << 8 | attribute.code();
        uint64(writer, attribute.type(), typeAndCode << 32 | attribute.data());
    }

    private static void errorCode(
            StunWriter writer, int type, int family, int code, String reason) {
        byte[] phrase = reason.getBytes(StandardCharsets.UTF_8);
        int value = writer.attribute(type, 4 + phrase.length);
        writer.buffer().setShort(value, family << 8);
        writer.buffer().setByte(value + 2, code / 100);
        writer.buffer().setByte(value + 3, code % 100);
        writer.buffer().setBytes(value + 4, phrase);
    }

    //
    private static void unknownAttributes(
            StunWriter writer, StunAttribute.UnknownAttributes attribute) {
        int value = writer.attribute(attribute.type(), 2 * attribute.types().size());
        for (int type : attribute.types()) {
            writer.buffer().setShort(value, type);
            value += 2;
        }
    }

    private static void passwordAlgorithms(
            StunWriter writer, int type, List<StunAttribute.PasswordAlgorithm> algorithms) {
        int length = 0;
        for (StunAttribute.PasswordAlgorithm algorithm : algorithms) {
            length += 4 + StunView.padded(algorithm.parameters().length());
        }
        int index = writer.attribute(type, length);
        for (StunAttribute.PasswordAlgorithm algorithm : algorithms) {
            int parametersLength = algorithm.parameters().length();
            int next = index + 4 + StunView.padded(parametersLength);
            writer.buffer().setShort(index, algorithm.algorithm());
            writer.buffer().setShort(index + 2, parametersLength);
            writer.buffer().setZero(index + 4, next - index - 4);
            algorithm.parameters().copyTo(writer.buffer(), index + 4);
            index = next;
        }
    }
}
