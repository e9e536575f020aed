package org.turnd.server.engine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What logs and operators call one allocation, such as `1-42`: no other allocation of this process
/// has or had the same name. It is no secret and proves nothing.
///
/// @param shard the shard that has the allocation for its whole life
/// @param sequence counts that shard's allocations, from 1
public record AllocationId(int shard, long sequence) {
    private static final Pattern TEXT = Pattern.compile("(0|[1-9]\\d{0,4})-([1-9]\\d{0,17})");

    /// Reads what [#toString] wrote; empty when it isn't that.
    public static Optional<AllocationId> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(
                        new AllocationId(
                                Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return shard + "-" + sequence;
    }
}
