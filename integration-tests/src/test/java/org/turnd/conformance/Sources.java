package org.turnd.conformance;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// What the sources say of requirements: a comment in the code that implements one names its id,
/// and so does the display name or a tag of the test that proves it.
final class Sources {
    private static final List<String> MODULES =
            List.of("stun-codec", "turn-server", "cli", "integration-tests");

    /// `// L-05. L-06 (RFC 6062 §5.2): why`, and the same in documentation.
    private static final Pattern COMMENT = Pattern.compile("//.*");

    private static final Pattern LEADING_IDS =
            Pattern.compile("\"(?:" + Requirement.ID + "[, ]*)+");

    private final Path root;
    private final Map<String, String> mains = new TreeMap<>();
    private final Map<String, Set<String>> code = new TreeMap<>();
    private final Map<String, Set<Proof>> proofs = new TreeMap<>();

    /// One test method.
    ///
    /// @param file its source, from the project's root
    record Proof(String file, String type, String method) implements Comparable<Proof> {
        String name() {
            return type + "#" + method;
        }

        @Override
        public int compareTo(Proof other) {
            return name().compareTo(other.name());
        }
    }

    Sources(Path root) throws IOException {
        this.root = root;
        for (String module : MODULES) {
            for (Path file : javaFiles(root.resolve(module).resolve("src/main/java"))) {
                readMain(file);
            }
            readTests(javaFiles(root.resolve(module).resolve("src/test/java")));
        }
    }

    /// The main sources' classes that name this id in a comment.
    Set<String> codeOf(String id) {
        return code.getOrDefault(id, Set.of());
    }

    /// The tests that name this id.
    Collection<Proof> proofsOf(String id) {
        return proofs.getOrDefault(id, Set.of());
    }

    /// Every id that a source names.
    Set<String> namedIds() {
        Set<String> all = new TreeSet<>(code.keySet());
        all.addAll(proofs.keySet());
        return all;
    }

    /// The main source of a class, from its package's last part on: `engine.Nonces`.
    Optional<String> mainFile(String name) {
        String end = "/" + name.replace('.', '/') + ".java";
        return mains.keySet().stream().filter(file -> file.endsWith(end)).findFirst();
    }

    /// The main sources whose text has this pattern.
    Set<String> classesWith(Pattern pattern) {
        return mains.entrySet().stream()
                .filter(source -> pattern.matcher(source.getValue()).find())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void readMain(Path file) throws IOException {
        String text = Files.readString(file);
        String name = root.relativize(file).toString();
        mains.put(name, text);
        COMMENT.matcher(text)
                .results()
                .flatMap(comment -> Requirement.ID.matcher(comment.group()).results())
                .forEach(id -> named(code, id.group()).add(name));
    }

    private void readTests(List<Path> files) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            var task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : task.parse()) {
                new ProofScanner(unit).scan(unit, null);
            }
        }
    }

    private final class ProofScanner extends TreePathScanner<Void, String> {
        private final String file;

        ProofScanner(CompilationUnitTree unit) {
            file = root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
        }

        @Override
        public Void visitClass(ClassTree type, String outer) {
            return super.visitClass(type, outer == null ? type.getSimpleName().toString() : outer);
        }

        @Override
        public Void visitMethod(MethodTree method, String type) {
            ModifiersTree modifiers = method.getModifiers();
            if (modifiers.getAnnotations().stream().anyMatch(Sources::isTest)) {
                Stream<String> ids =
                        modifiers.getAnnotations().stream().flatMap(Sources::idsOf).distinct();
                var proof = new Proof(file, type, method.getName().toString());
                ids.forEach(id -> named(proofs, id).add(proof));
            }
            return null;
        }
    }

    private static boolean isTest(AnnotationTree annotation) {
        String name = annotation.getAnnotationType().toString();
        return name.endsWith("Test") || name.equals("TestFactory");
    }

    private static Stream<String> idsOf(AnnotationTree annotation) {
        UnaryOperator<String> ids =
                switch (annotation.getAnnotationType().toString()) {
                    case "Tag", "Tags" -> text -> text;
                    case "DisplayName" -> Sources::leadingIds;
                    default -> _ -> "";
                };
        return Requirement.ID
                .matcher(ids.apply(annotation.getArguments().toString()))
                .results()
                .map(id -> id.group());
    }

    private static String leadingIds(String arguments) {
        return LEADING_IDS
                .matcher(arguments)
                .results()
                .map(found -> found.group())
                .collect(Collectors.joining(" "));
    }

    private static <T> Set<T> named(Map<String, Set<T>> map, String id) {
        return map.computeIfAbsent(id, _ -> new TreeSet<>());
    }

    private static List<Path> javaFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return new ArrayList<>();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(one -> one.toString().endsWith(".java")).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
