# What the tests of the packages share. Sourced by them, in a network and a file system of their own.
set -euo pipefail

user=tester
password=nobody-else-is-in-this-namespace
http=http://127.0.0.1:9641

# Runs the script that calls it anew, as root of namespaces that end with it.
into_namespaces() {
  if [ "${IN_NAMESPACES:-}" != 1 ]; then
    IN_NAMESPACES=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$@"
  fi
  ip link set lo up
  # As a server has it: an address to relay from.
  ip link add lan type veth peer name far
  ip address add 198.51.100.2/24 dev lan
  ip link set far up
  ip link set lan up
  mount -t tmpfs none /mnt
}

fail() { echo "FAILED: $*" >&2; exit 1; }

# A certificate for localhost in directory $1.
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/certificate.pem" 2>"$1/openssl.log"
}

# A configuration with everything on loopback, with TLS and DTLS.
configuration() {
  cat <<TEXT
realm = package
listeners {
  udp = "127.0.0.1:3478", tcp = "127.0.0.1:3478"
  tls = "127.0.0.1:5349", dtls = "127.0.0.1:5349"
}
relay.ipv4 = "127.0.0.1"
auth.users = [{ name = $user, password = $password }]
peers.allow = ["127.0.0.1"]
tls { certificate = certificate.pem, key = key.pem }
TEXT
}

# Waits until the server with process id $1 is ready.
await_ready() {
  until curl -sf -o /dev/null "$http/readyz"; do
    kill -0 "$1" 2>/dev/null || fail "the server has ended"
    sleep 0.1
  done
}

# Uses the server over all transports: the command turnd is "$@".
use() {
  "$@" check --username "$user" --credential "$password" --insecure \
    turn:127.0.0.1:3478 'turn:127.0.0.1:3478?transport=tcp' \
    'turns:127.0.0.1:5349?transport=tcp' 'turns:127.0.0.1:5349?transport=udp' ||
    fail "the check of the server"
  curl -sf "$http/metrics" | grep -c '^turnd_allocations' >/dev/null || fail "no metrics"
}

# Ends the server with process id $1, which is a child.
stop() {
  local code=0
  kill -TERM "$1"
  wait "$1" || code=$?
  [ "$code" = 0 ] || fail "the server ended with $code"
}
