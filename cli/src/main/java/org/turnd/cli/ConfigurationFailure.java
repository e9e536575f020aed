package org.turnd.cli;

/// The configuration is wrong, or doesn't fit this machine now; the message names every problem,
/// with file and line where it has one.
public final class ConfigurationFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean mayPass;

    ConfigurationFailure(String problems) {
        this(problems, false);
    }

    /// @param mayPass starting again can help
    ConfigurationFailure(String problems, boolean mayPass) {
        super(problems);
        this.mayPass = mayPass;
    }

    /// Returns what the command ends with: a service manager shall try again where that can help.
    int exitCode() {
        return mayPass ? ExitCode.FAILURE : ExitCode.CONFIGURATION;
    }
}
