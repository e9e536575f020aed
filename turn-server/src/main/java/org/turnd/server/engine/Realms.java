package org.turnd.server.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.turnd.stun.IntegrityKey;
import org.turnd.stun.MessageIntegrity;

/// The realms of one engine, each with users, nonces and counts of failed logins of its own. Which
/// one a client is in follows from its connection or its listener alone, whatever its requests say.
public final class Realms {
    private final SharedState shared;
    private final MessageIntegrity integrity;
    private final IntegrityKey nobody;
    private final FailedLogins logins;
    private final List<Authenticator> all = new ArrayList<>();
    private EngineSettings settings;
    private int[] ofListener = new int[0];

    /// @param users those of the default realm
    Realms(
            EngineSettings settings,
            SharedState shared,
            Credentials users,
            MessageIntegrity integrity,
            RandomGenerator random) {
        this.settings = settings;
        this.shared = shared;
        this.integrity = integrity;
        byte[] unguessable = new byte[16];
        random.nextBytes(unguessable);
        nobody = IntegrityKey.ofBytes(unguessable);
        logins = new FailedLogins(settings.abuse().failedLoginsPerMinute(), random.nextLong());
        add(settings.realm(), users);
    }

    private void add(String name, Credentials users) {
        var realm = new ServedRealm(all.size(), name);
        all.add(new Authenticator(realm, settings, shared, users, integrity, logins, nobody));
    }

    /// Serves these realms, too. Before any request.
    ///
    /// @param others in the order of their indexes, of which the first is 1
    public void serve(List<RealmUsers> others) {
        for (RealmUsers realm : others) {
            add(realm.name(), realm.credentials());
        }
    }

    /// Says whose clients come to which listener. Before any request.
    ///
    /// @param indexes the realm of each listener, in the order of the listeners; those beyond its
    ///   end are the default realm's
    public void assign(int[] indexes) {
        ofListener = indexes.clone();
    }

    /// Goes by other settings and users from now on.
    ///
    /// @param others as many as before, in the same order
    void use(EngineSettings next, Credentials users, List<RealmUsers> others) {
        settings = next;
        logins.allow(next.abuse().failedLoginsPerMinute());
        all.getFirst().use(next, users);
        for (int i = 0; i < others.size(); i++) {
            all.get(i + 1).use(next, others.get(i).credentials());
        }
    }

    /// Returns what checks a client's requests.
    Authenticator of(ClientPath client) {
        int listener = client.listener();
        return all.get(listener < ofListener.length ? ofListener[listener] : ServedRealm.DEFAULT);
    }

    /// Returns the allocation if the client is in its realm. To the others it is nothing, whoever
    /// they are: a name and a key of one realm prove nothing in another.
    @Nullable Allocation visible(@Nullable Allocation allocation, ClientPath client) {
        return allocation != null && isIn(allocation.owner.realm(), client) ? allocation : null;
    }

    /// As above, for a connection with a peer.
    @Nullable ConnectionOwner visible(@Nullable ConnectionOwner owner, ClientPath client) {
        return owner != null && isIn(owner.realm(), client) ? owner : null;
    }

    private boolean isIn(ServedRealm realm, ClientPath client) {
        return realm.index() == of(client).realm().index();
    }

    /// Says whether who made an allocation is still a user, with the same key.
    boolean vouchFor(Principal owner) {
        return all.get(owner.realm().index()).vouchesFor(owner);
    }
}
