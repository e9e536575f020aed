package org.turnd.cli.check;

/// Whether a server can do something that not every server can, and no client may count on.
///
/// @param name short, for a program to look for
/// @param state what came of trying it
/// @param finding what was seen, and what it means
public record Ability(String name, State state, String finding) {
    /// What came of trying an ability.
    public enum State {
        WORKS,
        NOT_OFFERED,
        /// The server says that it can, and does not.
        BROKEN;

        /// Returns the state in words.
        @Override
        public String toString() {
            return switch (this) {
                case WORKS -> "works";
                case NOT_OFFERED -> "not offered";
                case BROKEN -> "broken";
            };
        }
    }

    static Ability works(String name, String finding) {
        return new Ability(name, State.WORKS, finding);
    }

    static Ability notOffered(String name, String finding) {
        return new Ability(name, State.NOT_OFFERED, finding);
    }

    static Ability broken(String name, String finding) {
        return new Ability(name, State.BROKEN, finding);
    }
}
