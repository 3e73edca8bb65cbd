#!/bin/bash
# Runs one trial of a search, unless it has ended before or another process is at it.
#
#   run-trial.sh FOLDER [SECONDS]
#
# FOLDER holds command.sh, which writes result.json there. What the command prints goes to stdout.log and
# stderr.log, its exit code to the file exit, whole or not at all. SECONDS limit its time; 0 does not.
folder=$1
limit=${2:-0}

# The command inherits the lock, so that it stays held while the command lives, whatever becomes of this shell.
exec 9> "$folder/lock" || exit 1
# Conflicts are exit code 1; a file system that has no locks is no reason to stop.
flock --nonblock 9
[ $? = 1 ] && exit 0
[ -e "$folder/exit" ] && exit 0
rm -f "$folder/result.json"

if [ "$limit" = 0 ]; then
  bash "$folder/command.sh" < /dev/null > "$folder/stdout.log" 2> "$folder/stderr.log"
else
  timeout --kill-after=10 "$limit" \
    bash "$folder/command.sh" < /dev/null > "$folder/stdout.log" 2> "$folder/stderr.log"
fi
code=$?

ending=$code
case $code in
  # A signal from outside (HUP, INT, KILL, USR1, USR2, TERM, XCPU) says nothing about the trial, which is
  # to be run again; timeout ends what it runs with 124, or 137 where that does not heed it.
  124 | 129 | 130 | 137 | 138 | 140 | 143 | 152)
    if [ "$limit" != 0 ] && [ "$SECONDS" -ge "$limit" ]; then
      ending="timeout $limit"
    elif [ "$code" != 124 ]; then
      echo "$folder: ended by signal $((code - 128)); it has no result" >&2
      exit "$code"
    fi
    ;;
esac
echo "$ending" > "$folder/exit.part" && mv -f "$folder/exit.part" "$folder/exit"
exit "$code"
