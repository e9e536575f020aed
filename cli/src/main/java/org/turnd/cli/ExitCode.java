package org.turnd.cli;

/// What the command's exit codes mean. Documented in the README and in every man page.
public final class ExitCode {
    /// It worked; a daemon was told to stop and did.
    public static final int OK = 0;

    /// It failed at run time: an address in use, a check that failed.
    public static final int FAILURE = 1;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// It worked as far as it can, and the rest is the operator's: `import-coturn` left something
    /// out.
    public static final int INCOMPLETE = 3;

    /// The configuration is wrong (`EX_CONFIG` of sysexits.h). Starting again can't help.
    public static final int CONFIGURATION = 78;

    private ExitCode() {}
}
