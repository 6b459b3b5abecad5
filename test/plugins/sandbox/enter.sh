#!/bin/sh
# Runs a command, with the file $1 as its standard input, where real CNI plugins and terway-cli can
# do no harm. To be started by `unshare --net --mount --pid --fork`: all that happens here ends with
# the process.
set -eu

# Opened before anything is mounted over its folder.
exec <"$1"
shift

# What the programs write, each run of the sandbox has for itself.
mount -t tmpfs -o mode=755 sandbox /mnt
for name in alternatives protocols services ethertypes ld.so.cache ld.so.conf ld.so.conf.d \
  nsswitch.conf iproute2; do
  if [ -e "/etc/$name" ]; then cp -a "/etc/$name" /mnt/; fi
done
mkdir /mnt/eni
mount --move /mnt /etc
mount -t tmpfs -o mode=755 sandbox /run
mkdir /run/eni /run/bin /run/work

# terway-cli asks bpftool what the kernel can do; any answer will do for merging.
printf '#!/bin/sh\necho "{}"\n' > /run/bin/bpftool
chmod 755 /run/bin/bpftool
export PATH="/run/bin:$PATH"

# Everything else can be read only: a configuration may name any path as its data folder.
mount -o remount,bind,ro /
mount -t proc proc /proc
ip link set lo up
cd /run/work
exec "$@"
