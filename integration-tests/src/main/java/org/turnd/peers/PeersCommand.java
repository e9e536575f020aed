package org.turnd.peers;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `turnd peers`: calls between real WebRTC peers.
@Command(
        name = "peers",
        description = "Holds calls between real WebRTC peers (libwebrtc) through a TURN server.",
        mixinStandardHelpOptions = true,
        subcommands = {CallCommand.class, NatCommand.class},
        synopsisSubcommandLabel = "(call | nat)",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every call was good",
            "1:a call failed, or the run did",
            "2:wrong usage"
        })
public final class PeersCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /// Creates the command; cheap.
    public PeersCommand() {}

    /// Runs the command by itself, without `turnd`.
    ///
    /// @param args as after `turnd peers`
    public static void main(String[] args) {
        System.exit(new CommandLine(new PeersCommand()).execute(args));
    }

    /// Refuses to do nothing.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Missing subcommand: call or nat");
    }
}
