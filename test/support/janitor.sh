#!/bin/sh
# Removes the folder $1 when standard input ends, that is when its owner stops or dies.
# A server that is being killed at the same moment may still add files: hence several tries.
read -r _
tries=0
until rm -rf "$1" 2>/dev/null || [ "$tries" -ge 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
