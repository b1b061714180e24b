# Isoler les machines de ce poste.
isolation-old-kernel = Le noyau de ce poste ({ $release }) est trop ancien pour isoler les machines : il faut Linux 5.19 ou plus récent. Debian 12 et Ubuntu 24.04 l'ont ; sur Ubuntu 22.04, installez le paquet linux-generic-hwe-22.04, puis redémarrez.
isolation-no-user-namespaces = Le noyau de ce poste n'a pas d'espaces d'utilisateurs, sans lesquels les machines ne peuvent pas être isolées. Utilisez le noyau de votre distribution (paquet linux-image-amd64 ou linux-generic).
isolation-user-namespaces-off = Les espaces d'utilisateurs sont désactivés sur ce poste : sans eux, les machines ne peuvent pas être isolées. Réactivez-les : sudo sysctl user.max_user_namespaces=15000
stand-step-unpack = Dépaquetage de la base, une seule fois (une minute)
