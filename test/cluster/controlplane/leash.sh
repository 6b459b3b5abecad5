#!/bin/sh
# Runs a program that must not outlive the process holding the other end of standard input.
# The kernel closes that end on any death of its holder, SIGKILL included.
exec 3<&0 </dev/null

"$@" 3<&- &
program=$!

(
  read -r _ <&3
  kill -KILL "$program"
) 2>/dev/null &
watcher=$!
exec 3<&-

wait "$program"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
