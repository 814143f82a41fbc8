"""The rim: files, processes, ports, the machine, Docker, downloads and logs."""
