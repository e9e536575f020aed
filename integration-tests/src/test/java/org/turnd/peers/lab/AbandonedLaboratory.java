package org.turnd.peers.lab;

import java.io.IOException;

/// A process that opens a laboratory and never closes it.
final class AbandonedLaboratory {
    private AbandonedLaboratory() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var laboratory = NatLaboratory.open(NatLaboratorySpec.of(NatKind.SYMMETRIC));
        laboratory.peer(0).exec("sleep", "1000").start();
        System.out.println(laboratory.peer(0).name());
        Thread.currentThread().join();
    }
}
