#!/bin/sh
# Runs a container's process as user $2 and group $3 in a file system of its own, made in the empty
# folder $1. Then come mounts, three words each (source, target, ro or rw), then `--` and the command.
# To be started by `unshare --mount`: all mounts end with the process.
#
# No image is at hand: its layers are this machine's /usr, read only, and what is mounted at /app and
# below /usr/local. The root file system is read only too: the chart promises that the guard can live with it.
set -eu
root=$1 user=$2 group=$3
shift 3

mount -t tmpfs -o mode=755 image "$root"
mkdir "$root/dev" "$root/proc"
for folder in bin lib lib64 usr; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro "$root/$folder"
  fi
done
# Nothing of this machine's own is found where the image has its program.
mount -t tmpfs -o mode=755 local "$root/usr/local"
mount --rbind /proc "$root/proc"
for device in null random urandom zero; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done

while [ "$1" != -- ]; do
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
  else
    mkdir -p "$root$(dirname "$2")"
    : >"$root$2"
  fi
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mount -o remount,ro "$root/usr/local"
mount -o remount,ro "$root"

exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="$group" --clear-groups \
  --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
