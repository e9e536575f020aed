package org.turnd.server;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.turnd.server.auth.CompositeCredentials;
import org.turnd.server.auth.RevocableCredentials;
import org.turnd.server.auth.Revocations;
import org.turnd.server.auth.StoreFailure;
import org.turnd.server.auth.StoredUsers;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.HostNames;
import org.turnd.server.config.RealmSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.config.SettingsChange;
import org.turnd.server.config.Throttles;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.engine.RealmUsers;
import org.turnd.server.net.AdvertisedAddresses;
import org.turnd.server.net.DataPlaneChoice;
import org.turnd.server.net.ExternalLookup;
import org.turnd.server.net.LocalAddresses;
import org.turnd.server.net.LoopWatch;
import org.turnd.server.net.ShardGroup;
import org.turnd.server.net.ShardStatus;
import org.turnd.server.net.TlsMaterial;
import org.turnd.server.net.TlsProviderChoice;
import org.turnd.server.policy.AddressRules;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// A running STUN and TURN server. Every method may be called on any thread but an event loop's,
/// which means: not out of [EngineEvents] or [Credentials].
public final class TurnServer implements AutoCloseable {
    private static final String CERTIFICATE = "tls.certificate";

    private final LocalSharedState shared;
    private final @Nullable StoredUsers stored;
    private final ShardGroup shards;
    private final List<String> certificateWarnings = new ArrayList<>();
    private final List<String> warnings;
    private final Oversight oversight;
    private final @Nullable Credentials ownCredentials;
    private final Revocations revocations;
    private final LatePeerPolicy policy;
    private final AdvertisedAddresses advertised;
    private CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();

    /// Held by one reload at a time, which waits for the shards: they must never wait for it.
    private final Object reloading = new Object();

    private volatile ServerSettings settings;
    private volatile @Nullable TlsMaterial certificate;

    private TurnServer(
            ServerSettings settings,
            @Nullable Credentials ownCredentials,
            @Nullable StoredUsers stored,
            EngineEvents events)
            throws StartFailure {
        this.settings = settings;
        this.ownCredentials = ownCredentials;
        this.stored = stored;
        shared =
                new LocalSharedState(
                        settings.relay(),
                        quotas(settings),
                        settings.auth()::quotaName,
                        new SecureRandom());
        advertised = advertised(settings.relay());
        List<TransportAddress> local = localAddresses();
        policy = new LatePeerPolicy(rules(settings, settings.listeners(), local));
        revocations = new Revocations(Oversight.userIds(settings.auth()));
        shards =
                openShards(
                        settings,
                        new ShardGroup.Parts(
                                shared,
                                credentials(settings),
                                realmUsers(settings),
                                policy,
                                events));
        oversight = new Oversight(this::settings, shards.sessions(), revocations);
        try {
            List<String> problems = shards.listen(settings.listeners(), local);
            if (!problems.isEmpty()) {
                throw new StartFailure(problems);
            }
            policy.become(rules(settings, listeners(), local));
            List<String> all = new ArrayList<>(shards.warnings(settings));
            all.addAll(certificateWarnings);
            warnings = List.copyOf(all);
            advertised.follow();
        } catch (IOException e) {
            shards.close();
            throw unanswered(e);
        } catch (StartFailure | RuntimeException e) {
            shards.close();
            throw e;
        }
    }

    private AdvertisedAddresses advertised(ServerSettings.Relay relay) throws StartFailure {
        var addresses =
                new AdvertisedAddresses(
                        relay, new ExternalLookup(HostNames.SYSTEM), shared::advertise);
        AdvertisedAddresses.Found found = addresses.find(relay.external());
        if (!found.problems().isEmpty()) {
            throw new StartFailure(found.problems());
        }
        addresses.become(found);
        return addresses;
    }

    private static List<TransportAddress> localAddresses() throws StartFailure {
        try {
            return LocalAddresses.all();
        } catch (IOException e) {
            throw unanswered(e);
        }
    }

    private static StartFailure unanswered(IOException e) {
        return new StartFailure(
                List.of(
                        "this machine can't be asked for its addresses and limits: "
                                + e.getMessage()));
    }

    /// S-05: what listens here is no peer, the metrics neither.
    private static AddressRules rules(
            ServerSettings settings, List<Listener> listeners, List<TransportAddress> local) {
        List<TransportAddress> own = new ArrayList<>();
        for (Listener listener : LocalAddresses.expand(listeners, local)) {
            own.add(listener.address());
        }
        ServerSettings.Http http = settings.http();
        if (http != null) {
            own.add(http.address());
        }
        AdminSettings admin = settings.admin();
        if (admin != null) {
            own.addAll(admin.addresses());
        }
        return AddressRules.of(settings.peers(), own, local);
    }

    private Credentials credentials(ServerSettings of) {
        Credentials own = ownCredentials;
        return new RevocableCredentials(
                own == null ? CompositeCredentials.of(of, InstantSource.system(), stored) : own,
                of.realm(),
                revocations);
    }

    /// The users of the other realms are always those of the settings.
    private List<RealmUsers> realmUsers(ServerSettings of) {
        return of.realms().stream()
                .map(realm -> {
                    Credentials users =
                            CompositeCredentials.of(realm, of.auth(), InstantSource.system());
                    return new RealmUsers(
                            realm.name(),
                            new RevocableCredentials(users, realm.name(), revocations));
                })
                .toList();
    }

    private static Quotas quotas(ServerSettings settings) {
        ServerSettings.Limits limits = settings.limits();
        Throttles.Bandwidth bandwidth = limits.throttles().bandwidth();
        return new Quotas(
                limits.allocationsPerUser(),
                limits.throttles().allocationsPerAddress(),
                bandwidth,
                settings.realms().stream()
                        .map(RealmSettings::limits)
                        .map(own ->
                                new Quotas.OfRealm(
                                        own.allocations(),
                                        own.allocationsPerUser() > 0
                                                ? own.allocationsPerUser()
                                                : limits.allocationsPerUser(),
                                        own.bandwidth(),
                                        own.bandwidthPerUser() > 0
                                                ? own.bandwidthPerUser()
                                                : bandwidth.perUser()))
                        .toList());
    }

    private ShardGroup openShards(ServerSettings settings, ShardGroup.Parts parts)
            throws StartFailure {
        try {
            ServerSettings.Tls tls = settings.tls();
            TlsMaterial material = tls == null ? null : TlsMaterial.read(tls);
            if (material != null) {
                certificate = material;
                material.expiryWarning(Instant.now()).ifPresent(certificateWarnings::add);
            }
            var plane = DataPlaneChoice.of(settings.dataPlane());
            return new ShardGroup(settings, parts, plane, material, this::onShardEmpty);
        } catch (TlsMaterial.InvalidTlsMaterial e) {
            throw new StartFailure(e.problems());
        } catch (IOException e) {
            throw new StartFailure(List.of(String.valueOf(e.getMessage())));
        }
    }

    /// Starts a server: all its listeners are open when this returns. Where its external address
    /// has to be looked up, that comes first and takes some seconds at most.
    ///
    /// @throws StartFailure when a listener can't be opened, a certificate can't be used or nobody
    ///   knows an external address; it names every problem, and nothing is left open
    public static TurnServer start(ServerSettings settings) throws StartFailure {
        return builder(settings).start();
    }

    /// Prepares a server whose users or events are the embedder's own.
    public static Builder builder(ServerSettings settings) {
        return new Builder(settings);
    }

    /// Where clients can connect: each listening socket with its actual port. A wildcard stands
    /// here as the addresses it means.
    public List<Listener> listeners() {
        return shards.listeners();
    }

    /// What carries UDP, and why that. Doesn't change while the server runs.
    public DataPlaneChoice dataPlane() {
        return shards.dataPlane();
    }

    /// What this machine gave less of at the start than the settings may come to need, such as open
    /// files, and whether the certificate ends soon: one line each with what to do about it.
    public List<String> warnings() {
        return warnings;
    }

    /// What encrypts, and why that; null without a certificate.
    public @Nullable TlsProviderChoice tlsProvider() {
        return shards.tlsProvider();
    }

    /// The settings that are in force.
    public ServerSettings settings() {
        return settings;
    }

    /// When the certificate for new handshakes ends; empty without one.
    public Optional<Instant> certificateEnd() {
        return Optional.ofNullable(certificate).map(TlsMaterial::end);
    }

    /// The address that new allocations of a family are told, port 0: the external one where there
    /// is one. Null when there are no relays of this family.
    public @Nullable TransportAddress advertisedAddress(AddressFamily family) {
        return shared.externalRelayAddress(family);
    }

    /// What looks after these addresses.
    AdvertisedAddresses advertised() {
        return advertised;
    }

    /// How many ports of a family the next relay can choose from; 0 when there are no relays of it.
    public int freeRelayPorts(AddressFamily family) {
        return shared.freePorts(family, System.nanoTime());
    }

    /// Takes other settings, as far as that is possible without a restart, and the certificate as
    /// its files are now (P-10). Allocations go on, and no packet is lost; but a peer that may not
    /// be reached any more is cut off at once, and who is no user any more, or has another key, is
    /// refused at the next request. When something can't be used nothing at all changes.
    ///
    /// Logging is the caller's: [#settings] says how it shall be. Reads the certificate's files and
    /// waits until every shard has looked at its allocations; one reload at a time.
    public Reload reload(ServerSettings next) {
        synchronized (reloading) {
            return take(next);
        }
    }

    private Reload take(ServerSettings next) {
        SettingsChange change = SettingsChange.of(settings, next);
        ServerSettings wanted = change.inForce();
        var changed = new ArrayList<>(change.taken());
        try {
            ServerSettings.Tls tls = wanted.tls();
            TlsMaterial material = tls == null ? null : TlsMaterial.read(tls);
            AdvertisedAddresses.Found found = advertised.find(wanted.relay().external());
            if (!found.problems().isEmpty()) {
                return new Reload.Refused(found.problems());
            }
            AddressRules rules = rules(wanted, listeners(), LocalAddresses.all());
            Credentials users = credentials(wanted);
            List<RealmUsers> realmUsers = realmUsers(wanted);
            var remarks = new ArrayList<>(shards.warnings(wanted));
            if (material != null) {
                material.expiryWarning(Instant.now()).ifPresent(remarks::add);
                useCertificate(material, changed);
            }
            // From here on nothing can fail but for a server that is being closed.
            settings = wanted;
            shared.use(quotas(wanted));
            advertised.become(found);
            policy.become(rules);
            if (stored != null) {
                stored.use(wanted.auth().expiredCredentials());
            }
            shards.use(wanted, users, realmUsers);
            return new Reload.Taken(changed, change.needRestart(), remarks);
        } catch (TlsMaterial.InvalidTlsMaterial e) {
            return new Reload.Refused(e.problems());
        } catch (IOException e) {
            return new Reload.Refused(List.of(String.valueOf(e.getMessage())));
        }
    }

    private void useCertificate(TlsMaterial material, List<String> changed) throws IOException {
        TlsMaterial present = certificate;
        if (present != null && present.isSame(material)) {
            return;
        }
        shards.use(material);
        certificate = material;
        if (!changed.contains(CERTIFICATE)) {
            changed.add(CERTIFICATE);
        }
    }

    /// Users that are kept elsewhere and what is remembered of them; null when there are none.
    public @Nullable StoredUsers storedUsers() {
        return stored;
    }

    /// The shards with their counters, in the order of their numbers. The same objects for the life
    /// of the server.
    public List<ShardStatus> shards() {
        return shards.shards();
    }

    /// Begins to watch whether the event loops turn; close it before the server.
    ///
    /// @param bound how long a loop may not turn before it counts as stuck
    /// @param interval how often they are looked at
    /// @param whenAllTurn called once an interval, on the watch's thread, while none is stuck
    public LoopWatch watchLoops(Duration bound, Duration interval, Runnable whenAllTurn) {
        return shards.watch(bound, interval, whenAllTurn);
    }

    /// Allocations that live now, on all shards.
    public int allocationCount() {
        return shards().stream().mapToInt(ShardStatus::allocations).sum();
    }

    /// DTLS sessions that are open now, unfinished handshakes among them.
    public int dtlsSessions() {
        return shards.dtlsSessions();
    }

    /// What an operator sees of sessions, users and secrets, and does to them.
    public Oversight oversight() {
        return oversight;
    }

    /// Refuses new allocations from now on; those that exist go on to their end. Doesn't wait for
    /// it: [#drained] says when.
    public void drain() {
        shared.setDraining(true);
        onShardEmpty();
    }

    /// Takes new allocations again.
    public synchronized void undrain() {
        shared.setDraining(false);
        if (drained.isDone()) {
            drained = new CompletableFuture<>();
        }
    }

    /// Says whether new allocations are refused, because the server was told to drain.
    public boolean isDraining() {
        return shared.isDraining();
    }

    /// Completes when the server has been told to drain and its last allocation has ended. To be
    /// asked for anew after [#undrain].
    public synchronized CompletionStage<@Nullable Void> drained() {
        return drained.minimalCompletionStage();
    }

    private synchronized void onShardEmpty() {
        if (shared.isDraining() && allocationCount() == 0) {
            // Elsewhere than on the shard's thread, so that what depends on it may close the
            // server.
            drained.completeAsync(() -> null);
        }
    }

    /// Ends every allocation at once and closes every socket and thread. Returns when it is done; a
    /// second call does nothing. Not to be called on an event loop, which would wait for itself.
    @Override
    public void close() {
        advertised.close();
        shards.close();
        if (stored != null) {
            stored.close();
        }
    }

    /// Collects what a server is made of.
    public static final class Builder {
        private final ServerSettings settings;
        private @Nullable Credentials credentials;
        private EngineEvents events = new EngineEvents() {};

        private Builder(ServerSettings settings) {
            this.settings = settings;
        }

        /// Asks the embedder for users instead of the settings. Called on the event loops, and must
        /// not block.
        public Builder credentials(Credentials source) {
            credentials = source;
            return this;
        }

        /// Tells the embedder about allocations and refusals. Called on the event loops, and must
        /// not block.
        public Builder events(EngineEvents listener) {
            events = listener;
            return this;
        }

        /// Starts the server: all its listeners are open when this returns.
        ///
        /// @throws StartFailure as [TurnServer#start(ServerSettings)] does
        public TurnServer start() throws StartFailure {
            StoredUsers stored = credentials == null ? stored() : null;
            try {
                return new TurnServer(settings, credentials, stored, events);
            } catch (StartFailure | RuntimeException e) {
                if (stored != null) {
                    stored.close();
                }
                throw e;
            }
        }

        private @Nullable StoredUsers stored() throws StartFailure {
            try {
                return StoredUsers.open(settings, InstantSource.system());
            } catch (StoreFailure e) {
                throw new StartFailure(List.of(String.valueOf(e.getMessage())));
            }
        }
    }
}
