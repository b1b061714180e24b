# Runs in the machine with sh -eu when the stand is built.
rm -f /etc/paillasse-name
