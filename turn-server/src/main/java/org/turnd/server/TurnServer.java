package org.turnd.server;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.turnd.server.auth.CompositeCredentials;
import org.turnd.server.auth.RevocableCredentials;
import org.turnd.server.auth.Revocations;
import org.turnd.server.config.AdminSettings;
import org.turnd.server.config.ServerSettings;
import org.turnd.server.config.ServerSettings.Listener;
import org.turnd.server.engine.Credentials;
import org.turnd.server.engine.EngineEvents;
import org.turnd.server.net.DataPlaneChoice;
import org.turnd.server.net.LocalAddresses;
import org.turnd.server.net.ShardGroup;
import org.turnd.server.net.ShardStatus;
import org.turnd.server.net.TlsMaterial;
import org.turnd.server.net.TlsProviderChoice;
import org.turnd.server.policy.AddressRules;
import org.turnd.server.policy.LocalSharedState;
import org.turnd.server.policy.Quotas;
import org.turnd.stun.TransportAddress;

/// A running STUN and TURN server. Every method may be called on any thread but an event loop's,
/// which means: not out of [EngineEvents] or [Credentials].
public final class TurnServer implements AutoCloseable {
    private final LocalSharedState shared;
    private final ShardGroup shards;
    private final List<String> certificateWarnings = new ArrayList<>();
    private final List<String> warnings;
    private final ServerSettings.@Nullable Tls tls;
    private final Oversight oversight;
    private CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();

    private TurnServer(ServerSettings settings, Credentials credentials, EngineEvents events)
            throws StartFailure {
        shared =
                new LocalSharedState(
                        settings.relay(),
                        quotas(settings.limits()),
                        settings.auth()::quotaName,
                        new SecureRandom());
        tls = settings.tls();
        List<TransportAddress> local = localAddresses();
        var policy = new LatePeerPolicy(rules(settings, settings.listeners(), local));
        var revocations = new Revocations(Oversight.userIds(settings.auth()));
        var users = new RevocableCredentials(credentials, revocations);
        shards = openShards(settings, new ShardGroup.Parts(shared, users, policy, events));
        oversight = new Oversight(settings.auth(), shards.sessions(), revocations);
        try {
            List<String> problems = shards.listen(settings.listeners(), local);
            if (!problems.isEmpty()) {
                throw new StartFailure(problems);
            }
            policy.become(rules(settings, listeners(), local));
            List<String> all = new ArrayList<>(shards.warnings(settings));
            all.addAll(certificateWarnings);
            warnings = List.copyOf(all);
        } catch (IOException e) {
            shards.close();
            throw unanswered(e);
        } catch (StartFailure | RuntimeException e) {
            shards.close();
            throw e;
        }
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

    private static Quotas quotas(ServerSettings.Limits limits) {
        return new Quotas(
                limits.allocationsPerUser(),
                limits.throttles().allocationsPerAddress(),
                limits.throttles().bandwidthPerUserBytes());
    }

    private ShardGroup openShards(ServerSettings settings, ShardGroup.Parts parts)
            throws StartFailure {
        try {
            ServerSettings.Tls tls = settings.tls();
            TlsMaterial material = tls == null ? null : TlsMaterial.read(tls);
            if (material != null) {
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

    /// Starts a server: all its listeners are open when this returns.
    ///
    /// @throws StartFailure when a listener can't be opened or a certificate can't be used; it
    ///   names every problem, and nothing is left open
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

    /// What carries UDP, and why that.
    public DataPlaneChoice dataPlane() {
        return shards.dataPlane();
    }

    /// What this machine gives less of than the settings may come to need, such as open files: one
    /// line each with what to do about it.
    public List<String> warnings() {
        return warnings;
    }

    /// What encrypts, and why that; null without a certificate.
    public @Nullable TlsProviderChoice tlsProvider() {
        return shards.tlsProvider();
    }

    /// Reads the certificate and its key again, for the handshakes that begin from now on (P-10).
    /// Connections and their allocations go on undisturbed.
    ///
    /// @return whether they are good; when they aren't, the old certificate stays
    /// @throws IllegalStateException when the server has no certificate
    public CertificateReload reloadCertificate() {
        if (tls == null) {
            throw new IllegalStateException("the settings name no certificate");
        }
        try {
            TlsMaterial material = TlsMaterial.read(tls);
            shards.use(material);
            return new CertificateReload(
                    true, material.expiryWarning(Instant.now()).stream().toList());
        } catch (TlsMaterial.InvalidTlsMaterial e) {
            return new CertificateReload(false, e.problems());
        } catch (IOException e) {
            return new CertificateReload(false, List.of(String.valueOf(e.getMessage())));
        }
    }

    /// How [#reloadCertificate] went.
    ///
    /// @param done whether new handshakes use what the files hold now
    /// @param remarks why not, or what is to be known of the new certificate
    public record CertificateReload(boolean done, List<String> remarks) {}

    /// The shards with their counters.
    public List<ShardStatus> shards() {
        return shards.shards();
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

    /// Refuses new allocations from now on; those that exist go on to their end.
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

    /// Ends every allocation at once and closes every socket and thread. Returns when it is done.
    @Override
    public void close() {
        shards.close();
    }

    /// Collects what a server is made of.
    public static final class Builder {
        private final ServerSettings settings;
        private @Nullable Credentials credentials;
        private EngineEvents events = new QuietEvents();

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

        /// Starts the server, as [TurnServer#start(ServerSettings)] does.
        public TurnServer start() throws StartFailure {
            Credentials own = credentials;
            Credentials users =
                    own == null ? CompositeCredentials.of(settings, InstantSource.system()) : own;
            return new TurnServer(settings, users, events);
        }
    }
}
