package org.turnd.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.turnd.docs.MarkdownPage.Block;
import org.turnd.docs.MarkdownPage.Fragment;

/// A command that a page tells its reader to run: a line, with those that continue it.
///
/// @param page the page's path from the project's root
/// @param line where it begins in the page, from 1
record DocumentedCommand(String page, int line, String text) {
    private static final List<String> SHELL = List.of("sh", "console");

    static List<DocumentedCommand> of(MarkdownPage page, Path root) {
        var commands = new ArrayList<DocumentedCommand>();
        String name = root.relativize(page.file).toString();
        for (Block block : page.blocks) {
            if (SHELL.contains(block.language())) {
                addTo(commands, name, block);
            }
        }
        return commands;
    }

    private static void addTo(List<DocumentedCommand> commands, String page, Block block) {
        var text = new StringBuilder();
        int begin = 0;
        for (Fragment line : block.lines()) {
            if (text.isEmpty()) {
                begin = line.line();
            }
            text.append(line.text());
            if (line.text().endsWith("\\")) {
                text.append('\n');
                continue;
            }
            String command = text.toString().strip();
            text.setLength(0);
            if (!command.isEmpty() && !command.startsWith("#")) {
                commands.add(new DocumentedCommand(page, begin, command));
            }
        }
    }

    String place() {
        return page + ":" + line;
    }
}
