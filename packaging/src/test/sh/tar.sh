#!/usr/bin/env bash
# Unpacks the tar and uses turnd where there is no other Java: tar.sh ARCHIVE
. "$(dirname "$0")/probe.sh"
into_namespaces "$@"

tar -xzf "$1" -C /mnt
home=$(echo /mnt/turnd-*)
turnd=$home/bin/turnd
for java in /usr/lib/jvm /opt; do
  [ ! -d "$java" ] || mount -t tmpfs none "$java"
done
unset JAVA_HOME

# With -Xshare:on Java refuses to start when the archive of classes doesn't fit.
TURND_JAVA_OPTS=-Xshare:on "$turnd" version || fail "the class archive doesn't fit"
for file in LICENSE THIRD-PARTY.txt turnd.cdx.json; do [ -s "$home/doc/$file" ] || fail "no doc/$file"; done
[ -s "$home/runtime/legal/java.base/LICENSE" ] || fail "no licence of Java"
man -l "$home/share/man/man1/turnd-run.1" | grep -c SIGTERM >/dev/null || fail "no manual page"
bash -n "$home/share/completion/turnd"
if find "$home" -type f -perm /022 | grep .; then fail "files that others may write"; fi

mkdir /mnt/conf
certificate /mnt/conf
configuration >/mnt/conf/turnd.conf
"$turnd" run -c /mnt/conf/turnd.conf 2>/mnt/log &
server=$!
await_ready "$server"
use "$turnd"
grep -q '"plane":"native"' /mnt/log || fail "the native data plane: $(grep data_plane /mnt/log)"
grep -q '"provider":"boringssl"' /mnt/log || fail "BoringSSL: $(grep '"tls"' /mnt/log)"
[ -z "$(ls -A /tmp/libnetty* 2>/dev/null)" ] || fail "a native library was unpacked"
stop "$server"
