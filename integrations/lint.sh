#!/usr/bin/env bash
# Judges eni-config in files: what the hook of pre-commit, the GitHub Action and the GitLab job run, with
# the Node.js on PATH. Its exit status is that of `lint`: 1 when something is denied. Arguments are those
# of `lint`; without any, variables say what to do:
#
#   ENI_CONFIG_FILES    files, folders and patterns, parted by white space; . when empty
#   ENI_CONFIG_AGAINST  what they are compared with (git:REV or a file); the state when empty
#   ENI_CONFIG_FLAGS    further flags of lint
#   ENI_CONFIG_FORMAT   how findings are printed; text when empty
#   ENI_CONFIG_JUNIT    a file for a JUnit report beside that
set -euo pipefail
guard=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# A fresh clone has no program yet. Installing makes it.
if [ ! -e "$guard/dist/main.js" ]; then
  (cd "$guard" && npm ci --no-audit --no-fund) >&2
fi

if [ $# -gt 0 ]; then
  exec node "$guard/dist/main.js" lint "$@"
fi

# White space parts words; patterns are lint's to read.
set -f
# shellcheck disable=SC2206
files=(${ENI_CONFIG_FILES:-.})
# shellcheck disable=SC2206
flags=(${ENI_CONFIG_FLAGS:-})
set +f
if [ -n "${ENI_CONFIG_AGAINST:-}" ]; then
  flags+=(--against "$ENI_CONFIG_AGAINST")
fi

lint() {
  node "$guard/dist/main.js" lint --format "$1" ${flags[@]+"${flags[@]}"} -- "${files[@]}"
}

if [ -n "${ENI_CONFIG_JUNIT:-}" ]; then
  # What it finds decides below, where it is printed for people.
  lint junit >"$ENI_CONFIG_JUNIT" || [ $? -eq 1 ]
fi
lint "${ENI_CONFIG_FORMAT:-text}"
