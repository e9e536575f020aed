package org.turnd.peers;

import java.util.Iterator;
import java.util.List;
import org.turnd.peers.lab.NatKind;
import org.turnd.peers.server.ServerKind;
import org.turnd.peers.server.TurnTransport;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Enumerations on the command line, written as their constants' `toString` says.
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final List<E> constants;

    private Choice(E[] constants) {
        this.constants = List.of(constants);
    }

    @Override
    public E convert(String text) {
        return constants.stream()
                .filter(constant -> constant.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new TypeConversionException(
                                "expected one of %s, found '%s'".formatted(constants, text)));
    }

    @Override
    public Iterator<String> iterator() {
        return constants.stream().map(Enum::toString).iterator();
    }

    static final class Nat extends Choice<NatKind> {
        Nat() {
            super(NatKind.values());
        }
    }

    static final class Transport extends Choice<TurnTransport> {
        Transport() {
            super(TurnTransport.values());
        }
    }

    static final class Server extends Choice<ServerKind> {
        Server() {
            super(ServerKind.values());
        }
    }

    static final class Policy extends Choice<CandidatePolicy> {
        Policy() {
            super(CandidatePolicy.values());
        }
    }
}
