#!/bin/sh
# /usr/local/sbin/newsbell: any command, run for root as the units run theirs.
#   newsbell doctor
#   newsbell import - --url https://paper.example/2026/ferry < page.html
# systemd reads the settings: a shell would read a password otherwise, and an argument shows in the list of processes.
# It runs in /, as the user newsbell, who may not read your files: give a page by "<". A $ is written $$.
exec systemd-run --quiet --pipe --wait --collect --property=User=newsbell --property=StateDirectory=newsbell \
    --property=EnvironmentFile=/etc/newsbell.env /opt/newsbell/bin/newsbell "$@"
