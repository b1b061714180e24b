ip address flush dev eth1
