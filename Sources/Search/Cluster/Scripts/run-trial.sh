#!/bin/bash
# Runs one trial of a search, unless it has ended or another process is running it.
#
#   run-trial.sh FOLDER [SECONDS]
#
# FOLDER holds command.sh, which writes result.json there. Its output goes to stdout.log and stderr.log, and its
# exit code, written atomically, to exit. SECONDS limits its time; 0 means no limit.
folder=$1
limit=${2:-0}

# The command inherits the lock and holds it as long as it lives, even if this shell ends.
exec 9> "$folder/lock" || exit 1
# Exit code 1 is a conflict; other errors come from file systems without locks and are ignored.
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
  # An external signal (HUP, INT, KILL, USR1, USR2, TERM, XCPU) says nothing about the trial, which must run
  # again. timeout exits with 124, or 137 if it had to kill the command.
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
