package org.turnd.peers.server;

/// A TURN server running on a host of a laboratory. Use from one thread.
public interface TurnServerProcess extends AutoCloseable {
    /// Starts the server and returns when it listens.
    ///
    /// @throws org.turnd.peers.lab.LaboratoryException if it ends, or does not listen within half a
    ///   minute
    void start();

    /// Asks the server to end, and ends it if it does not within a few seconds.
    void stop();

    /// Ends the server without a chance to say good-bye, as a crash does. It may be started again.
    void kill();

    /// Returns the settings it runs with.
    ///
    /// @return the settings
    TurnServerSettings settings();

    /// Returns the name of the server for people.
    ///
    /// @return for example `turnd`
    String name();

    /// Returns the last lines the server wrote, for the message of a failed test.
    ///
    /// @return at most a few hundred lines
    String log();

    /// Kills the server and removes its files.
    @Override
    void close();
}
