package org.turnd.peers.server;

/// A TURN server as a peer is told of it: one entry of `RTCConfiguration.iceServers`.
///
/// @param url for example `turn:11.0.0.10:3478?transport=tcp`
/// @param username the user name
/// @param credential the password
public record IceServer(String url, String username, String credential) {}
