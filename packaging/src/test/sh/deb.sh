#!/usr/bin/env bash
# Installs, uses, removes and purges the Debian package on a copy of this machine: deb.sh PACKAGE
. "$(dirname "$0")/probe.sh"
into_namespaces "$@"

# What is written to the root goes to memory.
mkdir -p /mnt/upper /mnt/work /mnt/root
mount -t overlay none -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
for directory in /proc /dev /sys /tmp; do mount --rbind "$directory" "/mnt/root$directory"; done
mount -t tmpfs none /mnt/root/run
if [ -d /mnt/root/usr/lib/jvm ]; then mount -t tmpfs none /mnt/root/usr/lib/jvm; fi
cp "$1" /mnt/root/root/turnd.deb
unset JAVA_HOME
within() { chroot /mnt/root "$@"; }

listing() { (cd /mnt/root && find etc usr/bin usr/lib usr/share/doc usr/share/man/man1 var/lib | grep -v '^var/lib/dpkg' | sort); }

rm -rf /mnt/root/etc/turnd /mnt/root/var/lib/turnd /mnt/root/var/lib/private/turnd
listing >/mnt/before
within dpkg --install /root/turnd.deb
within dpkg --verify turnd
configuration=/mnt/root/etc/turnd/turnd.conf
[ "$(stat -c '%a %U:%G' "$configuration")" = 600\ root:root ] || fail "rights of the configuration"
grep -Eq '^ *secret = ".{32,}"' "$configuration" || fail "no secret in the configuration"
within turnd validate || fail "the configuration of the installation"
within env TURND_JAVA_OPTS=-Xshare:on turnd version || fail "the class archive doesn't fit"
within man turnd-run | grep -c SIGTERM >/dev/null || fail "no manual page"
within systemd-analyze verify /lib/systemd/system/turnd.service || fail "the unit"
[ ! -e /mnt/root/etc/systemd/system/multi-user.target.wants/turnd.service ] || fail "the unit was enabled"

# As the unit starts it, by the unit's own words, with what setpriv can do of its settings.
unit=/mnt/root/lib/systemd/system/turnd.service
credentials=/mnt/root/run/credentials
mkdir "$credentials"
certificate "$credentials"
configuration >"$credentials/turnd.conf"
chmod -R a+rX "$credentials"
command=$(sed -n 's/^ExecStart=//p' "$unit")
capability=$(sed -n 's/^AmbientCapabilities=CAP_//p' "$unit" | tr '[:upper:]' '[:lower:]')
# shellcheck disable=SC2086 # a command line
chroot /mnt/root setpriv --reuid 61234 --regid 61234 --clear-groups --no-new-privs \
  --inh-caps "-all,+$capability" --ambient-caps "-all,+$capability" --bounding-set "-all,+$capability" \
  ${command//%d//run/credentials} 2>/mnt/log &
server=$!
await_ready "$server"
use within turnd
stop "$server"

# What systemd makes of StateDirectory= for a dynamic user.
mkdir -p /mnt/root/var/lib/private/turnd
ln -s private/turnd /mnt/root/var/lib/turnd

# An upgrade, here to the same version, keeps the configuration.
before=$(sha256sum <"$configuration")
within dpkg --install /root/turnd.deb
[ "$before" = "$(sha256sum <"$configuration")" ] || fail "the upgrade changed the configuration"

within dpkg --remove turnd
[ -e "$configuration" ] || fail "removing took the configuration"
[ ! -e /mnt/root/usr/bin/turnd ] || fail "removing left the command"
within dpkg --purge turnd
listing >/mnt/after
diff /mnt/before /mnt/after || fail "purging left something, or took too much"
