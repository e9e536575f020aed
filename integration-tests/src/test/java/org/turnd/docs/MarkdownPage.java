package org.turnd.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/// A page of the documentation: where it points to, where one can point to, and its code.
final class MarkdownPage extends AbstractVisitor {
    private static final Parser PARSER =
            Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES).build();

    private final Map<String, Integer> slugs = new HashMap<>();

    /// Where the page is.
    final Path file;

    /// What can follow `#` in a link to this page, as GitHub makes it of headings.
    final Set<String> anchors = new LinkedHashSet<>();

    /// The destinations of the page's links.
    final List<Fragment> links = new ArrayList<>();

    /// The page's code blocks.
    final List<Block> blocks = new ArrayList<>();

    private MarkdownPage(Path file) {
        this.file = file;
    }

    /// A piece of the page, and the line that it begins in.
    record Fragment(int line, String text) {}

    /// A code block: its language and its lines.
    record Block(String language, List<Fragment> lines) {
        String text() {
            return String.join("\n", lines.stream().map(Fragment::text).toList()) + "\n";
        }
    }

    /// Reads README.md and every page under `docs`.
    static List<MarkdownPage> all(Path root) throws IOException {
        List<MarkdownPage> pages = new ArrayList<>(List.of(read(root.resolve("README.md"))));
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".md")).toList()) {
                pages.add(read(file));
            }
        }
        return pages;
    }

    /// Reads one page.
    static MarkdownPage read(Path file) throws IOException {
        var page = new MarkdownPage(file);
        PARSER.parse(Files.readString(file)).accept(page);
        return page;
    }

    @Override
    public void visit(Heading heading) {
        String slug =
                text(heading)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-');
        int before = slugs.merge(slug, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? slug : slug + "-" + before);
        visitChildren(heading);
    }

    @Override
    public void visit(Link link) {
        links.add(new Fragment(line(link), link.getDestination()));
        visitChildren(link);
    }

    @Override
    public void visit(FencedCodeBlock block) {
        int line = line(block);
        List<Fragment> lines = new ArrayList<>();
        for (String text : block.getLiteral().lines().toList()) {
            line++;
            lines.add(new Fragment(line, text));
        }
        blocks.add(new Block(block.getInfo().strip(), lines));
    }

    private static int line(Node node) {
        return node.getSourceSpans().getFirst().getLineIndex() + 1;
    }

    private static String text(Node node) {
        return switch (node) {
            case Text text -> text.getLiteral();
            case Code code -> code.getLiteral();
            default -> {
                var all = new StringBuilder();
                for (Node one = node.getFirstChild(); one != null; one = one.getNext()) {
                    all.append(text(one));
                }
                yield all.toString();
            }
        };
    }
}
