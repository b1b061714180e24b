# The networks of a lab: what an author got wrong, and what its page shows of them.
lab-wrong-vlan = “{ $value }” is not a switch's port: write “10” (access port), “trunk 10 20” or “trunk 10 20 native 1”, with VLANs from 1 to 4094
lab-wrong-route = “{ $value }” is not a route: write “10.1.0.0/24 via 10.0.0.2” or “default via fd00::1”, with the network's address and not a machine's
lab-wrong-rate = “{ $value }” is not a rate: write “512kbit/s”, “2Mbit/s” or “1Gbit/s”
lab-wrong-delay = “{ $value }” is not a delay: write “80ms” or “2s”, a minute at most
lab-wrong-loss = “{ $value }” is not a part of frames lost: write “5%” or “0.5%”
lab-wrong-mtu = an MTU of { $mtu } bytes can't be had here: it goes from 1280 (IPv6's least) to 9000
lab-wrong-host = “{ $name }” is not a host name: letters, digits and hyphens, separated by dots
lab-vlan-not-tagged = VLAN { $vlan } does not reach “{ $name }” tagged: give it a “trunk” port that carries it
lab-advertise-no-gateway = nobody announces this network: it needs a gateway (gateway = "…")
lab-advertise-no-range = “{ $name }” can't announce this network: it needs router = true and an IPv6 address in a /64 here
lab-port-not-attached = “{ $name }” is not plugged into this network
lab-same-address = “{ $name }” and “{ $other }” have the same address, { $address }
lab-same-address-help = if that is the fault you want, write port.{ $name } = { "{" } duplicate = true { "}" }
lab-no-network = no network is called “{ $name }”
stand-no-cable = { $machine } has no cable to the network “{ $network }”. It is plugged into: { $names }.
stand-do-cable = The cable could not be plugged in or pulled out
ui-vlan = VLAN { $vlans }
ui-vlan-trunk = VLANs { $vlans } tagged
ui-router = router
ui-internet = DNS and HTTP, for this lab only
ui-internet-names = answers for { $names }
ui-advertised = announced over IPv6
ui-mtu = MTU { $mtu }
doctor-kernel-optional = Kernel: { $name } ({ $purpose })
doctor-no-kernel-optional = Kernel: no { $name }. Labs that need it ({ $purpose }) will not run on this PC
doctor-use-netem = delay and loss on a network
doctor-use-tbf = a limited rate on a network
doctor-use-vlan = tagged VLANs
lab-no-init-network = without systemd (init = "none") “{ $name }” has neither tagged VLANs nor router advertisements: remove “init”
