package org.turnd.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The registries of "Session Traversal Utilities for NAT (STUN) Parameters" at IANA, against the
/// constants, in both directions. Names that are reserved today stand as RFC 3489 spelled them.
class RegistryTest {
    private static final String METHODS =
            """
            001 Binding
            002 SharedSecret
            003 Allocate
            004 Refresh
            006 Send
            007 Data
            008 CreatePermission
            009 ChannelBind
            00a Connect
            00b ConnectionBind
            00c ConnectionAttempt
            080 GOOG-PING
            """;
    private static final String ATTRIBUTES =
            """
            0001 MAPPED-ADDRESS
            0002 RESPONSE-ADDRESS
            0003 CHANGE-REQUEST
            0004 SOURCE-ADDRESS
            0005 CHANGED-ADDRESS
            0006 USERNAME
            0007 PASSWORD
            0008 MESSAGE-INTEGRITY
            0009 ERROR-CODE
            000a UNKNOWN-ATTRIBUTES
            000b REFLECTED-FROM
            000c CHANNEL-NUMBER
            000d LIFETIME
            0012 XOR-PEER-ADDRESS
            0013 DATA
            0014 REALM
            0015 NONCE
            0016 XOR-RELAYED-ADDRESS
            0017 REQUESTED-ADDRESS-FAMILY
            0018 EVEN-PORT
            0019 REQUESTED-TRANSPORT
            001a DONT-FRAGMENT
            001b ACCESS-TOKEN
            001c MESSAGE-INTEGRITY-SHA256
            001d PASSWORD-ALGORITHM
            001e USERHASH
            0020 XOR-MAPPED-ADDRESS
            0022 RESERVATION-TOKEN
            0024 PRIORITY
            0025 USE-CANDIDATE
            0026 PADDING
            0027 RESPONSE-PORT
            002a CONNECTION-ID
            8000 ADDITIONAL-ADDRESS-FAMILY
            8001 ADDRESS-ERROR-CODE
            8002 PASSWORD-ALGORITHMS
            8003 ALTERNATE-DOMAIN
            8004 ICMP
            8022 SOFTWARE
            8023 ALTERNATE-SERVER
            8025 TRANSACTION_TRANSMIT_COUNTER
            8027 CACHE-TIMEOUT
            8028 FINGERPRINT
            8029 ICE-CONTROLLED
            802a ICE-CONTROLLING
            802b RESPONSE-ORIGIN
            802c OTHER-ADDRESS
            802d ECN-CHECK
            802e THIRD-PARTY-AUTHORIZATION
            8030 MOBILITY-TICKET
            c000 CISCO-STUN-FLOWDATA
            c001 ENF-FLOW-DESCRIPTION
            c002 ENF-NETWORK-STATUS
            c003 CISCO-WEBEX-FLOW-INFO
            c056 CITRIX-TRANSACTION-ID
            c057 GOOG-NETWORK-INFO
            c058 GOOG-LAST-ICE-CHECK-RECEIVED
            c059 GOOG-MISC-INFO
            c05a GOOG-OBSOLETE-1
            c05b GOOG-CONNECTION-ID
            c05c GOOG-DELTA
            c05d GOOG-DELTA-ACK
            c05e GOOG-DELTA-SYNC-REQ
            c060 GOOG-MESSAGE-INTEGRITY-32
            """;
    private static final String ERRORS =
            """
            300 Try Alternate
            400 Bad Request
            401 Unauthenticated
            403 Forbidden
            405 Mobility Forbidden
            420 Unknown Attribute
            437 Allocation Mismatch
            438 Stale Nonce
            440 Address Family not Supported
            441 Wrong Credentials
            442 Unsupported Transport Protocol
            443 Peer Address Family Mismatch
            446 Connection Already Exists
            447 Connection Timeout or Failure
            486 Allocation Quota Reached
            487 Role Conflict
            500 Server Error
            508 Insufficient Capacity
            """;

    private static Map<Integer, String> table(String text, int radix) {
        return text.lines()
                .map(line -> line.split(" ", 2))
                .collect(
                        Collectors.toMap(
                                row -> Integer.parseInt(row[0], radix),
                                row -> row[1],
                                (a, b) -> a + b,
                                TreeMap::new));
    }

    @Test
    void hasTheRegisteredMethodsAndNoOthers() {
        Map<Integer, String> constants =
                Arrays.stream(StunMethod.values())
                        .collect(Collectors.toMap(StunMethod::code, StunMethod::rfcName));
        assertEquals(table(METHODS, 16), new TreeMap<>(constants));
        for (int code = -1; code <= 0x10000; code++) {
            StunMethod method = StunMethod.of(code);
            assertEquals(constants.get(code), method == null ? null : method.rfcName());
        }
    }

    @Test
    void hasTheRegisteredAttributesAndNoOthers() throws IllegalAccessException {
        Map<Integer, String> constants = new TreeMap<>();
        for (Field field : AttributeType.class.getFields()) {
            constants.put(field.getInt(null), field.getName());
        }
        Map<Integer, String> registry = table(ATTRIBUTES, 16);
        assertEquals(registry.keySet(), constants.keySet());
        constants.forEach(
                (type, name) -> assertEquals(name, AttributeType.nameOf(type).replace('-', '_')));
        for (int type = 0; type <= 0xFFFF; type++) {
            String unnamed = String.format(Locale.ROOT, "0x%04x", type);
            assertEquals(registry.getOrDefault(type, unnamed), AttributeType.nameOf(type));
            assertTrue(!AttributeType.isKnown(type) || registry.containsKey(type), unnamed);
            assertEquals(type < 0x8000, AttributeType.isComprehensionRequired(type));
        }
    }

    @Test
    void hasTheRegisteredErrorCodesAndNoOthers() {
        Map<Integer, String> constants =
                Arrays.stream(ErrorReason.values())
                        .collect(Collectors.toMap(ErrorReason::code, ErrorReason::phrase));
        assertEquals(table(ERRORS, 10), new TreeMap<>(constants));
        for (int code = 0; code < 700; code++) {
            ErrorReason reason = ErrorReason.of(code);
            assertEquals(constants.get(code), reason == null ? null : reason.phrase());
        }
    }

    @Test
    void knowsExactlyTheTypesThatHaveAClass() {
        for (int type = 0; type <= 0xFFFF; type++) {
            StunMessage message = Bytes.message(messageWithEmpty(type));
            boolean hasClass =
                    !(message.attributes().get(0) instanceof StunAttribute.UnknownAttribute);
            assertEquals(hasClass, AttributeType.isKnown(type), AttributeType.nameOf(type));
        }
    }

    private static String messageWithEmpty(int type) {
        // A FINGERPRINT has to be right even here.
        return type == AttributeType.FINGERPRINT
                ? Rfc5769Test.IPV4_RESPONSE
                : "000100042112a442000102030405060708090a0b%04x0000".formatted(type);
    }

    @Test
    void refusesWhatAReceiverHasToUnderstandAndDoesNot() {
        assertTrue(AttributeType.mustBeRefused(0x7F01, false));
        assertTrue(AttributeType.mustBeRefused(AttributeType.RESPONSE_ADDRESS, true)); // B-03
        assertTrue(AttributeType.mustBeRefused(AttributeType.RESPONSE_ADDRESS, false));
        assertTrue(AttributeType.mustBeRefused(AttributeType.CHANGED_ADDRESS, false));
        assertTrue(!AttributeType.mustBeRefused(AttributeType.CHANGED_ADDRESS, true));
        assertTrue(!AttributeType.mustBeRefused(0xC0DE, false));
        assertTrue(!AttributeType.mustBeRefused(AttributeType.PRIORITY, false));
        assertTrue(!AttributeType.mustBeRefused(AttributeType.CHANGE_REQUEST, true));
    }

    @Test
    void interleavesMethodAndClass() {
        Map<Integer, Integer> types =
                Map.of(0x0001, 0x001, 0x0003, 0x003, 0x3EEF, 0xFFF, 0x0202, 0x082);
        types.forEach((type, method) -> {
            assertEquals(type, MessageType.of(method, StunClass.REQUEST));
            assertEquals(method, MessageType.methodOf(type));
        });
        for (int type = 0; type <= 0x3FFF; type++) {
            int again = MessageType.of(MessageType.methodOf(type), MessageType.classOf(type));
            assertEquals(type, again);
        }
    }

    private record TypeRow(StunMethod method, int request, int indication, int success) {}

    @Test
    void givesTheMessageTypesOfTheRfcs() {
        TypeRow[] rows = {
            new TypeRow(StunMethod.BINDING, 0x0001, 0x0011, 0x0101),
            new TypeRow(StunMethod.ALLOCATE, 0x0003, 0x0013, 0x0103),
            new TypeRow(StunMethod.REFRESH, 0x0004, 0x0014, 0x0104),
            new TypeRow(StunMethod.SEND, 0x0006, 0x0016, 0x0106),
            new TypeRow(StunMethod.DATA, 0x0007, 0x0017, 0x0107),
            new TypeRow(StunMethod.CREATE_PERMISSION, 0x0008, 0x0018, 0x0108),
            new TypeRow(StunMethod.CHANNEL_BIND, 0x0009, 0x0019, 0x0109),
            new TypeRow(StunMethod.CONNECT, 0x000A, 0x001A, 0x010A),
            new TypeRow(StunMethod.CONNECTION_BIND, 0x000B, 0x001B, 0x010B),
            new TypeRow(StunMethod.CONNECTION_ATTEMPT, 0x000C, 0x001C, 0x010C),
        };
        for (TypeRow row : rows) {
            StunMethod method = row.method;
            assertEquals(row.request, MessageType.of(method, StunClass.REQUEST));
            assertEquals(row.indication, MessageType.of(method, StunClass.INDICATION));
            assertEquals(row.success, MessageType.of(method, StunClass.SUCCESS_RESPONSE));
            assertEquals(row.success + 0x10, MessageType.of(method, StunClass.ERROR_RESPONSE));
        }
    }

    @Test
    void definesClassesOnlyWhereTheRfcsDo() {
        assertTrue(StunMethod.BINDING.allows(StunClass.INDICATION));
        assertTrue(!StunMethod.ALLOCATE.allows(StunClass.INDICATION));
        assertTrue(!StunMethod.SEND.allows(StunClass.REQUEST));
        assertTrue(!StunMethod.DATA.allows(StunClass.ERROR_RESPONSE));
        assertTrue(StunMethod.REFRESH.allows(StunClass.ERROR_RESPONSE));
    }

    @Test
    void knowsTwoAddressFamilies() {
        assertEquals(AddressFamily.IPV4, AddressFamily.of(1));
        assertEquals(AddressFamily.IPV6, AddressFamily.of(2));
        assertNull(AddressFamily.of(0));
        assertNull(AddressFamily.of(7));
    }
}
