#!/bin/sh
# image-root.sh BASE ROOT: makes ROOT the file system of the image, from BASE, the one of a Debian
# image with Node. It only copies: BASE may be of another architecture.
set -eu
base=$1 root=$2

mkdir -p "$root/usr/local/bin" "$root/lib" "$root/etc" "$root/var/lib/dpkg/status.d"
# Where a container runtime mounts.
mkdir -p "$root/proc" "$root/dev" "$root/sys" "$root/tmp"
chmod 1777 "$root/tmp"
cp "$base/usr/local/bin/node" "$root/usr/local/bin/"

# What node links to; the loader looks into /lib on every architecture. amd64's is named as of /lib64.
ln -s lib "$root/lib64"
for library in 'ld-linux-*.so.*' libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 libstdc++.so.6 libgcc_s.so.1; do
    cp -L "$base"/usr/lib/*-linux-gnu/$library "$root/lib/"
done
# What only some releases link to: Node for atomics, the C library for names in DNS.
for library in libatomic.so.1 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2; do
    set -- "$base"/usr/lib/*-linux-gnu/$library
    if [ -e "$1" ]; then
        cp -L "$1" "$root/lib/"
    elif grep -q "$library" "$root/usr/local/bin/node"; then
        echo "image-root.sh: node links to $library, and $base has none" >&2
        exit 1
    fi
done

# Scanners read from here which packages the libraries are of, and these come with their licences.
cp -L "$base/etc/os-release" "$root/etc/"
for package in libc6 libstdc++6 libgcc-s1; do
    awk -v RS= -v name="$package" 'index($0, "Package: " name "\n") == 1' \
        "$base/var/lib/dpkg/status" >"$root/var/lib/dpkg/status.d/$package"
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "$base/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done
cp "$base/usr/local/LICENSE" "$root/usr/share/doc/node-LICENSE" 2>/dev/null || true

echo 'eni-config-guard:x:65532:65532::/:/none' >"$root/etc/passwd"
echo 'eni-config-guard:x:65532:' >"$root/etc/group"
