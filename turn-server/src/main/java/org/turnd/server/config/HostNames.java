package org.turnd.server.config;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.turnd.stun.TransportAddress;

/// Finds the addresses of host names. Blocks: never to be asked on an event loop.
@FunctionalInterface
public interface HostNames {
    /// How long [#SYSTEM] waits for this machine's resolver.
    Duration PATIENCE = Duration.ofSeconds(5);

    /// This machine's resolver: its hosts file and DNS, or what else it is set up with.
    HostNames SYSTEM = HostNames::ask;

    /// Knows no name at all.
    HostNames NONE =
            host -> {
                throw new IOException("there is no resolver");
            };

    /// Returns every address of a name, port 0, in the resolver's order; at least one.
    ///
    /// @throws IOException when there is none, with the reason as half a sentence
    List<TransportAddress> addresses(String host) throws IOException;

    private static List<TransportAddress> ask(String host) throws IOException {
        // The system's resolver has timeouts of its own, which add up to a minute on some machines.
        var answer = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofVirtual().name("turnd-names").start(answer);
        try {
            InetAddress[] found = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return Arrays.stream(found)
                    .map(address -> TransportAddress.of(address, 0))
                    .distinct()
                    .toList();
        } catch (ExecutionException unknown) {
            throw new IOException(host + " can't be resolved", unknown);
        } catch (TimeoutException slow) {
            throw new IOException(
                    "the resolver has said nothing about %s for %d seconds"
                            .formatted(host, PATIENCE.toSeconds()),
                    slow);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + host + " was looked up", closing);
        }
    }
}
