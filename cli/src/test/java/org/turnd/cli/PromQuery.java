package org.turnd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names in a PromQL expression.
///
/// @param selectors metrics with the labels that they are chosen by
/// @param labels those that results are grouped by
record PromQuery(List<Selector> selectors, Set<String> labels) {
    private static final Set<String> WORDS =
            Set.of("on", "ignoring", "group_left", "group_right", "bool", "and", "or", "unless");

    private static final Pattern MATCHER =
            Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without)\\s*\\(([a-z_, ]*)\\)");
    private static final Pattern METRIC =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(\\{[^}]*}|\\()?");

    /// A metric, and what its labels must be.
    record Selector(String metric, List<LabelMatcher> matchers) {}

    /// @param values what is looked for, as far as it is literal
    record LabelMatcher(String label, List<String> values) {}

    static PromQuery of(String expression) {
        List<String> labels = new ArrayList<>();
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find()) {
            for (String label : grouping.group(1).replace(" ", "").split(",", -1)) {
                labels.add(label);
            }
        }
        String rest = GROUPING.matcher(expression).replaceAll(" ").replaceAll("\\[[^\\]]*]", " ");
        List<Selector> selectors = new ArrayList<>();
        Matcher metric = METRIC.matcher(rest);
        while (metric.find()) {
            String after = metric.group(2);
            boolean isFunction = after != null && after.equals("(");
            boolean isNumber = metric.start() > 0 && isDigit(rest.charAt(metric.start() - 1));
            if (!isFunction && !isNumber && !WORDS.contains(metric.group(1))) {
                selectors.add(new Selector(metric.group(1), matchers(after == null ? "" : after)));
            }
        }
        return new PromQuery(selectors, Set.copyOf(labels));
    }

    private static boolean isDigit(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }

    private static List<LabelMatcher> matchers(String braces) {
        List<LabelMatcher> matchers = new ArrayList<>();
        Matcher one = MATCHER.matcher(braces);
        while (one.find()) {
            boolean isLiteral = !one.group(3).contains("$");
            matchers.add(
                    new LabelMatcher(
                            one.group(1),
                            isLiteral ? List.of(one.group(3).split("\\|", -1)) : List.of()));
        }
        return matchers;
    }
}
