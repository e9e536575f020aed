# What every package contains: turnd with a Java runtime of its own. Sourced by ./package.
#   bin/turnd  app/ (jars, native libraries, class archive)  runtime/ (Java)  conf/  share/  doc/

# Of Java's modules those that the jars ask for; also what is found by name only, and the tools to look into a
# running server (jcmd, Flight Recorder). Without java.desktop: a part of Typesafe Config that turnd doesn't use
# names it, and it is the largest.
runtime_modules() {
  local needed
  needed=$("$java_home/bin/jdeps" --multi-release 25 --ignore-missing-deps -q --print-module-deps \
    --class-path "$tree/app/lib/*" "$tree/app/cli.jar" "$tree/app/lib/"{turn-server,stun-codec}-*.jar)
  printf '%s' "$needed" | tr , '\n' | grep -vx java.desktop | paste -sd, -
  printf ',%s' java.logging java.management java.naming java.xml jdk.jcmd jdk.naming.dns
}

# One tree serves all packages of a run.
make_tree() {
  [ ! -e "$tree.done" ] || return 0
  say "tree"
  mkdir -p "$tree/bin" "$tree/app" "$tree/conf" "$tree/share/completion" "$tree/doc"
  copy_jars
  "$java_home/bin/jlink" --add-modules "$(runtime_modules | tr -d '\n')" --strip-debug --no-header-files --no-man-pages \
    --compress zip-0 --output "$tree/runtime"
  install -m 755 packaging/turnd.sh "$tree/bin/turnd"
  install -m 644 conf/jvm.options conf/turnd.conf "$tree/conf/"
  service_unit >"$tree/conf/turnd.service"
  install -m 644 LICENSE README.md CHANGELOG.md packaging/target/turnd.cdx.json "$tree/doc/"
  notices
  # The class archive belongs to these times: what unpacks a package has to keep them.
  find "$tree" -exec touch -h -d "@$epoch" {} +
  class_archive
  "$tree/bin/turnd" man "$tree/share/man/man1"
  "$tree/bin/turnd" completion | sed '1{/^#!/d}' >"$tree/share/completion/turnd"
  chmod -R u=rwX,go=rX "$tree"
  find "$tree" -exec touch -h -d "@$epoch" {} +
  touch "$tree.done"
}

# Netty's native libraries lie beside the jars, so that none has to be unpacked to a temporary directory at each start.
copy_jars() {
  local jar
  cp cli/target/cli.jar "$tree/app/"
  mkdir -p "$tree/app/lib" "$tree/app/native"
  for jar in cli/target/lib/*.jar; do
    case $jar in
      *-linux-"$native_arch".jar)
        (cd "$tree/app/native" && "$java_home/bin/jar" -x -f "$home/$jar" META-INF/native &&
          find META-INF -name '*.so' -exec mv {} . \; && rm -r META-INF) ;;
      *-linux-*.jar) ;;
      *) cp "$jar" "$tree/app/lib/" ;;
    esac
  done
}

# An AOT cache (JEP 483) with its profiles is never the same twice. An archive of listed classes is, starts as fast,
# and costs 20 MB less.
class_archive() {
  local log=$work/class-archive.log
  # Relative paths: others would be in the archive.
  if ! (cd "$tree" && runtime/bin/java @conf/jvm.options -Xshare:dump "-XX:SharedClassListFile=$home/packaging/classes.lst" \
    -XX:SharedArchiveFile=app/turnd.jsa -cp app/cli.jar) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    exit 1
  fi
}

# The unit in conf/ is for a clone in /opt; packages put the command into /usr/bin.
service_unit() {
  sed -e '/^# A service that may/,/^\[Unit\]/{/^# The configuration/,/^\[Unit\]/!d}' \
    -e '/^Environment=TURND_NO_BUILD=1$/d' -e 's:/opt/turnd/turnd:/usr/bin/turnd:' conf/turnd.service
}

notices() {
  "$java_home/bin/java" -cp "packaging/target/classes:$(cat packaging/target/class-path)" \
    org.turnd.packaging.ThirdPartyNotices packaging/target/turnd.cdx.json cli/target/lib packaging/licenses \
    "$tree/doc/THIRD-PARTY.txt"
}
