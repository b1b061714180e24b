samba-tool computer delete POSTE
samba-tool computer create POSTE --computerou='OU=Postes,OU={{ agency }}'
