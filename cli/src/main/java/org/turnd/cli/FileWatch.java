package org.turnd.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Says when what some files hold has changed and come to rest. It watches their directories, and
/// those of every symbolic link on the way to them, and compares what the files hold: so it takes
/// editors that put another file in place, and Kubernetes, which turns a link around, and isn't
/// misled by a touch.
final class FileWatch implements AutoCloseable {
    /// How long nothing must happen before files are read: a certificate and its key are written
    /// one after the other.
    static final Duration REST = Duration.ofMillis(500);

    /// Files that change all the time are read after this all the same.
    private static final int RESTS_MAX = 10;

    /// Where the kernel says nothing, as on network file systems, files are looked at this often.
    private static final Duration LOOK = Duration.ofMinutes(1);

    private static final int LINKS_MAX = 40;

    private final Supplier<Set<Path>> files;
    private final Runnable onChange;
    private final WatchService watcher;
    private final Thread thread;
    private Map<Path, String> seen;

    /// Begins to watch.
    ///
    /// @param files asked for again after every change
    /// @param onChange called on this watch's own thread
    /// @throws IOException when the system lets nothing be watched
    FileWatch(Supplier<Set<Path>> files, Runnable onChange) throws IOException {
        this.files = files;
        this.onChange = onChange;
        watcher = FileSystems.getDefault().newWatchService();
        seen = contents(files.get());
        register();
        thread = Thread.ofPlatform().daemon().name("turnd-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                WatchKey first = watcher.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    first.pollEvents();
                    first.reset();
                    awaitRest();
                }
                compare();
                register();
            }
        } catch (InterruptedException | ClosedWatchServiceException end) {
            // It was closed.
        }
    }

    private void awaitRest() throws InterruptedException {
        for (int i = 0; i < RESTS_MAX; i++) {
            WatchKey more = watcher.poll(REST.toMillis(), TimeUnit.MILLISECONDS);
            if (more == null) {
                return;
            }
            more.pollEvents();
            more.reset();
        }
    }

    private void compare() {
        Map<Path, String> now = contents(files.get());
        if (!now.equals(seen)) {
            onChange.run();
            // What was read may name other files.
            seen = contents(files.get());
            seen.putAll(now);
            seen.keySet().retainAll(files.get());
        }
    }

    private void register() {
        for (Path directory : directories(files.get())) {
            try {
                directory.register(
                        watcher,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException gone) {
                // Its files are looked at now and then all the same.
            }
        }
    }

    /// The directories in which something changes when one of these files does.
    private static Set<Path> directories(Set<Path> files) {
        Set<Path> directories = new LinkedHashSet<>();
        for (Path file : files) {
            addDirectories(file.toAbsolutePath().normalize(), LINKS_MAX, directories);
        }
        return directories;
    }

    private static void addDirectories(Path path, int linksMax, Set<Path> directories) {
        Path parent = path.getParent();
        if (parent == null) {
            return;
        }
        if (Files.isDirectory(parent)) {
            directories.add(parent);
        }
        Path at = path.getRoot();
        for (Path name : path) {
            at = at == null ? name : at.resolve(name);
            if (linksMax > 0 && Files.isSymbolicLink(at)) {
                directories.add(at.toAbsolutePath().getParent());
                try {
                    Path target = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
                    Path whole = target.resolve(at.relativize(path)).normalize();
                    addDirectories(whole, linksMax - 1, directories);
                } catch (IOException gone) {
                    return;
                }
                return;
            }
        }
    }

    private static Map<Path, String> contents(Set<Path> files) {
        Map<Path, String> contents = new TreeMap<>();
        for (Path file : files) {
            contents.put(file, content(file));
        }
        return contents;
    }

    private static String content(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256")
                                            .digest(Files.readAllBytes(file)))
                    : "no file";
        } catch (IOException e) {
            return "can't be read";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            watcher.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a watch can't be closed", e);
        }
        thread.interrupt();
    }
}
