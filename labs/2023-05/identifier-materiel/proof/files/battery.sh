for scope in /sys/class/power_supply/*; do
    if [ "$(cat "$scope/type" 2> /dev/null)" = Battery ] && [ "$(cat "$scope/scope" 2> /dev/null)" != Device ]; then
        echo yes
        exit
    fi
done
echo no
