package org.turnd.stun;

/// The canonical text form of an IPv6 address (RFC 5952): lower case, no leading zeros, the longest
/// run of at least two zero groups written as `::`.
final class Ipv6Text {
    private static final int GROUPS = 8;
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";

    private Ipv6Text() {}

    static String of(long high, long low) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < 4 ? high : low;
            groups[i] = (int) (half >>> (48 - 16 * (i & 3))) & 0xFFFF;
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = zeroRun(groups, i);
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /// Tells whether the text is an IPv6 address literal of RFC 3986, without scope id. Never looks
    /// up a name.
    static boolean isValid(String text) {
        int compression = text.indexOf("::");
        if (compression >= 0) {
            String before = text.substring(0, compression);
            String after = text.substring(compression + 2);
            int left = before.isEmpty() ? 0 : groups(before, false);
            int right = after.isEmpty() ? 0 : groups(after, true);
            return left >= 0 && right >= 0 && left + right < GROUPS;
        }
        return groups(text, true) == GROUPS;
    }

    private static int groups(String text, boolean ipv4Allowed) {
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].matches("[0-9A-Fa-f]{1,4}")) {
                count++;
            } else if (ipv4Allowed && i == parts.length - 1 && parts[i].matches(IPV4)) {
                count += 2;
            } else {
                return -1;
            }
        }
        return count;
    }

    private static int zeroRun(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }
}
