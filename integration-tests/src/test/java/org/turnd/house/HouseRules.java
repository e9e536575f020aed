package org.turnd.house;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Reads Java sources with the JDK's own parser and tells what breaks the house rules, one
/// `file:line: complaint` each.
final class HouseRules {
    static final int FILE_LINES_MAX = 500;
    static final int METHOD_LINES_MAX = 60;

    /// A test's table of cases is one method, too.
    static final int TEST_METHOD_LINES_MAX = 120;

    private static final Pattern LEFTOVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern ACCESSOR = Pattern.compile("get[A-Z].*");
    private static final Pattern EMPTY_NAME =
            Pattern.compile("(Abstract|Base)[A-Z].*|.*(Manager|Util|Utils|Helper|Helpers|Impl)");

    /// One source file.
    ///
    /// @param name as it is printed
    /// @param isMain false for tests and benchmarks, which may use what they like
    record Source(String name, String text, boolean isMain) {}

    private HouseRules() {}

    static List<String> complaints(List<Source> sources) {
        List<String> complaints = new ArrayList<>();
        for (Source source : sources) {
            checkText(source, complaints);
            checkTrees(source, complaints);
        }
        return complaints;
    }

    private static void checkText(Source source, List<String> complaints) {
        List<String> lines = source.text().lines().toList();
        if (lines.size() > FILE_LINES_MAX) {
            complaints.add(
                    "%s:%d: %d lines, at most %d"
                            .formatted(
                                    source.name(),
                                    FILE_LINES_MAX + 1,
                                    lines.size(),
                                    FILE_LINES_MAX));
        }
        for (int i = 0; i < lines.size(); i++) {
            if (LEFTOVER.matcher(lines.get(i)).find()) {
                complaints.add("%s:%d: something left over".formatted(source.name(), i + 1));
            }
        }
    }

    private static void checkTrees(Source source, List<String> complaints) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + source.name()), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source.text();
                    }
                };
        var task =
                (JavacTask)
                        compiler.getTask(
                                null, null, null, List.of("-proc:none"), null, List.of(file));
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(source, unit, DocTrees.instance(task), complaints).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Reader extends TreePathScanner<Void, Void> {
        private final Source source;
        private final CompilationUnitTree unit;
        private final DocTrees trees;
        private final List<String> complaints;
        private final String inPackage;

        Reader(Source source, CompilationUnitTree unit, DocTrees trees, List<String> complaints) {
            this.source = source;
            this.unit = unit;
            this.trees = trees;
            this.complaints = complaints;
            this.inPackage = String.valueOf(unit.getPackageName());
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree tree, Void unused) {
            if (source.name().endsWith("package-info.java")
                    && tree.getPackageAnnotations().stream()
                            .noneMatch(
                                    a -> a.getAnnotationType().toString().equals("NullMarked"))) {
                complain(tree, "the package isn't @NullMarked");
            }
            return super.visitCompilationUnit(tree, null);
        }

        @Override
        public Void visitPackage(PackageTree tree, Void unused) {
            return null;
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            checkName(tree, tree.getQualifiedIdentifier().toString());
            return null;
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            String name = tree.toString();
            if (name.startsWith("org.turnd.")) {
                checkName(tree, name);
                return null;
            }
            if (inPackage.equals("org.turnd.server.engine")
                    && (name.equals("System.nanoTime")
                            || name.equals("System.currentTimeMillis"))) {
                complain(tree, "the engine has no clock of its own");
            }
            return super.visitMemberSelect(tree, null);
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            String name = tree.getSimpleName().toString();
            if (EMPTY_NAME.matcher(name).matches()) {
                complain(tree, name + " says nothing; name it after what it is");
            }
            boolean isTopLevel =
                    getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree;
            if (source.isMain() && isTopLevel && isPublic(tree) && !isDocumented()) {
                complain(tree, name + " is public and has no documentation");
            }
            return super.visitClass(tree, null);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            int lines = (int) (line(end(tree)) - line(start(tree)) + 1);
            int linesMax = source.isMain() ? METHOD_LINES_MAX : TEST_METHOD_LINES_MAX;
            if (lines > linesMax) {
                complain(
                        tree,
                        "%s has %d lines, at most %d".formatted(tree.getName(), lines, linesMax));
            }
            boolean isOverride =
                    tree.getModifiers().getAnnotations().stream()
                            .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            if (source.isMain()
                    && tree.getParameters().isEmpty()
                    && !isOverride
                    && ACCESSOR.matcher(tree.getName()).matches()) {
                complain(tree, tree.getName() + "(): accessors are called port(), not getPort()");
            }
            return super.visitMethod(tree, null);
        }

        private void checkName(Tree where, String name) {
            if (source.isMain()) {
                Imports.objection(inPackage, name)
                        .ifPresent(objection -> complain(where, objection));
            }
        }

        private static boolean isPublic(ClassTree tree) {
            return tree.getModifiers().getFlags().contains(Modifier.PUBLIC);
        }

        private boolean isDocumented() {
            DocCommentTree doc = trees.getDocCommentTree(getCurrentPath());
            return doc != null && !doc.getFullBody().isEmpty();
        }

        private long start(Tree tree) {
            return trees.getSourcePositions().getStartPosition(unit, tree);
        }

        private long end(Tree tree) {
            return trees.getSourcePositions().getEndPosition(unit, tree);
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }

        private void complain(Tree where, String complaint) {
            complaints.add(
                    "%s:%d: %s"
                            .formatted(source.name(), line(Math.max(0, start(where))), complaint));
        }
    }
}
