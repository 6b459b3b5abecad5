#!/bin/sh
# Runs a program that must not outlive the process holding the other end of standard input.
# The kernel closes that end on any death of its holder, SIGKILL included. SIGTERM is passed on.
exec 3<&0 </dev/null

"$@" 3<&- &
program=$!
trap 'kill -TERM "$program" 2>/dev/null' TERM

(
  read -r _ <&3
  kill -KILL "$program"
) 2>/dev/null &
watcher=$!
exec 3<&-

wait "$program"
status=$?
# A signal that is passed on cuts the waiting short; the program may take its time to end.
while kill -0 "$program" 2>/dev/null; do
  wait "$program"
  status=$?
done
kill "$watcher" 2>/dev/null
exit "$status"
