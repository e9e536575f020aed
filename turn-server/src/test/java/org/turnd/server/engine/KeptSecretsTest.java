package org.turnd.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What an engine holds in memory, walked object by object.
class KeptSecretsTest {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();

    @Test
    @DisplayName("D-30 an engine keeps keys and no passwords")
    @Tag("S-11")
    @Tag("W-11")
    void keepsKeysAndNoPasswords() throws IllegalAccessException {
        EngineFixture fixture = new EngineFixture();
        fixture.udp().allocate();
        fixture.tcp().allocate();

        List<String> texts = textsReachableFrom(fixture.engine);

        assertTrue(texts.contains(EngineFixture.USER), "the walk reaches the allocations");
        assertTrue(seen.stream().anyMatch(Allocation.class::isInstance));
        assertEquals(
                List.of(),
                texts.stream().filter(text -> text.contains(EngineFixture.PASSWORD)).toList());
    }

    private List<String> textsReachableFrom(Object root) throws IllegalAccessException {
        List<String> texts = new ArrayList<>();
        visit(root);
        while (!toVisit.isEmpty()) {
            Object object = toVisit.remove();
            switch (object) {
                case String text -> texts.add(text);
                case byte[] bytes -> texts.add(new String(bytes, StandardCharsets.ISO_8859_1));
                case char[] chars -> texts.add(new String(chars));
                case Object[] array -> visitElements(array);
                case Map<?, ?> map -> {
                    map.keySet().forEach(this::visit);
                    map.values().forEach(this::visit);
                }
                case Iterable<?> many -> many.forEach(this::visit);
                default -> visitFields(object);
            }
        }
        return texts;
    }

    private void visit(@Nullable Object object) {
        if (object != null && seen.add(object)) {
            toVisit.add(object);
        }
    }

    private void visitElements(Object array) {
        for (int i = 0; i < Array.getLength(array); i++) {
            visit(Array.get(array, i));
        }
    }

    private void visitFields(Object object) throws IllegalAccessException {
        for (Class<?> type = object.getClass();
                type != null && type.getName().startsWith("org.turnd.");
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !type.isHidden()) {
                    field.setAccessible(true);
                    visit(field.get(object));
                }
            }
        }
    }
}
