#!/bin/sh
# Runs a file with the project's own Node, after installing what is missing: run.sh [--production] <file> [arguments].
set -u
home=$(CDPATH= cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
if [ "${1:-}" = --production ]; then
  shift
  sh "$home/scripts/ensure-installed.sh" --production || exit 1
else
  sh "$home/scripts/ensure-installed.sh" || exit 1
fi
. "$home/scripts/find-node.sh"
if [ -z "$node" ]; then
  echo "penstock: no Node $oldest_node or newer for $(uname -s)/$(uname -m): install one (https://nodejs.org)" >&2
  exit 1
fi
cd -- "$home" && exec "$node" "$@"
