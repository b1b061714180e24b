samba-tool user setpassword 'POSTE$' --newpassword='Autre-{{ admin }}'
