#!/bin/sh
# Starts turnd with the Java runtime beside it.
#   TURND_JAVA_OPTS     further options of the Java virtual machine, such as -Xmx1g
home=$(dirname "$(dirname "$(readlink -f "$0")")")
# A class archive that doesn't fit any more is left aside without a word.
# shellcheck disable=SC2086 # several options in one variable
exec "$home/runtime/bin/java" "@$home/conf/jvm.options" \
  "-XX:SharedArchiveFile=$home/app/turnd.jsa" -Xlog:aot=off,cds=off \
  "-Djava.library.path=$home/app/native" -Dturnd.launcher="$0" \
  ${TURND_JAVA_OPTS:-} -cp "$home/app/cli.jar" org.turnd.cli.Turnd "$@"
