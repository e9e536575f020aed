package org.turnd.stun;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// MACs over an Allocate request and its answer.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class IntegrityBenchmark {
    /// Users that take turns: one keeps the key that is set up, several change it each time.
    @Param({"1", "64"})
    int users;

    private final StunWriter writer = new StunWriter();
    private final StunView view = new StunView();
    private final MessageIntegrity integrity = new MessageIntegrity();
    private final ByteBuf response = TypicalMessages.buffer();
    private IntegrityKey[] keys;
    private ByteBuf[] requests;
    private ByteBuf[] requestsSha256;
    private int requestBytes;
    private int requestSha256Bytes;
    private int turn;

    @Setup
    public void signRequests() {
        keys =
                IntStream.range(0, users)
                        .mapToObj(user -> key(TypicalMessages.USERNAME + user))
                        .toArray(IntegrityKey[]::new);
        requests = new ByteBuf[users];
        requestsSha256 = new ByteBuf[users];
        for (int user = 0; user < users; user++) {
            requests[user] = TypicalMessages.buffer();
            requestBytes =
                    TypicalMessages.allocateRequest(writer, requests[user])
                            .integrity(integrity, keys[user])
                            .length();
            requestsSha256[user] = TypicalMessages.buffer();
            requestSha256Bytes =
                    TypicalMessages.allocateRequest(writer, requestsSha256[user])
                            .integritySha256(integrity, keys[user])
                            .length();
        }
    }

    @Benchmark
    public boolean verifySha1() {
        int user = nextUser();
        return view.wrap(requests[user], 0, requestBytes) == null
                && right(integrity.verify(view, keys[user]));
    }

    @Benchmark
    public boolean verifySha256() {
        int user = nextUser();
        return view.wrap(requestsSha256[user], 0, requestSha256Bytes) == null
                && right(integrity.verifySha256(view, keys[user]));
    }

    /// Writes and signs.
    @Benchmark
    public int signSha1() {
        return TypicalMessages.allocateResponse(writer, response)
                .integrity(integrity, keys[nextUser()])
                .length();
    }

    /// Writes and signs.
    @Benchmark
    public int signSha256() {
        return TypicalMessages.allocateResponse(writer, response)
                .integritySha256(integrity, keys[nextUser()])
                .length();
    }

    private int nextUser() {
        turn = turn + 1 == users ? 0 : turn + 1;
        return turn;
    }

    private static IntegrityKey key(String username) {
        return IntegrityKey.md5(username, TypicalMessages.REALM, TypicalMessages.PASSWORD);
    }

    /// What is found wrong early is no measurement.
    private static boolean right(boolean verified) {
        if (!verified) {
            throw new AssertionError("the request was signed with this key");
        }
        return true;
    }
}
