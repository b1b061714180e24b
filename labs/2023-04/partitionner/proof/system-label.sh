# The data's label on the system as well.
e2label /dev/sdb2 {{ data_label }}
