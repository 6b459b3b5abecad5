#!/bin/sh
# The first process of the node $1: gives it a host name, processes, mounts and files of its own, the
# files in the folder $2, and rests. What else stands on the command line are the programs that the node
# runs; it finds them in /opt/cluster. To be started by
# `unshare --net --mount --pid --uts --fork --kill-child`: all of it ends with this process.
set -eu
name=$1 disk=$2
shift 2

# As the world outside counts processes.
read -r pid _ </proc/self/stat
mount -t proc proc /proc
echo "$name" >/proc/sys/kernel/hostname
echo 1 >/proc/sys/net/ipv4/ip_forward

mkdir -p "$disk/etc/cni/net.d" "$disk/etc/kubernetes" "$disk/opt/cluster" "$disk/opt/cni/bin" \
  "$disk/var/lib/cni" "$disk/var/log" "$disk/var/tmp" "$disk/home"
ln -s ../run "$disk/var/run"
for file in alternatives ethertypes group iproute2 ld.so.cache ld.so.conf ld.so.conf.d nsswitch.conf \
  os-release passwd protocols services; do
  if [ -e "/etc/$file" ]; then cp -a "/etc/$file" "$disk/etc/"; fi
done
for program in "$@"; do
  target="$disk/opt/cluster/$(basename "$program")"
  : >"$target"
  mount --bind "$program" "$target"
done
for folder in etc opt; do mount --rbind "$disk/$folder" "/$folder"; done
mount --bind "$disk/var" /var
mount -t tmpfs -o mode=755 run /run
mkdir /run/lock

# A kubelet insists on settings that are not this node's alone but the whole machine's: it is given
# files to write them to.
for setting in kernel/keys/root_maxbytes kernel/keys/root_maxkeys kernel/panic \
  kernel/panic_on_oops vm/overcommit_memory vm/panic_on_oom; do
  mkdir -p "/run/settings/$(dirname "$setting")"
  cp "/proc/sys/$setting" "/run/settings/$setting"
  mount --bind "/run/settings/$setting" "/proc/sys/$setting"
done
# Pods may ask to see what the node mounts later.
mount --make-rshared /

echo "$pid"
while :; do
  sleep 3600 &
  wait $!
done
