# What a page of docs/ or README.md is where it is installed, away from the sources.

# No link to pages for developers, nor to the sources of man pages.
s/\[([^]]*)\]\((docs\/)?dev(\/[^)]*)?\)/\1/g
s/\[man pages\]\(man\)(.*): `\.\/dev man` makes them/man pages\1/

# The table of pages for developers, which ends docs/README.md.
/^## For developers$/,$d
