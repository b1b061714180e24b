# Les réseaux d'un atelier : ce qu'un auteur a écrit de travers, et ce que la page en montre.
lab-wrong-vlan = « { $value } » n'est pas un port de commutateur : écrivez « 10 » (port d'accès), « trunk 10 20 » ou « trunk 10 20 native 1 », avec des VLAN de 1 à 4094
lab-wrong-route = « { $value } » n'est pas une route : écrivez « 10.1.0.0/24 via 10.0.0.2 » ou « default via fd00::1 », avec l'adresse du réseau et non celle d'une machine
lab-wrong-rate = « { $value } » n'est pas un débit : écrivez « 512kbit/s », « 2Mbit/s » ou « 1Gbit/s »
lab-wrong-delay = « { $value } » n'est pas un délai : écrivez « 80ms » ou « 2s », une minute au plus
lab-wrong-loss = « { $value } » n'est pas une part de trames perdues : écrivez « 5% » ou « 0.5% »
lab-wrong-mtu = une MTU de { $mtu } octets n'est pas admise ici : elle va de 1280 (le minimum d'IPv6) à 9000
lab-wrong-host = « { $name } » n'est pas un nom d'hôte : lettres, chiffres et tirets, séparés par des points
lab-vlan-not-tagged = le VLAN { $vlan } n'arrive pas étiqueté à « { $name } » : donnez-lui un port « trunk » qui le porte
lab-advertise-no-gateway = personne n'annonce ce réseau : il lui faut une passerelle (gateway = "…")
lab-advertise-no-range = « { $name } » ne peut pas annoncer ce réseau : il lui faut router = true et une adresse IPv6 en /64 ici
lab-port-not-attached = « { $name } » n'est pas branchée sur ce réseau
lab-same-address = « { $name } » et « { $other } » ont la même adresse, { $address }
lab-same-address-help = si c'est la panne voulue, écrivez port.{ $name } = { "{" } duplicate = true { "}" }
lab-no-network = aucun réseau ne s'appelle « { $name } »
stand-no-cable = { $machine } n'a pas de câble vers le réseau « { $network } ». Elle est branchée sur : { $names }.
stand-do-cable = Le câble n'a pas pu être branché ou débranché
ui-vlan = VLAN { $vlans }
ui-vlan-trunk = VLAN { $vlans } étiquetés
ui-router = routeur
ui-internet = DNS et HTTP, pour cet atelier seulement
ui-internet-names = répond pour { $names }
ui-advertised = annoncé en IPv6
ui-mtu = MTU { $mtu }
doctor-kernel-optional = Noyau : { $name } ({ $purpose })
doctor-no-kernel-optional = Noyau : pas de { $name }. Les ateliers qui en ont besoin ({ $purpose }) ne tourneront pas sur ce poste
doctor-use-netem = délai et pertes sur un réseau
doctor-use-tbf = débit limité sur un réseau
doctor-use-vlan = VLAN étiquetés
lab-no-init-network = sans systemd (init = "none"), « { $name } » n'a ni VLAN étiquetés ni annonces de routeur : retirez « init »
