package org.turnd.cli;

/// A subcommand that another jar on the class path adds to `turnd`, found by
/// [java.util.ServiceLoader].
///
/// The provider is created at every start of the command: its constructor must be cheap.
public interface CommandExtension {
    /// Returns a new object annotated with Picocli's `@Command`, whose `name` becomes the
    /// subcommand's.
    Object command();
}
