LC_ALL=C lscpu --parse=SOCKET,CORE | grep -v '^#' | sort -u | wc -l
