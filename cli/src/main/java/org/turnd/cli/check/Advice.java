package org.turnd.cli.check;

/// What a finding probably means and what to do about it.
///
/// @param cause half a sentence or more, for people
/// @param fix what to change or to try
public record Advice(String cause, String fix) {}
