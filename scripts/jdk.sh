# Finds a JDK 25. Sourced by ./turnd and ./test.

# Prints the home of a Java 25 that has bin/$1 (java or javac), or fails.
find_jdk25() {
  local tool=$1 home on_path=""
  if command -v java >/dev/null 2>&1; then
    on_path=$(readlink -f "$(command -v java)")
    on_path=${on_path%/bin/java}
  fi
  for home in "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /opt/* /opt/java/* /usr/local/lib/jvm/* /usr/java/* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && [ -x "$home/bin/$tool" ] && is_java25 "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

# The release file answers without starting a JVM.
is_java25() {
  if [ -r "$1/release" ]; then
    grep -Eq '^JAVA_VERSION="25([."+-]|$)' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | grep -Eq 'version "25([."+-]|$)'
  fi
}

explain_no_jdk25() {
  cat >&2 <<'TEXT'
turnd needs a JDK 25 and found none.
Looked in JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman and ~/.jdks.
Install one (Eclipse Temurin 25, or openjdk-25-jdk-headless where the distribution has it),
or point JAVA_HOME at it.
TEXT
}
