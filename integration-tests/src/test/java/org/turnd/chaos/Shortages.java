package org.turnd.chaos;

import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.turnd.cli.check.Carrier;
import org.turnd.cli.check.TurnClient;
import org.turnd.cli.check.TurnFailure;
import org.turnd.peers.lab.HostCommand;

/// What runs out: whoever asks then is refused, whoever has goes on.
final class Shortages {
    private static final int FILES_LEFT = 10;
    private static final int CONNECTIONS = 40;

    private Shortages() {}

    /// Every relay port is taken, the next client refused; when they are given back, each can be
    /// had again.
    static String ports(Arena arena, int times) throws TurnFailure {
        Deque<TurnClient> clients = new ArrayDeque<>();
        try {
            // The probe has one.
            for (int i = 1; i < Daemon.RELAY_PORTS; i++) {
                clients.add(arena.client(Carrier.UDP));
                clients.getLast().allocate(null);
            }
            try (TurnClient late = arena.client(Carrier.UDP)) {
                expectRefusal(late);
                clients.removeFirst().close();
                late.allocate(null);
            }
        } finally {
            clients.forEach(TurnClient::close);
        }
        return Daemon.RELAY_PORTS + " ports";
    }

    private static void expectRefusal(TurnClient client) {
        try {
            client.allocate(null);
        } catch (TurnFailure refused) {
            return;
        }
        throw new IllegalStateException("more relays than ports");
    }

    /// The process may open no more files: connections wait, allocations are refused.
    static String files(Arena arena, int times) throws Exception {
        Daemon server = arena.server();
        List<Socket> sockets = new ArrayList<>();
        Deque<TurnClient> clients = new ArrayDeque<>();
        int refused = 0;
        String before = limit(server);
        prlimit(server, server.openFiles() + FILES_LEFT + ":");
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                sockets.add(arena.attackerStream(Daemon.PORT));
            }
            for (int i = 0; i < 2 * FILES_LEFT; i++) {
                clients.add(arena.client(Carrier.UDP));
                try {
                    clients.getLast().allocate(null);
                } catch (TurnFailure e) {
                    refused++;
                }
            }
            arena.awaitServed();
        } finally {
            prlimit(server, before + ":");
            for (Socket socket : sockets) {
                socket.close();
            }
            clients.forEach(TurnClient::close);
        }
        if (refused == 0) {
            throw new IllegalStateException("no allocation was refused");
        }
        return refused + " allocations refused";
    }

    private static String limit(Daemon server) {
        return HostCommand.run(
                        List.of(
                                "prlimit",
                                "--pid",
                                Long.toString(server.pid()),
                                "--nofile",
                                "--raw",
                                "--noheadings",
                                "--output=SOFT"))
                .strip();
    }

    private static void prlimit(Daemon server, String limits) {
        Arena.run("prlimit", "--pid", Long.toString(server.pid()), "--nofile=" + limits);
    }
}
