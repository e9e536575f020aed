package org.turnd.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.NonceCookie;
import org.turnd.stun.NonceCookie.BitOrder;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.PasswordAlgorithm;
import org.turnd.stun.StunAttribute.PasswordAlgorithms;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunAttribute.UserHashValue;
import org.turnd.stun.StunAttribute.Username;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.UserHash;

class AuthenticationTest {
    private static final LongTermCredential ALICE = new LongTermCredential("alice", "wonderland");
    private static final IntegrityKey SHA256_KEY =
            IntegrityKey.sha256("alice", "realm", "wonderland");
    private static final IntegrityKey MD5_KEY = IntegrityKey.md5("alice", "realm", "wonderland");
    private static final TransactionId ID = TransactionId.of(1, 2);

    private final MessageIntegrity mac = new MessageIntegrity();

    @Test
    void aServerBeforeRfc8489GetsWhatItKnows() throws TurnFailure {
        var request = signed(Authentication.of(challenge("n0nce"), ALICE));
        assertEquals(new Username("alice"), request.message().first(Username.class));
        assertNull(request.message().first(PasswordAlgorithms.class));
        assertNull(request.message().first(PasswordAlgorithm.class));
        assertTrue(mac.verify(request.view(), MD5_KEY));
    }

    @Test
    @Tag("D-13")
    @Tag("D-18")
    void theFirstKnownAlgorithmIsTakenAndTheWholeListRepeated() throws TurnFailure {
        var offered = algorithms(77, PasswordAlgorithm.SHA256, PasswordAlgorithm.MD5);
        var request = signed(Authentication.of(challenge(nonce(true, false), offered), ALICE));
        assertEquals(offered, request.message().first(PasswordAlgorithms.class));
        assertEquals(
                new PasswordAlgorithm(PasswordAlgorithm.SHA256),
                request.message().first(PasswordAlgorithm.class));
        assertTrue(mac.verifySha256(request.view(), SHA256_KEY));
        assertFalse(mac.verify(request.view(), SHA256_KEY));
    }

    @Test
    @Tag("D-19")
    void aServerThatPrefersMd5StillGetsASha256Mac() throws TurnFailure {
        var offered = algorithms(PasswordAlgorithm.MD5, PasswordAlgorithm.SHA256);
        var authentication = Authentication.of(challenge(nonce(true, false), offered), ALICE);
        assertFalse(authentication.isSha256());
        assertTrue(mac.verifySha256(signed(authentication).view(), MD5_KEY));
    }

    @Test
    @Tag("D-25")
    void theNameIsHashedWhereTheServerAsksForIt() throws TurnFailure {
        var offered = algorithms(PasswordAlgorithm.SHA256);
        for (var order : BitOrder.values()) {
            var nonce = NonceCookie.of(true, true, order) + "rest";
            var request = signed(Authentication.of(challenge(nonce, offered), ALICE)).message();
            assertNull(request.first(Username.class));
            assertEquals(
                    new UserHashValue(UserHash.of("alice", "realm")),
                    request.first(UserHashValue.class));
        }
    }

    @Test
    void aListThatWasTakenOutOnTheWayEndsIt() {
        // RFC 8489 §9.2.5: announced in the nonce, and not there.
        assertBad("taken PASSWORD-ALGORITHMS out", challenge(nonce(true, false)));
    }

    @Test
    void unknownAlgorithmsAloneEndIt() {
        assertBad("nobody knows", challenge(nonce(true, false), algorithms(77, 78)));
        assertBad("nobody knows", challenge(nonce(true, false), algorithms()));
    }

    @Test
    void aChallengeWithoutRealmOrNonceEndsIt() {
        assertBad("without a REALM", message(new ErrorCode(401, ""), new Nonce("n")));
        assertBad("without a REALM", message(new ErrorCode(401, ""), new Realm("r")));
    }

    @Test
    void aResponseWithTheWeakerMacProvesNothingOnceTheStrongerIsAgreed() throws TurnFailure {
        var offered = algorithms(PasswordAlgorithm.SHA256);
        var authentication = Authentication.of(challenge(nonce(true, false), offered), ALICE);
        assertTrue(authentication.isProvenBy(response(false), mac));
        assertFalse(authentication.isProvenBy(response(true), mac));
    }

    /// A request as the server reads it.
    private record Read(StunMessage message, StunView view) {}

    private Read signed(Authentication authentication) {
        ByteBuf buffer = Unpooled.buffer();
        var writer = new StunWriter().begin(buffer, 0, StunMethod.ALLOCATE, StunClass.REQUEST, ID);
        authentication.sign(writer, mac);
        var view = view(buffer, writer.length());
        return new Read(assertInstanceOf(StunMessage.class, StunMessage.decode(view)), view);
    }

    private StunView response(boolean sha1) {
        ByteBuf buffer = Unpooled.buffer();
        var writer =
                new StunWriter()
                        .begin(buffer, 0, StunMethod.ALLOCATE, StunClass.SUCCESS_RESPONSE, ID);
        if (sha1) {
            writer.integrity(mac, SHA256_KEY);
        } else {
            writer.integritySha256(mac, SHA256_KEY);
        }
        return view(buffer, writer.length());
    }

    private static StunView view(ByteBuf buffer, int length) {
        var view = new StunView();
        assertNull(view.wrap(buffer, 0, length));
        return view;
    }

    private static void assertBad(String why, StunMessage challenge) {
        var failure =
                assertThrows(TurnFailure.class, () -> Authentication.of(challenge, ALICE))
                        .failure();
        var text = assertInstanceOf(Failure.BadAnswer.class, failure).why();
        assertTrue(text.contains(why), text);
    }

    private static String nonce(boolean algorithms, boolean anonymity) {
        return NonceCookie.of(algorithms, anonymity, BitOrder.BIT_0_RIGHTMOST) + "rest";
    }

    private static PasswordAlgorithms algorithms(int... numbers) {
        return new PasswordAlgorithms(
                Arrays.stream(numbers).mapToObj(PasswordAlgorithm::new).toList());
    }

    private static StunMessage challenge(String nonce, StunAttribute... more) {
        var attributes = new StunAttribute[more.length + 3];
        attributes[0] = new ErrorCode(401, "Unauthenticated");
        attributes[1] = new Realm("realm");
        attributes[2] = new Nonce(nonce);
        System.arraycopy(more, 0, attributes, 3, more.length);
        return message(attributes);
    }

    private static StunMessage message(StunAttribute... attributes) {
        var builder = StunMessage.builder(StunMethod.ALLOCATE, StunClass.ERROR_RESPONSE, ID);
        Arrays.stream(attributes).forEach(builder::add);
        return builder.build();
    }
}
