package org.turnd.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.turnd.cli.check.Failure;
import org.turnd.cli.check.LongTermCredential;
import org.turnd.cli.check.Retransmission;
import org.turnd.cli.check.TurnFailure;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;
import org.turnd.stun.StunAttribute;
import org.turnd.stun.StunAttribute.ErrorCode;
import org.turnd.stun.StunAttribute.Lifetime;
import org.turnd.stun.StunAttribute.Nonce;
import org.turnd.stun.StunAttribute.Realm;
import org.turnd.stun.StunClass;
import org.turnd.stun.StunMessage;
import org.turnd.stun.StunMethod;
import org.turnd.stun.StunView;
import org.turnd.stun.StunWriter;
import org.turnd.stun.TransactionId;
import org.turnd.stun.TransportAddress;

class ClientLifeTest {
    private static final long MILLISECOND = 1_000_000;
    private static final IntegrityKey KEY = IntegrityKey.md5("anna", "home", "secret");
    private static final TransportAddress PEER = TransportAddress.ipv4(0x7F000001, 9);

    private final List<StunMessage> sent = new ArrayList<>();
    private final List<ByteBuf> bytes = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final MessageIntegrity mac = new MessageIntegrity();
    private int repeated;
    private @Nullable Failure failure;

    private final class Recorder implements ClientLife.Surroundings {
        @Override
        public void send(ByteBuf message, int length) {
            bytes.add(message.copy(0, length));
            sent.add((StunMessage) StunMessage.decode(message, 0, length));
        }

        @Override
        public void done() {
            ends.add("done");
        }

        @Override
        public void mismatch() {
            ends.add("mismatch");
        }

        @Override
        public void failed(TurnFailure why) {
            ends.add("failed");
            failure = why.failure();
        }

        @Override
        public void repeated() {
            repeated++;
        }
    }

    private ClientLife life(@Nullable LongTermCredential credential) {
        var life =
                new ClientLife(
                        new Requests(credential),
                        Retransmission.RFC_8489,
                        false,
                        PEER,
                        new Recorder());
        life.begin(0);
        return life;
    }

    private ClientLife annas() {
        return life(new LongTermCredential("anna", "secret"));
    }

    private void answer(
            ClientLife life,
            StunClass answerClass,
            @Nullable IntegrityKey key,
            StunAttribute... of) {
        answer(life, sent.getLast().transactionId(), answerClass, key, of);
    }

    private void answer(
            ClientLife life,
            TransactionId id,
            StunClass answerClass,
            @Nullable IntegrityKey key,
            StunAttribute... attributes) {
        var buffer = Unpooled.buffer();
        var writer = new StunWriter().begin(buffer, 0, sent.getLast().method(), answerClass, id);
        for (var attribute : attributes) {
            writer.put(attribute);
        }
        if (key != null) {
            writer.integrity(mac, key);
        }
        life.onFrame(buffer, 0, writer.length(), 0);
    }

    private void challenge(ClientLife life, int code, String nonce) {
        answer(
                life,
                StunClass.ERROR_RESPONSE,
                null,
                new ErrorCode(code, "Show it"),
                new Realm("home"),
                new Nonce(nonce));
    }

    private boolean isLastSigned() {
        var view = new StunView();
        var last = bytes.getLast();
        assertNull(view.wrap(last, 0, last.capacity()));
        return mac.verify(view, KEY);
    }

    @Test
    void goesThroughAWholeLife() {
        var life = annas();
        assertEquals(StunMethod.ALLOCATE, sent.getLast().method());
        assertNull(sent.getLast().first(Nonce.class));
        challenge(life, 401, "first");
        assertEquals("first", Objects.requireNonNull(sent.getLast().first(Nonce.class)).value());
        assertTrue(isLastSigned());
        answer(life, StunClass.SUCCESS_RESPONSE, KEY);
        assertEquals(StunMethod.CHANNEL_BIND, sent.getLast().method());
        assertTrue(isLastSigned());
        answer(life, StunClass.SUCCESS_RESPONSE, KEY);
        assertEquals(StunMethod.REFRESH, sent.getLast().method());
        assertEquals(new Lifetime(0), sent.getLast().first(Lifetime.class));
        assertEquals(List.of(), ends);
        answer(life, StunClass.SUCCESS_RESPONSE, KEY);
        assertEquals(List.of("done"), ends);
        assertEquals(4, sent.size());
        assertEquals(4, sent.stream().map(StunMessage::transactionId).distinct().count());
    }

    @Test
    void aServerThatAsksForNothingIsShownNothing() {
        var life = life(null);
        answer(life, StunClass.SUCCESS_RESPONSE, null);
        answer(life, StunClass.SUCCESS_RESPONSE, null);
        answer(life, StunClass.SUCCESS_RESPONSE, null);
        assertEquals(List.of("done"), ends);
    }

    @Test
    void aStaleNonceIsReplacedAndARefusalIsNot() {
        var life = annas();
        challenge(life, 401, "first");
        challenge(life, 438, "second");
        assertEquals("second", Objects.requireNonNull(sent.getLast().first(Nonce.class)).value());
        challenge(life, 401, "third");
        assertEquals(List.of("failed"), ends);
        var error = assertInstanceOf(Failure.ErrorResponse.class, failure);
        assertEquals(401, error.code());
        assertTrue(error.authenticated());
    }

    @Test
    void aServerThatNeverLikesANonceIsGivenUp() {
        var life = annas();
        for (int i = 0; i < 10 && ends.isEmpty(); i++) {
            challenge(life, 438, "nonce " + i);
        }
        assertEquals(List.of("failed"), ends);
    }

    @Test
    void aPortThatIsKnownFromBeforeIsNoFailure() {
        var life = annas();
        challenge(life, 401, "first");
        answer(life, StunClass.ERROR_RESPONSE, KEY, new ErrorCode(437, "Mismatch"));
        assertEquals(List.of("mismatch"), ends);
    }

    @Test
    void anAnswerThatIsNotSignedIsNoAnswer() {
        var life = annas();
        challenge(life, 401, "first");
        answer(life, StunClass.SUCCESS_RESPONSE, IntegrityKey.md5("anna", "home", "guess"));
        assertInstanceOf(Failure.BadAnswer.class, failure);
    }

    @Test
    void whatIsNotAnsweredIsSentAgainAndThenGivenUp() {
        var life = annas();
        life.onTime(499 * MILLISECOND);
        assertEquals(1, sent.size());
        life.onTime(500 * MILLISECOND);
        assertEquals(2, sent.size());
        assertEquals(sent.get(0).transactionId(), sent.get(1).transactionId());
        life.onTime(1_499 * MILLISECOND);
        assertEquals(2, sent.size());
        for (long now = 1_500; ends.isEmpty() && now < 100_000; now += 100) {
            life.onTime(now * MILLISECOND);
        }
        assertEquals(7, sent.size());
        assertEquals(6, repeated);
        assertInstanceOf(Failure.Silence.class, failure);
    }

    @Test
    void anAnswerToAnEarlierRequestIsPassedOver() {
        var life = annas();
        var first = sent.getLast().transactionId();
        challenge(life, 401, "first");
        answer(life, first, StunClass.SUCCESS_RESPONSE, KEY);
        assertEquals(2, sent.size());
        assertNotEquals(first, sent.getLast().transactionId());
        life.onFrame(Unpooled.wrappedBuffer(new byte[3]), 0, 3, 0);
        assertEquals(List.of(), ends);
    }
}
