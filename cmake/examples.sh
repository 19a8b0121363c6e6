#!/bin/sh
# examples.sh GUIDE FOLDER: writes below FOLDER each file that the guide tells to write.
#
# Such a file is a fenced block behind a comment that names it, `<!-- file: /etc/x -->` or
# `<!-- cron: /etc/cron.d/x -->`; it becomes FOLDER/etc/x. One that begins with #! is a
# program.
set -eu
guide=$1
folder=$2

mkdir -p "$folder"
awk -v folder="$folder" '
  match($0, /^ *<!-- (file|cron): [^ ]+ -->$/) {
    name = $3
    indent = index($0, "<") - 1
    next
  }
  name != "" && !inside {
    if ($0 !~ /^ *```/) { print FILENAME ": no block for " name; exit 1 }
    inside = 1
    path = folder name
    parent = path
    sub(/\/[^\/]*$/, "", parent)
    system("mkdir -p \047" parent "\047")
    next
  }
  inside && /^ *```$/ {
    close(path)
    name = ""
    inside = 0
    next
  }
  inside { print substr($0, indent + 1) >path }
' "$guide" >&2
find "$folder" -type f | while IFS= read -r file; do
  case $(head -n 1 "$file") in '#!'*) chmod 755 "$file" ;; *) chmod 644 "$file" ;; esac
done
[ -n "$(find "$folder" -type f)" ]
