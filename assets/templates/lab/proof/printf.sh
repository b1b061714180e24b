printf "%s\n" "{{ name }}" >/etc/paillasse-name
