package org.turnd.server.admin;

import java.util.List;

/// The shape of a JSON object.
///
/// @param name in the OpenAPI document
record ApiType(String name, String doc, List<Field> fields) {
    ApiType {
        fields = List.copyOf(fields);
    }

    static ApiType of(String name, String doc, Field... fields) {
        return new ApiType(name, doc, List.of(fields));
    }

    /// What a member holds.
    enum Kind {
        STRING,
        INTEGER,
        BOOLEAN,
        /// A time as RFC 3339 writes it.
        TIME,
        OBJECT
    }

    /// One member.
    ///
    /// @param type of an OBJECT the name of its type; else empty
    record Field(
            String name, Kind kind, String type, boolean isList, boolean isOptional, String doc) {
        static Field text(String name, String doc) {
            return new Field(name, Kind.STRING, "", false, false, doc);
        }

        static Field texts(String name, String doc) {
            return new Field(name, Kind.STRING, "", true, false, doc);
        }

        static Field number(String name, String doc) {
            return new Field(name, Kind.INTEGER, "", false, false, doc);
        }

        static Field flag(String name, String doc) {
            return new Field(name, Kind.BOOLEAN, "", false, false, doc);
        }

        static Field time(String name, String doc) {
            return new Field(name, Kind.TIME, "", false, false, doc);
        }

        static Field objects(String name, ApiType type, String doc) {
            return new Field(name, Kind.OBJECT, type.name(), true, false, doc);
        }

        static Field object(String name, ApiType type, String doc) {
            return new Field(name, Kind.OBJECT, type.name(), false, false, doc);
        }

        Field optional() {
            return new Field(name, kind, type, isList, true, doc);
        }
    }
}
