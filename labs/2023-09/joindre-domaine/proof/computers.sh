samba-tool computer move POSTE CN=Computers,DC=atelier,DC=test
