package org.turnd.packaging;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Writes the container image: an OCI layout in a tar, from nothing but the packaged tree and the C
/// library of this machine.
///
/// There is no shell in it, so its entry point is Java itself with a file of arguments, `/turnd`:
/// `java @/turnd check ...` is the command `turnd` in there. The same tree gives the same bytes.
public final class ContainerImage {
    private static final String HOME = "/usr/lib/turnd";
    private static final String ARGUMENTS = "/turnd";

    /// A user that has no name anywhere else, with no right on anything.
    private static final String USER = "65532:65532";

    private final Path tree;
    private final Path scratch;
    private final Instant time;

    private ContainerImage(Path tree, Path scratch, Instant time) {
        this.tree = tree;
        this.scratch = scratch;
        this.time = time;
    }

    /// Takes the packaged tree, the tar to write, version, architecture (`amd64`, `arm64`), the
    /// time of all files in seconds, and a directory for what is needed meanwhile.
    public static void main(String[] args) throws Exception {
        var image =
                new ContainerImage(
                        Path.of(args[0]),
                        Files.createDirectories(Path.of(args[5])),
                        Instant.ofEpochSecond(Long.parseLong(args[4])));
        image.write(Path.of(args[1]), args[2], args[3]);
    }

    private void write(Path output, String version, String architecture) throws Exception {
        String java = HOME + "/runtime/bin/java";
        Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform(architecture, "linux")))
                .setCreationTime(time)
                .addFileEntriesLayer(system())
                .addFileEntriesLayer(directory("runtime"))
                .addFileEntriesLayer(application())
                .setEntrypoint(java, "@" + ARGUMENTS)
                .setProgramArguments("run")
                .setEnvironment(Map.of("PATH", HOME + "/runtime/bin"))
                .setUser(USER)
                .setExposedPorts(
                        Set.of(Port.udp(3478), Port.tcp(3478), Port.udp(5349), Port.tcp(5349)))
                .setLabels(
                        Map.of(
                                "org.opencontainers.image.title", "turnd",
                                "org.opencontainers.image.description",
                                        "A STUN/TURN server for WebRTC",
                                "org.opencontainers.image.version", version,
                                "org.opencontainers.image.licenses", "Apache-2.0"))
                .containerize(
                        Containerizer.to(TarImage.at(output).named("turnd:" + version))
                                .setOfflineMode(true)
                                .setToolName("turnd")
                                .setBaseImageLayersCache(scratch.resolve("base"))
                                .setApplicationLayersCache(scratch.resolve("layers")));
    }

    /// What Java needs of an operating system: the C library, and files that the C library reads.
    private FileEntriesLayer system() throws IOException, InterruptedException {
        var layer = FileEntriesLayer.builder().setName("system");
        for (String library : SharedLibraries.neededBy(elfFiles())) {
            layer.addEntry(
                    Path.of(library).toRealPath(),
                    AbsoluteUnixPath.get(library),
                    FilePermissions.fromOctalString("755"),
                    time);
        }
        text(layer, "/etc/passwd", "root:x:0:0:root:/:/none\nturnd:x:65532:65532:turnd:/:/none\n");
        text(layer, "/etc/group", "root:x:0:\nturnd:x:65532:\n");
        text(layer, "/etc/nsswitch.conf", "hosts: files dns\n");
        directory(layer, "/etc/turnd", "755");
        directory(layer, "/tmp", "777");
        return layer.build();
    }

    private List<Path> elfFiles() throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(
                            file -> file.toString().endsWith(".so") || file.endsWith("bin/java"))
                    .sorted()
                    .toList();
        }
    }

    private FileEntriesLayer application() throws IOException {
        var layer = FileEntriesLayer.builder().setName("turnd");
        for (String part : List.of("app", "doc")) {
            addTree(layer, part);
        }
        text(
                layer,
                ARGUMENTS,
                // A file of arguments can't name another.
                Files.readString(tree.resolve("conf/jvm.options"))
                        + """
                        -XX:SharedArchiveFile=%1$s/app/turnd.jsa
                        -Xlog:aot=off,cds=off
                        -Djava.library.path=%1$s/app/native
                        -cp %1$s/app/cli.jar
                        org.turnd.cli.Turnd
                        """
                                .formatted(HOME));
        return layer.build();
    }

    private FileEntriesLayer directory(String part) throws IOException {
        var layer = FileEntriesLayer.builder().setName(part);
        addTree(layer, part);
        return layer.build();
    }

    private void addTree(FileEntriesLayer.Builder layer, String part) throws IOException {
        layer.addEntryRecursive(
                tree.resolve(part),
                AbsoluteUnixPath.get(HOME + "/" + part),
                (file, destination) ->
                        FilePermissions.fromOctalString(
                                Files.isDirectory(file) || Files.isExecutable(file)
                                        ? "755"
                                        : "644"),
                (file, destination) -> time);
    }

    private void directory(FileEntriesLayer.Builder layer, String path, String permissions)
            throws IOException {
        layer.addEntry(
                Files.createDirectories(scratch.resolve("empty")),
                AbsoluteUnixPath.get(path),
                FilePermissions.fromOctalString(permissions),
                time);
    }

    private void text(FileEntriesLayer.Builder layer, String path, String content)
            throws IOException {
        Path file = scratch.resolve(path.substring(1).replace('/', '-'));
        layer.addEntry(
                Files.writeString(file, content),
                AbsoluteUnixPath.get(path),
                FilePermissions.fromOctalString("644"),
                time);
    }
}
