usermod --lock support
