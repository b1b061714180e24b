# Fresh out of its box: no name server.
: > /etc/resolv.conf
