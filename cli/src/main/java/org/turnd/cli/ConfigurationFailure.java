package org.turnd.cli;

/// The configuration is wrong; the message names every problem, with file and line where it has
/// one.
public final class ConfigurationFailure extends Exception {
    private static final long serialVersionUID = 1;

    ConfigurationFailure(String problems) {
        super(problems);
    }
}
