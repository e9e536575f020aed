package org.turnd.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The kinds of values that only stores have.
final class StoreValueTypes {
    private static final Pattern DATABASE = Pattern.compile("(/[0-9]{0,4})?");
    private static final Set<String> REDIS_SCHEMES = Set.of("redis", "rediss");

    private StoreValueTypes() {}

    static ValueType<String> redisUrl() {
        return new Text("a URL as in redis://127.0.0.1:6379/0 or rediss://redis.example.org") {
            @Override
            public String parse(String text) throws Mismatch {
                URI url = uri(text);
                if (url == null
                        || url.getHost() == null
                        || !REDIS_SCHEMES.contains(String.valueOf(url.getScheme()))
                        || !DATABASE.matcher(String.valueOf(url.getPath())).matches()) {
                    throw new Mismatch("write redis://HOST:PORT/DATABASE");
                }
                if (url.getUserInfo() != null) {
                    throw new Mismatch("put name and password into keys of their own");
                }
                return text;
            }
        };
    }

    /// Where users or keys may come from: nobody on the way must be able to change what is said.
    static ValueType<String> webUrl() {
        return new Text("an https URL, or an http one of this machine") {
            @Override
            public String parse(String text) throws Mismatch {
                URI url = uri(text);
                boolean good =
                        url != null
                                && url.getHost() != null
                                && url.getUserInfo() == null
                                && (text.startsWith("https://")
                                        || (text.startsWith("http://")
                                                && IpLiteral.isLoopback(url)));
                if (!good) {
                    throw new Mismatch("write https://HOST/PATH");
                }
                return text;
            }
        };
    }

    static ValueType<String> webUrlOrPath() {
        ValueType<String> url = webUrl();
        return new Text(url.expected() + ", or a file") {
            @Override
            public String parse(String text) throws Mismatch {
                return text.contains("://") ? url.parse(text) : text;
            }
        };
    }

    static ValueType<String> redisKey(String... parts) {
        String named = String.join(" and ", parts);
        return new Text("a key with " + named + " in it") {
            @Override
            public String parse(String text) throws Mismatch {
                if (!List.of(parts).stream().allMatch(text::contains)) {
                    throw new Mismatch("put " + named + " where realm and user belong");
                }
                return text;
            }
        };
    }

    static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private abstract static class Text implements ValueType<String> {
        private final String expected;

        Text(String expected) {
            this.expected = expected;
        }

        @Override
        public String expected() {
            return expected;
        }
    }
}
