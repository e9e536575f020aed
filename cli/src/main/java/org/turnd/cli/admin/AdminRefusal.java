package org.turnd.cli.admin;

import java.io.IOException;

/// The admin API says no.
final class AdminRefusal extends IOException {
    private static final long serialVersionUID = 1;
    private static final int NOT_FOUND = 404;

    private final int status;

    /// @param status of HTTP
    AdminRefusal(int status, String message) {
        super(message);
        this.status = status;
    }

    /// Says whether there is no such thing as was asked for.
    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}
