# Prepared machines, reached by SSH.
lab-ssh-prepared = a machine reached by SSH is prepared beforehand: the lab can neither build nor change it. Remove this line, or use driver = "container"
remote-no-file = This lab is about prepared machines that the file { $file } must describe: name, address (host), private key (key) and the machine's public key (host-key). It does not exist.
remote-bad-file = The file { $file } can't be read:
    { $error }
remote-no-machine = The machine “{ $name }” is not in { $file }. Add [{ $name }] to it, with host, key and host-key.
remote-bad-entry = For the machine { $machine }, “{ $field }” won't do: “{ $value }”. Correct { $file }.
remote-do-read = The file { $file } could not be read
remote-do-write = The machines' keys could not be written
remote-do-pack = The agent could not be made ready to be sent
remote-do-restart = { $machine } could not be reached to restart a service
remote-no-ssh = The SSH client could not be started ({ $error }). Install the package “openssh-client”.
remote-wrong-host-key = { $machine } does not have the key expected: it may not be the right machine. Check it, then “host-key”.
remote-open-key = The private key for { $machine } can be read by others than you. Take these rights away: chmod 600.
remote-key-refused = { $machine } refuses the key. Add the public key to the authorized_keys file of the user named.
remote-no-sudo = The user named for { $machine } can't become root without a password. Complete sudoers, or use root.
remote-unreachable = { $machine } could not be reached ({ $error }). Check that it is on, its address and its port.
remote-no-reset = A machine reached by SSH can't be put back to its start: only the person who prepared it can do that.
remote-no-reboot = { $machine } will not be restarted: { $file } does not allow it (reboot = true). What must survive a restart can't be judged.
remote-late = { $machine } did not come back from its restart.
remote-no-proof = A lab about machines reached by SSH can't be proven: no fresh machine is built. Prove it with driver = "container".
remote-ready = Machine { $machine } can be reached by SSH ({ $host })
ui-start-ssh = { $machines } reached by SSH and prepared beforehand: nothing is built there or put back to its start. The checking agent is sent there for the time of the lab, then removed.
stand-ssh = This lab is about prepared machines, reached by SSH: it has none to build.
doctor-mend-machines = Labs about machines reached by SSH wait for this; the others are not concerned.
