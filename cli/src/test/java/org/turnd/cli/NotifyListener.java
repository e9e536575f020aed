package org.turnd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A service manager's notification socket, played by Perl, which every Debian has: the JDK has no
/// Unix datagram sockets.
final class NotifyListener implements AutoCloseable {
    private static final String SCRIPT =
            """
            use Socket; $| = 1; alarm 120;
            socket(S, AF_UNIX, SOCK_DGRAM, 0) or die; bind(S, sockaddr_un($ARGV[0])) or die;
            print "bound\\0";
            while (defined recv(S, my $word, 4096, 0)) { print "$word\\0"; }
            """;

    private final Process perl;

    NotifyListener(Path socket) throws IOException {
        perl = new ProcessBuilder("perl", "-e", SCRIPT, socket.toString()).start();
        String first = word(perl.getInputStream());
        if (!first.equals("bound")) {
            throw new IOException("perl can't bind " + socket);
        }
    }

    /// Returns the next datagrams; waits for them until Perl's alarm.
    List<String> words(int count) throws IOException {
        var words = new ArrayList<String>();
        while (words.size() < count) {
            words.add(word(perl.getInputStream()));
        }
        return words;
    }

    @Override
    public void close() {
        perl.destroyForcibly();
    }

    private static String word(InputStream in) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        for (int b = in.read(); b > 0; b = in.read()) {
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
