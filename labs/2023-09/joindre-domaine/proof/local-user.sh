systemctl disable --now winbind
useradd --create-home --shell /bin/bash '{{ newcomer.login }}'
usermod --password "$(printf '%s\n' '{{ secret }}' | openssl passwd -6 -stdin)" '{{ newcomer.login }}'
