#!/bin/sh
# Removes the cgroups called $1, in every hierarchy and with all below them, when standard input ends,
# that is when their owner stops or dies. What is in them is being killed at the same moment, hence
# several tries.
name=$1
read -r _
tries=0
while [ "$tries" -lt 100 ]; do
  left=
  for folder in /sys/fs/cgroup/*/"$name"; do
    [ -d "$folder" ] || continue
    find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
    if [ -d "$folder" ]; then left=yes; fi
  done
  [ -n "$left" ] || exit 0
  tries=$((tries + 1))
  sleep 0.1
done
exit 1
