# Installs the WebRTC libraries for Node.js that the tests call with, unless they are there already.
# Sourced by ./test.
install_clients() {
  local wanted=.ci/clients directory=target/clients
  cmp -s "$wanted/package-lock.json" "$directory/installed.json" && return
  echo "installing WebRTC libraries for Node.js"
  mkdir -p "$directory"
  cp "$wanted/package.json" "$wanted/package-lock.json" "$directory"
  if ! npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund \
    >"$directory/npm.log" 2>&1 </dev/null; then
    tail -n 20 "$directory/npm.log" >&2
    echo "could not install what .ci/clients/package.json names" >&2
    return 1
  fi
  cp "$wanted/package-lock.json" "$directory/installed.json"
}

install_clients
