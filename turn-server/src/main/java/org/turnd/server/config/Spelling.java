package org.turnd.server.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Finds the word that was probably meant.
final class Spelling {
    private static final int LETTERS_PER_MISTAKE = 3;

    private Spelling() {}

    /// Returns the known word nearest to this one, or null when none is near. A word that ends like
    /// a known one, after a dot, counts as near: people forget groups.
    static @Nullable String nearest(String word, Collection<String> known) {
        String nearest = null;
        int least = Math.max(1, word.length() / LETTERS_PER_MISTAKE) + 1;
        for (String candidate : known) {
            boolean inAnotherGroup = lastPart(candidate).equals(lastPart(word));
            int distance = inAnotherGroup ? 1 : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// The number of letters to insert, remove or replace to get from one word to the other.
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
