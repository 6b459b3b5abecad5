#!/bin/sh
# Runs a command in a network of the lab's own, without a way out: a bridge that the nodes will be
# attached to, with the address $1 of the control plane, and the address $2 of a client far away. To be
# started by `unshare --net`: the network ends with the command and the nodes.
set -eu
control_plane=$1 client=$2
shift 2
ip link set lo up
ip address add "$client/32" dev lo
ip link add lab type bridge
ip address add "$control_plane/24" dev lab
ip link set lab up
echo 1 >/proc/sys/net/ipv4/ip_forward
ENI_CONFIG_GUARD_LAB=$(readlink /proc/self/ns/net)
export ENI_CONFIG_GUARD_LAB
exec "$@"
