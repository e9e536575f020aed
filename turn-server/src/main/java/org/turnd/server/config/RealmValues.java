package org.turnd.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where the value of each key of a realm stands in [RealmSettings], so that two can be compared
/// key by key.
final class RealmValues {
    /// One key and its value.
    record Place(
            Function<RealmSchema, Setting<?>> setting, Function<RealmSettings, Object> value) {}

    /// The secrets of `auth.secret-file` are those of `auth.secret` by then.
    static final List<Place> PLACES =
            List.of(
                    new Place(RealmSchema::listeners, RealmSettings::listeners),
                    new Place(RealmSchema::secret, RealmSettings::secrets),
                    new Place(RealmSchema::users, RealmSettings::users),
                    new Place(RealmSchema::allocations, r -> r.limits().allocations()),
                    new Place(
                            RealmSchema::allocationsPerUser, r -> r.limits().allocationsPerUser()),
                    new Place(RealmSchema::bandwidth, r -> r.limits().bandwidth()),
                    new Place(RealmSchema::bandwidthPerUser, r -> r.limits().bandwidthPerUser()));

    private RealmValues() {}

    /// The paths whose values differ; those of whole realms where only one side has it.
    static List<String> different(List<RealmSettings> some, List<RealmSettings> others) {
        var paths = new ArrayList<String>();
        for (RealmSettings one : some) {
            RealmSchema schema = RealmSchema.of(one.name());
            RealmSettings other = find(others, one.name());
            if (other == null) {
                paths.add(schema.path());
                continue;
            }
            for (Place place : PLACES) {
                if (!Objects.equals(place.value().apply(one), place.value().apply(other))) {
                    paths.add(place.setting().apply(schema).path());
                }
            }
        }
        for (RealmSettings other : others) {
            if (find(some, other.name()) == null) {
                paths.add(RealmSchema.of(other.name()).path());
            }
        }
        return paths;
    }

    private static @Nullable RealmSettings find(List<RealmSettings> realms, String name) {
        return realms.stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
    }
}
