package org.turnd.chaos;

import java.util.List;

/// One way to treat a server badly.
///
/// @param name for the report
record Scenario(String name, Act act) {
    /// Does it.
    interface Act {
        /// Does it to the server of an arena.
        ///
        /// @param times how much more than in a test
        /// @return what happened, in some words
        String run(Arena arena, int times) throws Exception;
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("401 flood", Floods::unauthorized),
                new Scenario("noise", Floods::noise),
                new Scenario("DTLS hellos", Floods::dtlsHellos),
                new Scenario("half-open connections", Hangers::halfOpen),
                new Scenario("slowloris", Hangers::slowloris),
                new Scenario("short allocations", Lives::shortAllocations),
                new Scenario("no ports left", Shortages::ports),
                new Scenario("no file descriptors left", Shortages::files),
                new Scenario("unreachable peers", Losses::routes),
                new Scenario("peers behind a firewall", Losses::firewall),
                new Scenario("full queues", Losses::fullQueues),
                new Scenario("lost address", Losses::address),
                new Scenario("relay to itself", Loops::self),
                new Scenario("relay to relay", Loops::pair),
                new Scenario("two servers", Loops::twoServers),
                new Scenario("machine asleep", Lives::sleep),
                new Scenario("slow and dead store", Outside::store),
                new Scenario("clock set", Outside::clock),
                new Scenario("kill -9", Lives::crash));
    }
}
