pam-auth-update --disable mkhomedir
rm -rf '/home/{{ newcomer.login }}'
