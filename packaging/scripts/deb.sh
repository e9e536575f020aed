# The Debian package. Sourced by ./package.

make_deb() {
  local root=$work/deb
  make_tree
  say "deb"
  command -v dpkg-deb >/dev/null 2>&1 || { echo "dpkg-deb is missing: apt-get install dpkg" >&2; exit 1; }
  rm -rf "$root"
  mkdir -p "$root/DEBIAN" "$root/etc/turnd" "$root/lib/systemd/system" "$root/usr/bin" "$root/usr/lib/turnd" \
    "$root/usr/share/bash-completion/completions" "$root/usr/share/doc/turnd" "$root/usr/share/lintian/overrides" \
    "$root/usr/share/man/man1"
  cp -a "$tree/bin" "$tree/app" "$tree/runtime" "$root/usr/lib/turnd/"
  install -D -m 644 "$tree/conf/jvm.options" "$root/usr/lib/turnd/conf/jvm.options"
  ln -s ../lib/turnd/bin/turnd "$root/usr/bin/turnd"
  install -m 644 "$tree/conf/turnd.service" "$root/lib/systemd/system/"
  install -m 644 "$tree/share/completion/turnd" "$root/usr/share/bash-completion/completions/turnd"
  install -m 644 "$tree/share/man/man1/"*.1 "$root/usr/share/man/man1/"
  gzip -n -9 "$root/usr/share/man/man1/"*.1
  install -m 644 "$tree/doc/THIRD-PARTY.txt" "$tree/doc/turnd.cdx.json" packaging/deb/README.Debian \
    "$root/usr/share/doc/turnd/"
  deb_copyright >"$root/usr/share/doc/turnd/copyright"
  deb_changelog | gzip -n -9 >"$root/usr/share/doc/turnd/changelog.gz"
  install -m 644 packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/turnd"
  install -m 755 packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm "$root/DEBIAN/"
  deb_control "$(du -k -s --apparent-size "$root" | cut -f 1)" >"$root/DEBIAN/control"
  (cd "$root" && find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  find "$root" -exec touch -h -d "@$epoch" {} +
  if [ "${TURND_COMPRESSION:-}" = fast ]; then set -- -Zgzip -z1; else set -- -Zxz -z6; fi
  dpkg-deb --root-owner-group "$@" --build "$root" "$dist/turnd_${debian_version}_$debian_arch.deb" >/dev/null
}

deb_control() {
  cat <<TEXT
Package: turnd
Version: $debian_version
Architecture: $debian_arch
Maintainer: turnd developers <turnd@localhost>
Installed-Size: $1
Depends: libc6 (>= 2.17)
Section: net
Priority: optional
Description: STUN and TURN server for WebRTC
 turnd relays audio, video and data between WebRTC peers that NATs and
 firewalls keep apart. It speaks STUN (RFC 8489) and TURN (RFC 8656) over UDP,
 TCP, TLS and DTLS, IPv4 and IPv6.
 .
 The package brings the Java runtime that it needs.
TEXT
}

deb_changelog() {
  printf 'turnd (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the sources.\n\n' "$debian_version"
  printf ' -- turnd developers <turnd@localhost>  %s\n' "$(date -u -R -d "@$epoch")"
}

deb_copyright() {
  cat <<'TEXT'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: turnd

Files: *
Copyright: 2026 the turnd authors
License: Apache-2.0
 On Debian systems the full text of the licence is in
 /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/turnd/runtime/*
Copyright: 1993-2026 Oracle and others
License: GPL-2 with the Classpath exception
 On Debian systems the full text of the GNU General Public License, version 2,
 is in /usr/share/common-licenses/GPL-2. The exception and the licences of the
 parts are in /usr/lib/turnd/runtime/legal.

Files: usr/lib/turnd/app/lib/* usr/lib/turnd/app/native/*
Copyright: 1999-2026 their authors
License: several
 Each with its licence is in /usr/share/doc/turnd/THIRD-PARTY.txt.
TEXT
}
