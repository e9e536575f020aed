package org.turnd.server;

import java.util.List;

/// A server can't start. Nothing of it is left open.
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<String> problems;

    StartFailure(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /// Everything that stands in the way, one line each.
    public List<String> problems() {
        return problems;
    }
}
