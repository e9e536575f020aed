package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.KeyAlgorithm;

/// Users that a test tells the engine of when it likes to, or never.
final class FakeRemoteUsers implements RemoteUsers {
    static final long TIMEOUT_SECONDS = 2;

    Patience patience = new Patience(TIMEOUT_SECONDS * EngineFixture.SECOND, 8, 4, 1000);

    /// What [#recall] knows.
    final Map<UserQuery, UserAnswer> remembered = new HashMap<>();

    /// What was asked and has no answer yet, by ticket, in order.
    final Map<Integer, UserQuery> open = new LinkedHashMap<>();

    /// Everything that was ever asked.
    final List<UserQuery> asked = new ArrayList<>();

    @Override
    public @Nullable UserAnswer recall(UserQuery query) {
        return remembered.get(query);
    }

    @Override
    public void ask(int ticket, UserQuery query) {
        open.put(ticket, query);
        asked.add(query);
    }

    @Override
    public Patience patience() {
        return patience;
    }

    static UserAnswer.Known known(String username, String password) {
        return new UserAnswer.Known(
                username,
                List.of(new Credential(key(KeyAlgorithm.MD5, username, password))),
                List.of(new Credential(key(KeyAlgorithm.SHA_256, username, password))));
    }

    private static IntegrityKey key(KeyAlgorithm algorithm, String username, String password) {
        return algorithm.key(username, EngineFixture.REALM, password);
    }

    /// Answers what was asked first of all that has no answer.
    void answerFirst(EngineFixture fixture, UserAnswer answer) {
        int ticket = open.keySet().iterator().next();
        open.remove(ticket);
        fixture.engine.onUser(ticket, answer, fixture.nowNanos);
    }
}
