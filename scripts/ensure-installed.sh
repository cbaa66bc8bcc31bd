#!/bin/sh
# Installs the dependencies when node_modules is missing or is not what package-lock.json says; else does nothing,
# in some ten milliseconds. With --production the tools of development may be missing, and are left out (a third of
# the time) unless they were there before.
set -u
home=$(CDPATH= cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
kind=all
[ "${1:-}" = --production ] && kind=production
. "$home/scripts/find-node.sh"
. "$home/scripts/is-installed.sh"
is_installed "$kind" && exit 0

echo "penstock: installing the dependencies" >&2
cd -- "$home" || exit 1
# Inside `npm run` these name the Node and the npm that are running; the first `node` of PATH may be a broken one.
if [ -n "${npm_node_execpath:-}" ] && [ -n "${npm_execpath:-}" ]; then
  case $npm_node_execpath in
  "$home"/*) npm_node_execpath=$(PATH=$system_path command -v node) ;;
  esac
  set -- "$npm_node_execpath" "$npm_execpath"
else
  set -- npm
fi
everything=--include=dev
[ "$kind" = production ] && [ ! -d node_modules/vitest ] && everything=--omit=dev
log=$(mktemp "${TMPDIR:-/tmp}/penstock-install.XXXXXX") || exit 1
trap 'rm -f "$log"' EXIT
if ! "$@" ci "$everything" --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
  cat "$log" >&2
  echo "penstock: npm ci failed" >&2
  exit 1
fi
if ! is_installed "$kind"; then
  # npm leaves out an optional package that it could not download, and says nothing.
  cat "$log" >&2
  echo "penstock: npm ci ended, but not everything is there (${pinned:-no Node} for $(uname -s)/$(uname -m)); is the registry reachable?" >&2
  exit 1
fi
