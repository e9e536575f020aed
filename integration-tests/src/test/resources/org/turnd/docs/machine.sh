# The machine as a reader of the documentation finds it. What is written below these directories is
# gone with the mount namespace. $directory is the reader's own, $checkout the project's root.
exec </dev/null
cd $directory
mkdir -p machine && mount -t tmpfs tmpfs machine
for part in etc opt run usr/local var/lib; do
  mkdir -p machine/$part machine/work/$part
  mount -t overlay overlay -o lowerdir=/$part,upperdir=$PWD/machine/$part,workdir=$PWD/machine/work/$part /$part
done
echo '192.0.2.10 turn.example.org' >> /etc/hosts
mkdir -p /run/turnd /etc/turnd
ln -s $directory/turnd /usr/local/bin/turnd
export PATH=/usr/local/bin:$PATH TURND_NO_BUILD=1 HOME=$PWD/machine XDG_STATE_HOME=/run
server=
sudo() { "$@"; }
stop_server() {
  if [ -z "$server" ]; then return; fi
  { pkill -KILL -P "$server"; kill -KILL "$server"; wait "$server"; server=; } 2>/dev/null
  rm -f server.log
}
await_server() {
  server=$!
  for attempt in $(seq 400); do
    if grep -qE ' ready|"ready"|iceServers' server.log 2>/dev/null; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  cat server.log; exit 1
}
