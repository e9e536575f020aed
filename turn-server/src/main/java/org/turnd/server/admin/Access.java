package org.turnd.server.admin;

/// Who sends a request.
sealed interface Access {
    /// May do everything.
    record Operator() implements Access {
        @Override
        public String toString() {
            return "operator";
        }
    }

    /// May ask for credentials.
    ///
    /// @param index of its token in the settings
    record Application(int index) implements Access {
        @Override
        public String toString() {
            return "application " + index;
        }
    }

    /// Nobody known.
    record Nobody() implements Access {
        @Override
        public String toString() {
            return "nobody";
        }
    }
}
