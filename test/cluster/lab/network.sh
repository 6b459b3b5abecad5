#!/bin/sh
# Runs a command where the addresses $1 (separated by spaces) are this machine's own, and nothing else
# of a network is. To be started by `unshare --net --mount`: the network ends with the command.
set -eu
addresses=$1
shift
ip link set lo up
for address in $addresses; do ip address add "$address/32" dev lo; done
ENI_CONFIG_GUARD_LAB=$(readlink /proc/self/ns/net)
export ENI_CONFIG_GUARD_LAB
exec "$@"
