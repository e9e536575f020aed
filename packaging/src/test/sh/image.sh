#!/usr/bin/env bash
# Unpacks the container image and runs it as a container would be: image.sh ARCHIVE LAYOUT
# LAYOUT is a directory to leave the OCI layout in.
. "$(dirname "$0")/probe.sh"
into_namespaces "$@"

layout=$2
mkdir -p "$layout"
tar -xf "$1" -C "$layout"
blob() { echo "$layout/blobs/${1/://}"; }
field() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))
for k in sys.argv[2:]: v=v[int(k) if k.isdigit() else k]
print("\n".join(map(str,v)) if isinstance(v,list) else v)' "$@"; }

# Every blob is what its name says, and skopeo, which knows the specification, can read and copy the image.
for file in "$layout"/blobs/sha256/*; do
  [ "$(sha256sum <"$file" | cut -d ' ' -f 1)" = "${file##*/}" ] || fail "digest of $file"
done
skopeo inspect "oci:$layout" || fail "skopeo can't read the image"
skopeo copy --quiet "oci:$layout" "oci:/mnt/copy:turnd" || fail "skopeo can't copy the image"

manifest=$(blob "$(field "$layout/index.json" manifests 0 digest)")
config=$(blob "$(field "$manifest" config digest)")
[ "$(field "$config" config User)" = 65532:65532 ] || fail "the user of the image"
mapfile -t command < <(field "$config" config Entrypoint)
mapfile -t arguments < <(field "$config" config Cmd)

root=/mnt/root
mkdir "$root"
for digest in $(python3 -c 'import json,sys
for l in json.load(open(sys.argv[1]))["layers"]: print(l["digest"])' "$manifest"); do
  tar -xzf "$(blob "$digest")" -C "$root" --no-same-owner --preserve-permissions --warning=no-unknown-keyword
done
mkdir -p "$root/proc" "$root/dev" "$root/sys"
mount --bind "$root" "$root"
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
# Read-only, and nothing but the configuration from outside.
mkdir /mnt/conf
certificate /mnt/conf
configuration >/mnt/conf/turnd.conf
chmod -R a+rX /mnt/conf
mount --bind /mnt/conf "$root/etc/turnd"
mount -o remount,bind,ro "$root"

# chroot itself takes the user and drops everything else: there is no other program in the image.
container=(chroot --userspec 65532:65532 --groups= "$root")
"${container[@]}" "${command[@]}" version || fail "the image doesn't start"
"${container[@]}" "${command[0]}" -Xshare:on "${command[1]}" version || fail "the class archive doesn't fit"

mv /mnt/conf/turnd.conf /mnt/conf/away
code=0
"${container[@]}" "${command[@]}" "${arguments[@]}" || code=$?
[ "$code" = 78 ] || fail "without a configuration it ended with $code"
mv /mnt/conf/away /mnt/conf/turnd.conf

"${container[@]}" "${command[@]}" "${arguments[@]}" 2>/mnt/log &
server=$!
await_ready "$server"
use "${container[@]}" "${command[@]}"
grep -q '"plane":"native"' /mnt/log || fail "the native data plane: $(grep data_plane /mnt/log)"
grep -q '"provider":"boringssl"' /mnt/log || fail "BoringSSL: $(grep '"tls"' /mnt/log)"

# Another implementation's client, against a peer of its own; by Send indications, since it takes channels out of range.
turnutils_peer -L 127.0.0.1 -p 3480 >/dev/null 2>&1 &
timeout 30 turnutils_uclient -u "$user" -w "$password" -e 127.0.0.1 -r 3480 -n 20 -m 1 -c -s 127.0.0.1 >/mnt/uclient 2>&1 || true
grep -q 'tot_send_msgs=20, tot_recv_msgs=20' /mnt/uclient ||
  fail "turnutils_uclient: $(tail -n 5 /mnt/uclient)"
stop "$server"
