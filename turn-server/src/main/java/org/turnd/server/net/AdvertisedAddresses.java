package org.turnd.server.net;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.turnd.server.config.ExternalAddress;
import org.turnd.server.config.ExternalAddresses;
import org.turnd.server.config.ServerSettings.Relay;
import org.turnd.stun.AddressFamily;
import org.turnd.stun.TransportAddress;

/// The addresses that new allocations are told instead of the relays' own. They are looked up at
/// the start, and then again and again on a virtual thread, so that a server stays reachable when
/// its public address changes. Safe on every thread but an event loop.
public final class AdvertisedAddresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.turnd");

    private final Map<AddressFamily, TransportAddress> relays = new EnumMap<>(AddressFamily.class);
    private final ExternalLookup lookup;
    private final BiConsumer<AddressFamily, TransportAddress> told;
    private final Semaphore wakes = new Semaphore(0);
    private final AtomicLongArray changes = new AtomicLongArray(AddressFamily.values().length);
    private final AtomicLongArray failures = new AtomicLongArray(AddressFamily.values().length);

    // Guarded by this.
    private ExternalAddresses wanted;
    private final Map<AddressFamily, TransportAddress> found = new EnumMap<>(AddressFamily.class);
    private final Set<AddressFamily> failing = EnumSet.noneOf(AddressFamily.class);

    private volatile @Nullable Thread follower;

    /// Knows nothing yet, see [#find].
    ///
    /// @param relay the addresses of the relays themselves
    /// @param told told of each address that new allocations shall be told
    public AdvertisedAddresses(
            Relay relay, ExternalLookup lookup, BiConsumer<AddressFamily, TransportAddress> told) {
        this.lookup = lookup;
        this.told = told;
        wanted = ExternalAddresses.fixed(null, null);
        if (relay.ipv4() != null) {
            relays.put(AddressFamily.IPV4, relay.ipv4());
        }
        if (relay.ipv6() != null) {
            relays.put(AddressFamily.IPV6, relay.ipv6());
        }
    }

    /// Addresses to [#become], and what they were found for.
    ///
    /// @param wanted what was asked for
    /// @param addresses by family
    /// @param problems what can't be found, one line each; then the addresses aren't complete
    public record Found(
            ExternalAddresses wanted,
            Map<AddressFamily, TransportAddress> addresses,
            List<String> problems) {
        public Found {
            addresses = Collections.unmodifiableMap(addresses);
            problems = List.copyOf(problems);
        }
    }

    /// Looks up what isn't known already, and changes nothing. Blocks for some seconds at most.
    public Found find(ExternalAddresses next) {
        Map<AddressFamily, TransportAddress> addresses = new EnumMap<>(AddressFamily.class);
        var problems = new ArrayList<String>();
        relays.forEach((family, relay) -> {
            ExternalAddress one = next.of(family);
            TransportAddress known = knownFor(family, one);
            try {
                addresses.put(
                        family,
                        one == null
                                ? relay
                                : known != null ? known : lookup.find(one, relay, null));
            } catch (IOException nobodyKnows) {
                problems.add(
                        "relay.external-%s = %s: %s"
                                .formatted(text(family), one.text(), nobodyKnows.getMessage()));
            }
        });
        return new Found(next, addresses, problems);
    }

    private synchronized @Nullable TransportAddress knownFor(
            AddressFamily family, @Nullable ExternalAddress one) {
        return one != null && one.equals(wanted.of(family)) ? found.get(family) : null;
    }

    /// Has new allocations told these, and looks after them from now on. What was known before and
    /// may have changed is asked for again, without anybody waiting for it.
    public synchronized void become(Found next) {
        wanted = next.wanted();
        failing.clear();
        next.addresses().forEach(this::tell);
        wakes.release();
    }

    /// Begins to follow changes.
    public void follow() {
        wakes.drainPermits();
        follower = Thread.ofVirtual().name("turnd-addresses").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Duration interval = interval();
                if (interval == null) {
                    wakes.acquire();
                } else if (wakes.tryAcquire(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                    wakes.drainPermits();
                }
                refresh();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Duration interval() {
        boolean mayChange =
                relays.keySet().stream()
                        .map(wanted::of)
                        .anyMatch(one -> one != null && one.mayChange());
        return mayChange ? wanted.refresh() : null;
    }

    private void refresh() {
        for (Map.Entry<AddressFamily, TransportAddress> relay : relays.entrySet()) {
            AddressFamily family = relay.getKey();
            ExternalAddress one;
            TransportAddress known;
            synchronized (this) {
                one = wanted.of(family);
                known = found.get(family);
            }
            if (one == null || !one.mayChange()) {
                continue;
            }
            try {
                take(family, one, lookup.find(one, relay.getValue(), known));
            } catch (IOException silence) {
                missed(family, one, String.valueOf(silence.getMessage()));
            }
        }
    }

    private synchronized void take(
            AddressFamily family, ExternalAddress source, TransportAddress address) {
        if (!source.equals(wanted.of(family))) {
            return; // a reload was faster
        }
        TransportAddress before = found.get(family);
        if (failing.remove(family)) {
            LOG.atInfo()
                    .setMessage("external_address_known_again")
                    .addKeyValue("family", text(family))
                    .addKeyValue("address", address.host())
                    .addKeyValue("source", source.text())
                    .log();
        }
        if (address.equals(before)) {
            return;
        }
        changes.incrementAndGet(family.ordinal());
        tell(family, address);
        LOG.atWarn()
                .setMessage("external_address_changed")
                .addKeyValue("family", text(family))
                .addKeyValue("from", before == null ? "none" : before.host())
                .addKeyValue("to", address.host())
                .addKeyValue("source", source.text())
                .log();
    }

    /// Told once until somebody answers again.
    private synchronized void missed(AddressFamily family, ExternalAddress source, String reason) {
        if (!source.equals(wanted.of(family)) || Thread.currentThread().isInterrupted()) {
            return;
        }
        failures.incrementAndGet(family.ordinal());
        TransportAddress kept = found.get(family);
        if (failing.add(family)) {
            LOG.atWarn()
                    .setMessage("external_address_unknown")
                    .addKeyValue("family", text(family))
                    .addKeyValue("kept", kept == null ? "none" : kept.host())
                    .addKeyValue("source", source.text())
                    .addKeyValue("reason", reason)
                    .log();
        }
    }

    private void tell(AddressFamily family, TransportAddress address) {
        found.put(family, address);
        told.accept(family, address);
    }

    /// How often a family's address has become another while the server ran; for metrics.
    public long changes(AddressFamily family) {
        return changes.get(family.ordinal());
    }

    /// How often a family's address was looked up again and nobody knew it; for metrics.
    public long failures(AddressFamily family) {
        return failures.get(family.ordinal());
    }

    private static String text(AddressFamily family) {
        return family.name().toLowerCase(Locale.ROOT);
    }

    /// Follows no longer.
    @Override
    public void close() {
        Thread thread = follower;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
