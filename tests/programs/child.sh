#!/bin/sh
# The program that sslclient starts in the cases: prints the DANE_ variables, then talks
# to the peer as its argument says. Exit 3 if the peer does not talk.
goodbye=
env | grep '^DANE_' | sort
case $1 in
  none) exit 0 ;;
  line) request='hello\n' ;;
  smtp) request='EHLO client.example\r\n' goodbye='QUIT\r\n' ;;
  imap) request='a CAPABILITY\r\n' goodbye='b LOGOUT\r\n' ;;
  pop3) request='STAT\r\n' goodbye='QUIT\r\n' ;;
  count) # what comes until the end
    exec 7>&-
    printf 'octets=%s\n' "$(wc -c <&6)"
    exit 0 ;;
  both) # ten million octets each way at once
    head -c 10000000 /dev/zero >&7 &
    exec 7>&-
    printf 'octets=%s\n' "$(wc -c <&6)"
    exit 0 ;;
  status) exit 42 ;;
esac
printf "$request" >&7
IFS= read -r line <&6 || exit 3
printf 'line=%s\n' "$line"
[ -n "$goodbye" ] || exit 0
printf "$goodbye" >&7
exec cat <&6 >/dev/null
